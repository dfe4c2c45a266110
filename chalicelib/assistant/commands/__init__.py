"""Chat commands: one small module each, its names and texts in a TOML file beside it.

A command is found by listing this folder, so adding one touches nothing else. Its module has

    run(call) -> Answer                      what the command says
    ACTIONS: {"command.verb": function}      what its buttons do, if it makes any
    LASTING: {"command.verb"}                which of them may be tapped again; others work once
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.assistant.call import Call
from chalicelib.domain.messages import Answer

Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """What commands and their buttons do: by command's id, and by button's action.

    lasting: actions whose buttons are not used up by a tap, since a second one changes nothing.
    """

    commands: Mapping[str, Handler]
    actions: Mapping[str, Handler]
    lasting: frozenset[str] = frozenset()


def ids() -> tuple[str, ...]:
    """List the commands there are, without loading them."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def load() -> Handlers:
    """Load every command of this folder."""
    commands: dict[str, Handler] = {}
    actions: dict[str, Handler] = {}
    lasting: set[str] = set()
    for command_id in ids():
        module = importlib.import_module(f"{__name__}.{command_id}")
        commands[command_id] = module.run
        actions.update(getattr(module, "ACTIONS", {}))
        lasting.update(getattr(module, "LASTING", ()))
    return Handlers(commands=commands, actions=actions, lasting=frozenset(lasting))

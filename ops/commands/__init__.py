"""The commands: a file each, named like it, whose `command` is what is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def stage_option() -> Callable[[Any], Any]:
    """`--stage`, of every command."""
    return click.option(
        "--stage", default="prod", show_default=True, help="The stage, one bot on one LINE channel."
    )

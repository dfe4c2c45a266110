"""Faults that were asked for: the next calls of a path fail as told.

Three kinds matter to a bot: LINE says no (a status), LINE doesn't answer and took nothing, and
LINE doesn't answer although it took everything. The last is why an ambiguous reply must never be
pushed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from simulator.silence import NEVER


class BadScript(ValueError):
    """What was asked for makes no sense; the message says why."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next `times` calls of `path` (`*` is any).

    status: answered instead of LINE's own; None means no answer at all for `seconds`.
    accepted: the call does its work all the same.
    """

    path: str = "*"
    times: int = 1
    status: int | None = None
    message: str = "A simulated fault"
    accepted: bool = False
    seconds: float = NEVER
    retry_after: str | None = None

    @classmethod
    def read(cls, body: dict[str, Any]) -> Self:
        """Read a fault from JSON. Raises BadScript."""
        if unknown := body.keys() - asdict(cls()).keys():
            raise BadScript(f"a fault has no {', '.join(sorted(unknown))}")
        return cls(**body)


@dataclass(slots=True)
class Faults:
    """The faults still to come, in the order they were asked for."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Let a fault happen."""
        self.waiting.append(fault)

    def take(self, path: str) -> Fault | None:
        """Use up one time of the first fault meant for this path."""
        for fault in self.waiting:
            if fault.path in ("*", path):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

"""Faults that were asked for: the next calls of a path fail as told.

Four kinds matter to a bot: LINE says no (a status), LINE is slow, LINE doesn't answer and took
nothing, and LINE doesn't answer although it took everything. The last is why an ambiguous reply
must never be pushed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Self

from simulator.silence import NEVER

STATUSES = (200, 599)


class BadScript(ValueError):
    """What was asked for makes no sense; the message says why."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next `times` calls of `path` (`*` is any, None is until taken back).

    A path may hold `*` for what varies: `/v2/bot/profile/*`.
    slow: seconds that pass before the usual answer; everything else is left alone then.
    status: answered instead of LINE's own; None means no answer at all for `seconds`.
    accepted: the call does its work all the same.
    """

    path: str = "*"
    times: int | None = 1
    slow: float | None = None
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
        fault = cls(**body)
        if fault.status is not None and not STATUSES[0] <= fault.status <= STATUSES[1]:
            raise BadScript(f"a status is a number from {STATUSES[0]} to {STATUSES[1]}")
        if fault.times is not None and fault.times < 1:
            raise BadScript("times is at least 1, or null until the fault is taken back")
        return fault


def _nothing() -> None:
    """Tell nobody."""


@dataclass(slots=True, kw_only=True)
class Faults:
    """The faults still to come, by number, in the order they were asked for.

    changed: called whenever a fault was added, used or taken back.
    """

    waiting: dict[int, Fault] = field(default_factory=dict)
    changed: Callable[[], None] = _nothing
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, fault: Fault) -> int:
        """Let a fault happen; returns its number."""
        number = next(self._numbers)
        self.waiting[number] = fault
        self.changed()
        return number

    def take(self, path: str) -> Fault | None:
        """Use up one time of the first fault meant for this path."""
        for number, fault in self.waiting.items():
            if fnmatchcase(path, fault.path):
                self._use(number, fault)
                return fault
        return None

    def remove(self, number: int) -> bool:
        """Take a fault back; False where there is none of this number."""
        known = self.waiting.pop(number, None) is not None
        self.changed()
        return known

    def clear(self) -> None:
        """Take all faults back."""
        self.waiting.clear()
        self.changed()

    def json(self) -> list[dict[str, Any]]:
        """What tests and the page get."""
        return [{"id": number, **asdict(fault)} for number, fault in self.waiting.items()]

    def _use(self, number: int, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            del self.waiting[number]
        self.changed()

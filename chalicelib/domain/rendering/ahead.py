"""Looking ahead for what closes something, without ever looking at the same stretch twice.

Ten thousand openings without a closing would each look through all the rest; remembering where
the next closing is, or that there is none, keeps reading linear whatever a model writes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

_TICKS = re.compile("`+")


@dataclass(slots=True)
class Ahead:
    """Finds strings in one text; positions asked for must not go back."""

    text: str
    _next: dict[str, int] = field(default_factory=dict)
    _ticks: dict[int, list[int]] | None = None

    def find(self, what: str, start: int) -> int:
        """The first place of `what` at or after `start`; -1 where there is none."""
        known = self._next.get(what)
        if known is None or 0 <= known < start:
            known = self._next[what] = self.text.find(what, start)
        return known

    def ticks(self, count: int, start: int) -> int:
        """The first run of exactly `count` backticks at or after `start`; -1 for none."""
        if self._ticks is None:
            self._ticks = {}
            for run in _TICKS.finditer(self.text):
                self._ticks.setdefault(len(run[0]), []).append(run.start())
        places = self._ticks.get(count, [])
        number = bisect_left(places, start)
        return places[number] if number < len(places) else -1

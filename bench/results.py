"""What a benchmark found: lines of figures, each with the plain handler's beside it.

Pure values and functions. What a line is called stands in `words.toml`, in every language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of Liao's and, where it has one, the plain handler's.

    what: the figure's name in `words.toml`; `given` fills its slots.
    unit: "ms", "/s", "MB", "$", "×", or "" for a plain number.
    most, least: the target, where there is one.
    is_loss: counts what must never happen; more than none makes the whole run fail.
    """

    what: str
    given: Mapping[str, float] = field(default_factory=dict)
    unit: str
    liao: float
    plain: float | None = None
    most: float | None = None
    least: float | None = None
    is_loss: bool = False

    @property
    def ratio(self) -> float | None:
        """Liao's figure divided by the plain handler's; None where that says nothing."""
        return self.liao / self.plain if self.plain else None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.most is None and self.least is None:
            return None
        most = math.inf if self.most is None else self.most
        least = -math.inf if self.least is None else self.least
        return least <= self.liao <= most


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One benchmark's lines; `parts` say where the time went, and stay out of the README."""

    name: str
    lines: tuple[Line, ...]
    parts: tuple[Line, ...] = ()

    @property
    def losses(self) -> float:
        """How often something happened that must never happen."""
        return sum(line.liao for line in self.lines if line.is_loss)


def losses(results: Sequence[Result]) -> list[Line]:
    """Every kind of loss once, summed over all results."""
    summed: dict[str, Line] = {}
    for line in (line for result in results for line in result.lines if line.is_loss):
        known = summed.get(line.what)
        liao, plain = (known.liao, known.plain or 0) if known else (0, 0)
        summed[line.what] = replace(line, liao=liao + line.liao, plain=plain + (line.plain or 0))
    return list(summed.values())

"""Figures out of many measurements: pure functions that every measurement shares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

#: Seconds. A second answer would come a moment after the first, so the counting waits so long.
GRACE = 0.5


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` percent of the values don't exceed.

    Raises ValueError without values: no measurement is no figure.
    """
    if not values:
        raise ValueError("nothing was measured")
    rank = math.ceil(share / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def p50(values: Sequence[float]) -> float:
    """The median, as a value that was measured."""
    return percentile(values, 50)


def p99(values: Sequence[float]) -> float:
    """What one of a hundred exceeds."""
    return percentile(values, 99)


def too_many(answers: Iterable[Sequence[float]]) -> int:
    """Count the answers beyond each message's first, from the times of each message's answers."""
    return sum(max(len(times) - 1, 0) for times in answers)


def figure(value: float) -> str:
    """A figure with about three digits that count."""
    if value == int(value):
        return f"{value:,.0f}"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{digits}f}"

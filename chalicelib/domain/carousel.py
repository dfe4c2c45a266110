"""Choices side by side: a carousel holds twelve cards, so its last one may lead to the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

#: LINE: a carousel holds 12 bubbles.
MOST = 12


def dealt(items: Sequence[T], *, start: int = 0) -> tuple[Sequence[T], int | None]:
    """What one carousel shows from `start` on, and where the rest begins.

    The rest is None where everything fits; else one card is left free for the way there.
    """
    rest = items[start:]
    if len(rest) <= MOST:
        return rest, None
    return rest[: MOST - 1], start + MOST - 1

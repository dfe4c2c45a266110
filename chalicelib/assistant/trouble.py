"""Why something that was sent can't be looked at, as the person is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """A text's key, and the number that it tells."""

    key: str
    number: int = 0

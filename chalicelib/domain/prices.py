"""What a call to a model costs, from the usage that its vendor reports.

Vendors count in tokens, and in what comes beside them: words that were cached or thought, sound,
pictures, searches. What a row of the catalogue gives no price of its own for costs what the
nearest kind of token costs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from math import ceil

from chalicelib.domain.money import DOLLAR, Nano

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one call, or several, used.

    tokens_in: all tokens that were read, of which `cached` were read before and `audio_in` were
    sound. tokens_out: all that were written, of which `reasoning` nobody sees. seconds: of sound,
    where a vendor counts it so. images: pictures made. searches: of the web.
    """

    tokens_in: int = 0
    cached: int = 0
    audio_in: int = 0
    tokens_out: int = 0
    reasoning: int = 0
    seconds: float = 0
    images: int = 0
    searches: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        names = [field.name for field in fields(self)]
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def __bool__(self) -> bool:
        """False where nothing was reported."""
        return self != Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens, looked up on the day `as_of`; None where it is free.

    cached, audio_in, reasoning: None costs what other tokens in or out cost. minute: of sound.
    image, search: each.
    """

    tokens_in: float = 0
    tokens_out: float = 0
    cached: float | None = None
    audio_in: float | None = None
    reasoning: float | None = None
    minute: float = 0
    image: float = 0
    search: float = 0
    as_of: date | None = None

    def of(self, usage: Usage) -> Nano:
        """What a call cost, rounded up to a whole nanodollar."""
        plain = max(usage.tokens_in - usage.cached - usage.audio_in, 0)
        spoken = max(usage.tokens_out - usage.reasoning, 0)
        tokens = (
            plain * self.tokens_in
            + usage.cached * _or(self.cached, self.tokens_in)
            + usage.audio_in * _or(self.audio_in, self.tokens_in)
            + spoken * self.tokens_out
            + usage.reasoning * _or(self.reasoning, self.tokens_out)
        )
        beside = (
            usage.seconds / 60 * self.minute
            + usage.images * self.image
            + usage.searches * self.search
        )
        # A float is off by less than the millionth of a nanodollar, which must not round up.
        return ceil(round((tokens / _MILLION + beside) * DOLLAR, 6))


#: A model on the operator's own machine.
FREE = Price()


def _or(price: float | None, other: float) -> float:
    return other if price is None else price

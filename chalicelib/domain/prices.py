"""What a model's tokens cost, so that a log can say what an answer cost.

Prices are data, dated, and never complete: a model without a row has no cost, rather than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

_MILLION = 1_000_000
#: Vendors name a model's snapshot by its date: `gpt-5.4-mini-2026-03-17`.
_DATE = re.compile(r"-\d{4}-?\d{2}-?\d{2}\Z")
#: Decimals of a dollar: one token of a cheap model costs 0.00000005.
_DECIMALS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens, looked up on the day `as_of`."""

    tokens_in: float
    tokens_out: float
    as_of: date

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What one call cost, in US dollars."""
        dollars = (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / _MILLION
        return round(dollars, _DECIMALS)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by a model's id."""

    rows: Mapping[str, Price]

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Prices:
        """Read prices.toml's table. Raises KeyError, TypeError or ValueError where it is odd."""
        return cls({model: _price(row) for model, row in table.items()})

    def find(self, model: str) -> Price | None:
        """A model's price, or that of the model whose dated snapshot it is; None if unknown."""
        return self.rows.get(model) or self.rows.get(_DATE.sub("", model))


def _price(row: Mapping[str, Any]) -> Price:
    price = Price(tokens_in=float(row["in"]), tokens_out=float(row["out"]), as_of=row["as_of"])
    if price.tokens_in < 0 or price.tokens_out < 0 or not isinstance(price.as_of, date):
        raise ValueError("a price is not negative, and has a date")
    return price

"""Money: whole nanodollars inside, the operator's currency outside.

One token of a cheap model costs 0.00000005 dollars, and a budget is added to by many workers at
once. So amounts are whole numbers of nanodollars, which add up without a rest in every store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import floor, log10
from typing import Any

from chalicelib.domain.errors import SettingInvalid

#: A US dollar.
DOLLAR = 1_000_000_000

#: US dollars times 10⁻⁹, a whole number.
Nano = int


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """What amounts are shown in. per_dollar: what a US dollar was worth on the day `as_of`.

    sign: in front of an amount, such as ``NT$ ``. decimals: as people write them, 0 for yen.
    """

    code: str
    sign: str
    per_dollar: float
    decimals: int
    as_of: date

    def shown(self, amount: Nano) -> str:
        """Write an amount for people: small ones with as many decimals as they need to be seen.

        What cost anything is never shown as nothing.
        """
        value = amount / DOLLAR * self.per_dollar
        if 0 < value < _LEAST:
            value = _LEAST
        return f"{self.sign}{value:,.{self._decimals(value)}f}"

    def _decimals(self, value: float) -> int:
        """How many a value needs: of a small one its first digits, without zeros behind them."""
        if value == 0 or abs(value) >= 10**-self.decimals:
            return self.decimals
        zeros = -floor(log10(abs(value))) - 1
        needed = min(zeros + max(self.decimals, 1), _MOST_DECIMALS)
        while needed > self.decimals and round(value, needed) == round(value, needed - 1):
            needed -= 1
        return needed


_MOST_DECIMALS = 4
_LEAST = 10**-_MOST_DECIMALS


def currencies(table: Mapping[str, Any], *, source: str = "rates.toml") -> Mapping[str, Currency]:
    """Make currencies, by their codes, of a parsed TOML file that has a table for each.

    Raises SettingInvalid, naming file, row and field.
    """
    return {
        code: _currency(f'{source}: currency "{code}"', code, row) for code, row in table.items()
    }


def _currency(where: str, code: str, row: object) -> Currency:
    if not (len(code) == _CODE and code.isascii() and code.isalpha() and code.isupper()):
        raise SettingInvalid(f"{where}: its code must be three capitals such as TWD")
    if not isinstance(row, Mapping):
        raise SettingInvalid(f"{where}: must be a table: [{code}]")
    for name in row:
        if name not in _FIELDS:
            known = ", ".join(_FIELDS)
            raise SettingInvalid(f"{where}: {name!r} is unknown; known are: {known}")
    for name, (is_good, wanted) in _FIELDS.items():
        if name not in row:
            raise SettingInvalid(f"{where}: {name!r} is missing; write {wanted}")
        if not is_good(row[name]):
            raise SettingInvalid(f"{where}: {name!r} must be {wanted}")
    return Currency(code=code, **row)


_CODE = 3
#: What a row holds: whether a value is one, and what to write otherwise. In Python, True is 1.
_FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "sign": (
        lambda value: isinstance(value, str) and bool(value.strip()),
        'a text in quotes, such as "NT$ "',
    ),
    "per_dollar": (
        lambda value: type(value) in (int, float) and 0 < value < DOLLAR,
        "what a US dollar is worth, such as 31.93",
    ),
    "decimals": (
        lambda value: type(value) is int and 0 <= value <= _MOST_DECIMALS,
        f"a whole number from 0 to {_MOST_DECIMALS}",
    ),
    "as_of": (
        lambda value: type(value) is date,
        "the day of the rate without quotes, such as 2026-11-28",
    ),
}


def nano(dollars: float) -> Nano:
    """Make whole nanodollars of dollars."""
    return round(dollars * DOLLAR)


def in_dollars(amount: Nano) -> float:
    """Make dollars of nanodollars, for logs and reports."""
    return amount / DOLLAR

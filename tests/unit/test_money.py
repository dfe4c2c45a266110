"""Money as people read it, and the currencies that it is shown in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import shipped
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.money import DOLLAR, Currency, currencies, in_dollars, nano

DAY = date(2026, 11, 28)
TAIWAN = Currency(code="TWD", sign="NT$ ", per_dollar=32, decimals=0, as_of=DAY)
DOLLARS = Currency(code="USD", sign="US$ ", per_dollar=1, decimals=2, as_of=DAY)
BAHT = Currency(code="THB", sign="฿", per_dollar=33, decimals=2, as_of=DAY)


@pytest.mark.parametrize(
    ("dollars", "taiwan", "plain"),
    [
        (0, "NT$ 0", "US$ 0.00"),
        (0.000_000_001, "NT$ 0.0001", "US$ 0.0001"),
        (0.000_031_25, "NT$ 0.001", "US$ 0.0001"),
        (0.0005, "NT$ 0.02", "US$ 0.0005"),
        (0.001, "NT$ 0.03", "US$ 0.001"),
        (0.0021, "NT$ 0.07", "US$ 0.0021"),
        (0.009_96, "NT$ 0.3", "US$ 0.01"),
        (0.0125, "NT$ 0.4", "US$ 0.01"),
        (0.03, "NT$ 1", "US$ 0.03"),
        (0.375, "NT$ 12", "US$ 0.38"),
        (5, "NT$ 160", "US$ 5.00"),
        (1234.5, "NT$ 39,504", "US$ 1,234.50"),
    ],
)
def test_an_amount_reads_as_people_write_it_and_a_small_one_is_still_seen(
    dollars: float, taiwan: str, plain: str
) -> None:
    assert TAIWAN.shown(nano(dollars)) == taiwan
    assert DOLLARS.shown(nano(dollars)) == plain


@given(st.integers(min_value=1, max_value=1000 * DOLLAR))
def test_what_cost_anything_is_never_shown_as_nothing(amount: int) -> None:
    for currency in (TAIWAN, DOLLARS, BAHT):
        shown = currency.shown(amount).removeprefix(currency.sign).replace(",", "")
        assert float(shown) > 0
        assert len(shown.partition(".")[2]) <= 4


def test_dollars_are_whole_nanodollars_inside() -> None:
    assert nano(0.000_000_05) == 50
    assert nano(0.1) + nano(0.2) == nano(0.3)
    assert in_dollars(nano(1.25)) == 1.25


# --- rates -------------------------------------------------------------------------------------


def test_the_currencies_that_ship_are_dated_and_read_well() -> None:
    shown = {code: shipped.currency(code) for code in ("TWD", "USD", "JPY", "THB", "EUR")}
    assert {code: each.shown(100 * DOLLAR)[:2] for code, each in shown.items()} == {
        "TWD": "NT",
        "USD": "US",
        "JPY": "¥1",
        "THB": "฿3",
        "EUR": "€8",
    }
    assert all(each.as_of.year >= 2026 for each in shown.values())
    assert shown["USD"].per_dollar == 1


def test_a_currency_without_a_rate_is_told_with_those_that_have_one() -> None:
    with pytest.raises(SettingInvalid) as caught:
        shipped.currency("GBP")
    assert str(caught.value) == "LIAO_CURRENCY='GBP' is not one of: TWD, USD, JPY, THB, EUR"


def test_a_row_is_read() -> None:
    text = '[TWD]\nsign = "NT$ "\nper_dollar = 32\ndecimals = 0\nas_of = 2026-11-28'
    assert currencies(tomllib.loads(text)) == {"TWD": TAIWAN}


GOOD = {"sign": "NT$ ", "per_dollar": 32, "decimals": 0, "as_of": DAY}


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        ({"sign": " "}, "'sign' must be a text in quotes, such as \"NT$ \""),
        ({"sign": 1}, "'sign' must be a text in quotes, such as \"NT$ \""),
        ({"per_dollar": 0}, "'per_dollar' must be what a US dollar is worth, such as 31.93"),
        ({"per_dollar": "32"}, "'per_dollar' must be what a US dollar is worth, such as 31.93"),
        ({"per_dollar": True}, "'per_dollar' must be what a US dollar is worth, such as 31.93"),
        (
            {"per_dollar": float("nan")},
            "'per_dollar' must be what a US dollar is worth, such as 31.93",
        ),
        ({"decimals": 0.5}, "'decimals' must be a whole number from 0 to 4"),
        ({"decimals": -1}, "'decimals' must be a whole number from 0 to 4"),
        (
            {"as_of": "2026-11-28"},
            "'as_of' must be the day of the rate without quotes, such as 2026-11-28",
        ),
        (
            {"as_of": datetime(2026, 11, 28)},  # noqa: DTZ001 - as TOML has it
            "'as_of' must be the day of the rate without quotes, such as 2026-11-28",
        ),
        ({"rate": 3}, "'rate' is unknown; known are: sign, per_dollar, decimals, as_of"),
    ],
)
def test_a_malformed_row_is_one_sentence(odd: Mapping[str, object], sentence: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        currencies({"TWD": {**GOOD, **odd}})
    assert str(caught.value) == f'rates.toml: currency "TWD": {sentence}'


def test_a_row_that_lacks_something_is_told_what_to_write() -> None:
    lacking = {name: value for name, value in GOOD.items() if name != "as_of"}
    with pytest.raises(SettingInvalid) as caught:
        currencies({"TWD": lacking}, source="mine.toml")
    assert str(caught.value) == (
        "mine.toml: currency \"TWD\": 'as_of' is missing; write the day of the rate without quotes,"
        " such as 2026-11-28"
    )


@pytest.mark.parametrize("code", ["twd", "NT", "ＴＷＤ", "US1"])
def test_a_code_is_three_capitals(code: str) -> None:
    with pytest.raises(SettingInvalid, match=r"its code must be three capitals such as TWD$"):
        currencies({code: GOOD})


def test_a_value_beside_the_rows_is_told() -> None:
    with pytest.raises(SettingInvalid, match=r'currency "TWD": must be a table: \[TWD\]$'):
        currencies({"TWD": 32})

"""What tokens cost, by the table that ships."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.prices import Prices
from chalicelib.settings import Settings

ROW = {"in": 0.75, "out": 4.5, "as_of": date(2026, 10, 14)}


def shipped() -> Prices:
    table = Path(__file__).parents[2] / "chalicelib" / "prices.toml"
    return Prices.read(tomllib.loads(table.read_text("utf-8")))


def test_a_million_tokens_cost_what_the_table_says() -> None:
    price = Prices.read({"m": ROW}).find("m")
    assert price is not None
    assert price.of(1_000_000, 1_000_000) == 5.25
    assert price.of(1000, 200) == pytest.approx(0.00165)
    assert price.of(0, 0) == 0


def test_a_dated_snapshot_costs_what_its_model_does() -> None:
    prices = Prices.read({"gpt-5.4-mini": ROW})
    for model in ("gpt-5.4-mini", "gpt-5.4-mini-2026-03-17", "gpt-5.4-mini-20260317"):
        assert prices.find(model) == prices.rows["gpt-5.4-mini"]


def test_a_model_without_a_row_has_no_price() -> None:
    assert Prices.read({"gpt-5.4-mini": ROW}).find("gpt-5.4") is None
    assert Prices.read({"gpt-5.4-mini": ROW}).find("gpt-5.4-mini-turbo") is None


@pytest.mark.parametrize("odd", [{"in": -1}, {"out": "dear"}, {"as_of": "yesterday"}])
def test_an_odd_row_is_refused(odd: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"dear|not negative"):
        Prices.read({"m": {**ROW, **odd}})


def test_the_default_model_has_a_price_that_is_dated() -> None:
    price = shipped().find(Settings.read({"LINE_CHANNEL_SECRET": "s"}).model)
    assert price is not None
    assert price.as_of.year >= 2026

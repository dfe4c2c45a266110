"""What a call costs, by what its vendor reports, to the nanodollar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import DOLLAR
from chalicelib.domain.prices import FREE, Price, Usage

MILLION = 1_000_000
PRICE = Price(tokens_in=0.75, cached=0.075, tokens_out=4.5, search=0.01)
COUNTS = st.integers(min_value=0, max_value=10_000_000)


def test_a_million_tokens_cost_what_the_row_says() -> None:
    assert PRICE.of(Usage(tokens_in=MILLION, tokens_out=MILLION)) == 5.25 * DOLLAR
    assert PRICE.of(Usage(tokens_in=1000, tokens_out=200)) == 1_650_000
    assert PRICE.of(Usage()) == 0


def test_words_that_were_read_before_cost_less() -> None:
    assert PRICE.of(Usage(tokens_in=1000, cached=1000)) == 75_000
    assert PRICE.of(Usage(tokens_in=1000, cached=400)) == 450_000 + 30_000


@pytest.mark.parametrize(
    "usage",
    [
        Usage(tokens_in=MILLION, cached=MILLION),
        Usage(tokens_in=MILLION, audio_in=MILLION),
        Usage(tokens_in=MILLION, cached=400_000, audio_in=600_000),
    ],
)
def test_what_has_no_price_of_its_own_costs_what_other_tokens_do(usage: Usage) -> None:
    assert Price(tokens_in=2, tokens_out=8).of(usage) == 2 * DOLLAR


def test_thoughts_cost_what_words_do_unless_they_have_a_price() -> None:
    thought = Usage(tokens_out=MILLION, reasoning=MILLION)
    assert Price(tokens_out=8).of(thought) == 8 * DOLLAR
    assert Price(tokens_out=8, reasoning=3).of(thought) == 3 * DOLLAR


def test_sound_costs_by_the_token_or_by_the_minute() -> None:
    spoken = Usage(tokens_in=MILLION, audio_in=MILLION, seconds=90)
    assert Price(tokens_in=1, audio_in=3).of(spoken) == 3 * DOLLAR
    assert Price(minute=0.006).of(spoken) == 9_000_000


def test_pictures_and_searches_cost_each() -> None:
    assert PRICE.of(Usage(searches=3)) == 30_000_000
    assert Price(image=0.04).of(Usage(images=2)) == 80_000_000


def test_a_part_of_a_nanodollar_is_rounded_up_and_an_inexact_float_is_not() -> None:
    assert Price(tokens_in=0.0001).of(Usage(tokens_in=1)) == 1
    assert Price(tokens_in=0.07).of(Usage(tokens_in=3)) == 210
    assert Price(tokens_out=0.3).of(Usage(tokens_out=10)) == 3000


def test_what_a_vendor_reports_against_all_sense_is_never_negative() -> None:
    assert PRICE.of(Usage(tokens_in=1, cached=1000)) == 75_000
    assert PRICE.of(Usage(tokens_out=1, reasoning=1000)) == 4_500_000


def test_what_is_free_costs_nothing() -> None:
    assert FREE.of(Usage(tokens_in=MILLION, tokens_out=MILLION, seconds=60, searches=1)) == 0
    assert FREE.as_of is None


def test_usages_add_up() -> None:
    both = Usage(tokens_in=3, cached=2, seconds=1.5) + Usage(tokens_in=4, tokens_out=1, searches=1)
    assert both == Usage(tokens_in=7, cached=2, tokens_out=1, seconds=1.5, searches=1)
    assert both
    assert not Usage()


@given(tokens_in=COUNTS, tokens_out=COUNTS, more=COUNTS)
def test_more_tokens_never_cost_less(tokens_in: int, tokens_out: int, more: int) -> None:
    less = PRICE.of(Usage(tokens_in=tokens_in, tokens_out=tokens_out))
    assert PRICE.of(Usage(tokens_in=tokens_in + more, tokens_out=tokens_out)) >= less
    assert PRICE.of(Usage(tokens_in=tokens_in, tokens_out=tokens_out + more)) >= less

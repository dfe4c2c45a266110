"""How large a text is for a model, by estimate."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.tokens import estimate


def test_an_empty_text_has_no_tokens() -> None:
    assert estimate("") == 0


@pytest.mark.parametrize(
    ("text", "tokens_a_character"),
    [
        ("我們今天下午三點在台北車站見面，好嗎？", 1.0),
        ("明日の午後三時に東京駅で会いましょう。よろしいですか？", 0.8),
        ("カタカナトヒラガナ", 0.8),
        ("พรุ่งนี้เจอกันบ่ายสามโมงที่สถานี", 0.45),
        ("Let us meet at the station at three tomorrow.", 0.22),
        ("ㄅㄆㄇㄈ", 1.0),
        ("𠮷野家", 1.0),
    ],
)
def test_each_language_costs_what_it_is_known_to_cost(text: str, tokens_a_character: float) -> None:
    assert estimate(text) == pytest.approx(len(text) * tokens_a_character, abs=1)


def test_a_mixed_text_is_the_sum_of_its_scripts() -> None:
    assert estimate("請看 README 檔") == 3 * 1 + 2  # eight others: 1.76, rounded up


def test_the_sum_is_rounded_up_once() -> None:
    assert estimate("a") == 1
    assert estimate("a" * 100) == 22
    assert estimate("a" * 101) == 23


def test_a_lone_kana_in_a_chinese_name_does_not_make_the_text_japanese() -> None:
    assert estimate("我想去鮮の味餐廳吃晚餐") == 11


def test_kanji_in_a_japanese_text_count_as_japanese() -> None:
    assert estimate("東京都庁へ") == 4


@given(st.text())
def test_any_text_has_an_estimate_between_its_cheapest_and_its_dearest(text: str) -> None:
    assert len(text) * 0.22 <= estimate(text) <= len(text) + 1


@given(st.text(alphabet="abc 字のก"), st.text(alphabet="abc 字のก"))
def test_two_texts_together_cost_at_most_what_they_cost_apart_and_a_fifth(
    one: str, other: str
) -> None:
    assert estimate(one + other) <= (estimate(one) + estimate(other)) * 1.25 + 1


def test_a_long_history_is_estimated_in_no_time() -> None:
    text = "Lorem ipsum dolor sit amet. 你好嗎？ " * 3_000
    begun = time.perf_counter()
    estimate(text)
    assert time.perf_counter() - begun < 1

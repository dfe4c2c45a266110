"""Answers in bubbles: nothing lost, nothing broken, nothing silly."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cutting import clip, clip_graphemes, cut, utf16_length

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇹🇼"
LINK = "https://example.com/a/b?c=1&d=好!e;f#g"

ZH = "一隻貓坐在窗邊，看著外面的雨。牠想著晚餐，也想著那條沒有吃完的魚。"
JA = "猫は窓のそばに座って、外の雨を見ていました。夕食のことを考えています。"
TH = "แมวนั่งอยู่ข้างหน้าต่าง มันมองดูฝนข้างนอก และคิดถึงอาหารเย็น "
EN = "A cat sat by the window and looked at the rain. It thought of Mr. Wu's 3.5 fish. "

PARTS = (
    "a", "word ", "字", "。", "！", "？", "…", "\n", "\n\n", " ", "\t", "\r\n", "\u3000", "e\u0301",
    "\u0301", FAMILY, FLAG, "👍🏽", "กำ", "ก่ ", ". ", "1. ", "- ", "：\n", "，", "「", "」",
    LINK, LINK + " ", "\u200d", "\u0600", "\x1c", "\ud800", "ᄀ", "ᅡ", "\x00",
)  # fmt: skip
MIXED = st.lists(st.sampled_from(PARTS), max_size=80).map("".join)


def words(text: str) -> str:
    return "".join(text.split())


def borders(text: str) -> set[int]:
    return {0, *(found.end() for found in regex.finditer(r"\X", text))}


def where(text: str, bubbles: tuple[str, ...]) -> list[tuple[int, int]]:
    """The places of the bubbles in the text."""
    spans, position = [], 0
    for bubble in bubbles:
        start = text.index(bubble, position)
        position = start + len(bubble)
        spans.append((start, position))
    return spans


# --- what holds for every text -----------------------------------------------------------------


@given(st.text(max_size=300) | MIXED, st.integers(1, 60), st.integers(10, 5000))
def test_nothing_is_lost_but_white_space(text: str, target: int, limit: int) -> None:
    bubbles = cut(text, target=target, limit=limit)
    assert words("".join(bubbles)) == words(text)


@given(st.text(max_size=300) | MIXED, st.integers(1, 60), st.integers(2, 100))
def test_no_bubble_is_empty_or_over_the_limit(text: str, target: int, limit: int) -> None:
    for bubble in cut(text, target=target, limit=limit):
        assert bubble.strip()
        assert utf16_length(bubble) <= limit


@given(MIXED, st.integers(1, 60))
def test_no_grapheme_is_cut_in_two(text: str, target: int) -> None:
    whole = borders(text)
    for start, end in where(text, cut(text, target=target)):
        assert {start, end} <= whole


@given(MIXED, st.integers(5, 60))
def test_no_bubble_could_be_merged_with_its_neighbour(text: str, target: int) -> None:
    spans = where(text, cut(text, target=target))
    for (start, _), (_, end) in pairwise(spans):
        assert utf16_length(text[start:end]) > target * 1.25 - 1


@given(st.lists(st.sampled_from([LINK, "字。", "word ", "，", "\n"]), max_size=60))
def test_no_link_is_cut_in_two(parts: list[str]) -> None:
    text = " ".join(parts)
    assert sum(bubble.count(LINK) for bubble in cut(text, target=20)) == text.count(LINK)


# --- short answers -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n\n \t", "\u3000"])
def test_nothing_to_say_is_no_bubble(text: str) -> None:
    assert cut(text) == ()


def test_a_short_answer_is_one_bubble_without_white_space_around() -> None:
    assert cut("\n 你好！\n\n我是聊。 \n") == ("你好！\n\n我是聊。",)


def test_a_little_too_long_is_still_one_bubble() -> None:
    text = ZH * 18
    assert 500 < len(text) < 625
    assert cut(text) == (text,)


# --- where it is cut ---------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [ZH, JA, TH, EN], ids=["zh", "ja", "th", "en"])
def test_a_long_paragraph_is_cut_evenly_between_sentences(unit: str) -> None:
    text = unit * (1500 // len(unit))
    bubbles = cut(text)
    assert len(bubbles) == 3
    ends = {part.strip()[-1] for part in unit.replace("。", "。|").split("|") if part}
    assert {bubble[-1] for bubble in bubbles} <= {*ends, "ง", "ก", "น", "."}
    lengths = [len(bubble) for bubble in bubbles]
    assert max(lengths) - min(lengths) < 0.3 * max(lengths)


def test_paragraphs_stay_whole_where_they_fit() -> None:
    first, second, third = ZH * 9, ZH * 11, ZH * 8
    assert cut(f"{first}\n\n{second}\n \n{third}") == (first, second, third)


def test_a_line_break_is_better_than_the_end_of_a_sentence() -> None:
    first, second = ZH * 10, ZH * 13
    assert cut(f"{first}\n{second}") == (first, second)


def test_a_short_tail_goes_along_with_what_is_before_it() -> None:
    text = f"{ZH * 15}\n\n祝好！"
    assert cut(text) == (text,)


def test_a_tail_that_does_not_fit_is_balanced() -> None:
    bubbles = cut(ZH * 20)
    assert [len(bubble) for bubble in bubbles] == [len(ZH) * 10] * 2


def test_a_full_stop_in_a_number_or_after_a_title_ends_no_sentence() -> None:
    text = "I paid 3.5 dollars to Dr. Wu, e.g. for No. 12, in the U.S. for one thing of a cat"
    assert cut(f"{text}. Then I left", target=70) == (f"{text}.", "Then I left")


def test_quotes_close_with_their_sentence() -> None:
    said = "他說：「我們明天早上再去一次好嗎？」"
    assert cut(said + "然後他就走了，沒有再回頭看。", target=20) == (
        said,
        "然後他就走了，沒有再回頭看。",
    )


def test_a_list_keeps_together_and_keeps_its_heading() -> None:
    items = "\n".join(f"{number}. {ZH}" for number in range(1, 11))
    before = ZH * 9
    assert cut(f"{before}\n\n需要準備的東西：\n{items}") == (before, f"需要準備的東西：\n{items}")


def test_a_list_that_is_too_long_is_cut_between_its_items() -> None:
    items = [f"- {ZH}{ZH}" for _ in range(20)]
    bubbles = cut("\n".join(items))
    assert len(bubbles) == 3
    assert all(line in items for bubble in bubbles for line in bubble.split("\n"))


def test_indentation_within_a_bubble_stays() -> None:
    text = "計畫：\n- 早上\n  - 咖啡\n  - 散步"
    assert cut(text) == (text,)


def test_a_sentence_that_is_too_long_is_cut_between_clauses() -> None:
    clause = "然後我們就一直往前走"
    bubbles = cut("，".join([clause] * 100))
    assert all(bubble.removesuffix("，").endswith(clause) for bubble in bubbles)
    assert all(bubble.startswith(clause) for bubble in bubbles)


def test_words_are_whole_where_there_are_no_sentences() -> None:
    bubbles = cut("incomprehensible " * 100)
    assert {word for bubble in bubbles for word in bubble.split()} == {"incomprehensible"}


@pytest.mark.parametrize("unit", ["字", "a", FAMILY, FLAG, "é", "👍🏽"])
def test_a_text_without_any_border_is_cut_evenly_between_graphemes(unit: str) -> None:
    bubbles = cut(unit * 2000)
    assert all(bubble == unit * (len(bubble) // len(unit)) for bubble in bubbles)
    assert max(map(utf16_length, bubbles)) <= 625


def test_a_link_is_whole_even_if_it_is_longer_than_wished() -> None:
    link = "https://example.com/" + "a?b!" * 300
    bubbles = cut(f"{ZH * 5}{link} {ZH * 14}")
    assert link in bubbles


@pytest.mark.parametrize("before", ["請看", "詳見：", "อ่านต่อที่", "こちら"])
def test_a_link_is_whole_right_behind_a_letter_of_any_language(before: str) -> None:
    link = "https://example.com/" + "abc" * 200
    bubbles = cut(f"{'字' * 400}{before}{link} {ZH * 14}")
    assert any(link in bubble for bubble in bubbles)


def test_a_link_over_the_limit_is_cut_like_anything_else() -> None:
    link = "https://example.com/" + "a" * 6000
    bubbles = cut(link)
    assert "".join(bubbles) == link
    assert max(map(len, bubbles)) <= 625


def test_a_grapheme_over_the_limit_is_cut_all_the_same() -> None:
    monster = "a" + "\u0301" * 12_000
    bubbles = cut(f"{ZH}{monster}{ZH}")
    assert "".join(bubbles) == f"{ZH}{monster}{ZH}"
    assert all(utf16_length(bubble) <= 5000 for bubble in bubbles)


def test_the_longest_answers_are_cut_in_no_time() -> None:
    begun = time.perf_counter()
    cut("好。" * 2_500)
    cut(f"{ZH}\n\n{EN}\n" * 60)
    assert time.perf_counter() - begun < 3


# --- clipping ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("a字", 2), ("😀", 2), (FLAG, 4), (FAMILY, 11), ("\ud800", 1)]
)
def test_length_is_counted_as_line_counts(text: str, length: int) -> None:
    assert utf16_length(text) == length


@pytest.mark.parametrize(
    ("text", "units", "clipped"),
    [
        ("你好嗎", 3, "你好嗎"),
        ("你好嗎", 2, "你…"),
        ("hello world", 7, "hello…"),
        (FAMILY * 2, 21, f"{FAMILY}…"),
        (FAMILY * 2, 11, "…"),
        ("e\u0301e\u0301", 3, "e\u0301…"),
        ("你好", 1, "…"),
        ("你好", 0, ""),
    ],
)
def test_a_text_is_clipped_between_graphemes(text: str, units: int, clipped: str) -> None:
    assert clip(text, units=units) == clipped


@pytest.mark.parametrize(
    ("text", "count", "clipped"),
    [
        ("", 3, ""),
        ("你好嗎", 3, "你好嗎"),
        ("你好嗎", 2, "你…"),
        (FAMILY * 3, 3, FAMILY * 3),
        (FAMILY * 4, 3, f"{FAMILY * 2}…"),
        ("show it", 6, "show…"),
        ("你好", 1, "…"),
        ("你好", 0, ""),
    ],
)
def test_a_label_is_clipped_by_what_a_reader_sees(text: str, count: int, clipped: str) -> None:
    assert clip_graphemes(text, count) == clipped


@settings(max_examples=50)
@given(MIXED, st.integers(0, 40))
def test_clipping_never_exceeds_and_never_breaks(text: str, size: int) -> None:
    assert utf16_length(clip(text, units=size)) <= size
    assert len(regex.findall(r"\X", clip_graphemes(text, size))) <= size
    kept = clip(text, units=size)
    assert kept == text or text.startswith(kept.removesuffix("…"))

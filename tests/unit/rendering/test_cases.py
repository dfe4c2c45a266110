"""What is markup and what only looks like it, by a table of cases."""

from __future__ import annotations

import pytest

from chalicelib.domain.messages import Text
from chalicelib.domain.rendering import render
from tests.unit.rendering.cases import GONE, STAYS


def text(markdown: str) -> str:
    """The one text that a short answer becomes."""
    (message,) = render(markdown)
    assert isinstance(message, Text)
    return message.text


@pytest.mark.parametrize("words", STAYS)
def test_what_only_looks_like_markup_stays(words: str) -> None:
    assert text(words) == words


@pytest.mark.parametrize("words", STAYS)
def test_what_only_looks_like_markup_stays_in_the_middle_of_a_sentence(words: str) -> None:
    assert text(f"他說：{words} 好嗎？") == f"他說：{words} 好嗎？"


@pytest.mark.parametrize("words", STAYS)
def test_what_only_looks_like_markup_stays_among_bold_words(words: str) -> None:
    assert text(f"**粗體** {words} **bold**") == f"粗體 {words} bold"


@pytest.mark.parametrize(("markdown", "expected"), GONE)
def test_what_was_markup_is_gone(markdown: str, expected: str) -> None:
    assert text(markdown) == expected


@pytest.mark.parametrize(("markdown", "expected"), GONE)
def test_windows_line_ends_change_nothing(markdown: str, expected: str) -> None:
    assert text(markdown.replace("\n", "\r\n")) == expected


def test_the_tables_have_more_than_a_hundred_cases_each() -> None:
    assert len(set(STAYS)) == len(STAYS) > 100
    assert len({markdown for markdown, _ in GONE}) == len(GONE) > 100

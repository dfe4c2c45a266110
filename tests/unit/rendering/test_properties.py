"""For every answer: no error, LINE's limits, and nothing lost that a reader would see."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Code, Table, Text
from chalicelib.domain.rendering import render
from tests.unit.rendering.documents import MARKS_LEFT, Written, documents
from tests.unit.rendering.dump import Rendered, seen

MARKUP = (
    "*", "**", "***", "_", "__", "~~", "~", "`", "``", "```", "\n```\n", "\n~~~\n", "#", "\n# ",
    "\n", "\n\n", "\n- ", "\n  - ", "\n1. ", "\n    ", "\t", "> ", "\n> ", ">", "<", "<b>",
    "</b>", "<!--", "-->", "<br>", "<li>", "<ol>", "</ol>", "<table>", "<tr>", "<td>", "</table>",
    "<pre>", "</pre>", "<think>", "</think>", "<script>", "</script>", "<sup>", "</sup>",
    '<a href="x">', "</a>", "[", "]", "(", ")", "](", "![", "[^1]", "\n[^1]: ",
    "\n[a]: https://a.tw\n", "|", "\n|a|b|\n|-|-|\n|c|d|\n", "|-", "$", "$$", "\\(", "\\)", "\\[",
    "\\]", "\\", "\\frac", "{", "}", "^", "&", "&amp;", "&#0;", "\n---\n", "\n===\n",
    "https://a.tw/", "www.a.tw", "- [x] ", "\\begin{cases}", "\\end{cases}", "\\\\", "\r\n", "\r",
    "\x00", "\x0b", "\ud800", "\udc00", "\u200d", "👨‍👩‍👧", "\u202e", "שלום", "字", "。", "：",
    "「", "」", "ก็", "a", "b1", " ", "  \n", "\u3000", "e\u0301", "\ufe0f", "(*´∀`*)", ">_<",
)  # fmt: skip
MESSES = st.lists(st.sampled_from(MARKUP), max_size=60).map("".join)
ANYTHING = st.text(max_size=200) | MESSES
#: No letter of these is ever taken out, so that what comes out can be compared letter by letter.
HARMLESS = st.lists(
    st.sampled_from([m for m in MARKUP if not re.search(r"[<>&$\\\[\]()`~|\ud800-\udfff]", m)])
    | st.text(
        st.characters(exclude_characters="<>&$\\[]()`~|", exclude_categories=["Cs"]), max_size=5
    ),
    max_size=60,
).map("".join)
#: What CommonMark and we read alike, or of which we keep more. A wave is no fence here, and
#: a face no code, in which an entity would not be one.
COMMON = st.lists(
    st.sampled_from(
        [m for m in MARKUP if not re.search(r"[<>$\\^x\x00\x0b\ud800-\udfff]|~~~|&.", m)]
    ),
    max_size=60,
).map("".join)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def letters(text: str) -> str:
    """A text's letters and digits; raised and lowered ones as any other."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


def check_limits(messages: Iterable[Rendered]) -> None:
    for message in messages:
        assert not CONTROL.search(seen([message]))
        if isinstance(message, Text):
            assert message.text.strip()
            assert utf16_length(message.text) <= 5_000
        elif isinstance(message, Code):
            assert message.text.strip()
            assert utf16_length(message.text) <= 4_000
        else:
            check_table(message)


def check_table(table: Table) -> None:
    rows = [table.header, *table.rows]
    assert 1 <= len(table.header) <= 12
    assert 1 <= len(table.rows) <= 30
    assert {len(row) for row in rows} == {len(table.header)}
    assert len(rows) * len(table.header) <= 120
    assert sum(utf16_length(cell) for row in rows for cell in row) <= 2_500


# --- any string at all -------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_any_string_renders_within_the_limits(text: str) -> None:
    check_limits(render(text))


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=100))
def test_any_code_point_renders_even_half_a_surrogate_pair(text: str) -> None:
    messages = render(text)
    check_limits(messages)
    seen(messages).encode("utf-8")


@settings(deadline=None)
@given(ANYTHING)
def test_the_same_answer_is_always_rendered_the_same(text: str) -> None:
    assert render(text) == render(text)


@settings(max_examples=300, deadline=None)
@given(HARMLESS)
def test_every_letter_and_digit_survives_in_its_place(text: str) -> None:
    assert letters(seen(render(text))) == letters(text)


@settings(max_examples=300, deadline=None)
@given(COMMON)
def test_whatever_a_commonmark_parser_shows_is_shown(text: str) -> None:
    lost = Counter(letters(commonmark(text))) - Counter(letters(seen(render(text))))
    assert not lost


def commonmark(text: str) -> str:
    """What a reader sees of an answer, by somebody else's parser; an indent alone is no code."""
    parser = MarkdownIt("commonmark").enable("table").disable("code")
    return " ".join(_shown(parser.parse(text)))


def _shown(tokens: Iterable[Token]) -> list[str]:
    found: list[str] = []
    for token in tokens:
        found += _shown(token.children) if token.children else [token.content]
    return found


# --- answers of known words --------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(documents())
def test_every_word_of_an_answer_survives(written: Written) -> None:
    text = seen(render(written.markdown))
    assert [word for word in written.words if word not in text] == []


@settings(max_examples=150, deadline=None)
@given(documents())
def test_words_are_shown_in_reading_order(written: Written) -> None:
    text = seen(render(written.markdown))
    places = [text.index(word) for word in written.ordered]
    assert places == sorted(places)


@settings(max_examples=150, deadline=None)
@given(documents())
def test_no_markup_is_left(written: Written) -> None:
    text = seen(render(written.markdown))
    assert [mark for mark in MARKS_LEFT if mark in text] == []


@settings(max_examples=75, deadline=None)
@given(documents(most=40))
def test_an_answer_with_bubbles_fits_one_reply_where_its_texts_allow(written: Written) -> None:
    messages = render(written.markdown)
    check_limits(messages)
    if not all(isinstance(message, Text) for message in messages):
        assert len(messages) <= 5

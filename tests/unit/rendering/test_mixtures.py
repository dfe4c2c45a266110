"""Markup within markup, across markup, and where nobody would write it: no word is lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.messages import Text
from chalicelib.domain.rendering import render
from tests.unit.rendering.dump import seen

#: Openings and closings in any order; the address is not a word.
PIECES = (
    "<b>", "</b>", "<i>", "</i>", "<p>", "</p>", "<ol>", "</ol>", "<ul>", "</ul>", "<li>", "</li>",
    "<sup>", "</sup>", "<sub>", "</sub>", "<del>", "</del>", '<a href="//x">', "</a>", "<table>",
    "</table>", "<tr>", "<td>", "</td>", "<pre>", "</pre>", "<think>", "</think>", "<br>", "<hr>",
    "[", "]", "](//x)", "![", "**", "*", "_", "__", "~~", "`", "```\n", "\n~~~\n", "$", "$$", "\\(",
    "\\)", "\\[", "\\]", "\n", "\n\n", "\n> ", "\n- ", "\n  1. ", "\n# ", "|", "\n|-|-|\n",
    " ", "，",
)  # fmt: skip


@st.composite
def soups(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Words, each told from all others, among marks in any order."""
    pieces = draw(st.lists(st.sampled_from((*PIECES, "字", "字", "word")), max_size=40))
    words = [f"{piece}{place:03}" for place, piece in enumerate(pieces) if piece in ("字", "word")]
    left = iter(words)
    return "".join(next(left) if p in ("字", "word") else p for p in pieces), words


@settings(max_examples=400, deadline=None)
@given(soups())
def test_no_word_is_lost_among_marks_in_any_order(soup: tuple[str, list[str]]) -> None:
    markdown, words = soup
    flat = unicodedata.normalize("NFKC", seen(render(markdown)))
    text = "".join(letter for letter in flat if letter.isalnum())
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("1. 一\n   - 甲\n     > 引\n   - 乙\n2. 二",
         "1. 一\n\u3000◦ 甲\n\u3000\u3000｜引\n\u3000◦ 乙\n2. 二"),
        ("> 1. 一\n>    - 甲\n>\n> 二", "｜1. 一\n｜\u3000◦ 甲\n｜\n｜二"),
        ("來源：\n[1]: https://a.tw\n[2]: https://b.tw",
         "來源：\n[1]: https://a.tw\n[2]: https://b.tw"),
        ("一\n\n[a]: https://a.tw\n[a]: https://b.tw", "一\n\na (https://a.tw): https://b.tw"),
        ("<table><tr>甲<td>乙</td></tr></table>", "甲 ｜ 乙"),
        ("<table>題<tr><td>甲</td></tr></table>", None),
        ('<a href="//x">[甲</a>乙](//y)', "[甲 (//x)乙](//y)"),
        ("[甲<b>乙](//x)丙</b>", "甲乙 (//x) 丙"),
        ("**甲[乙**丙](//x)", "**甲乙**丙 (//x)"),
    ],
)  # fmt: skip
def test_what_crosses_is_written_as_far_as_it_makes_sense(
    markdown: str, expected: str | None
) -> None:
    messages = render(markdown)
    if expected is not None:
        assert messages == (Text(text=expected),)
    assert all(letter in seen(messages) for letter in markdown if "\u4e00" <= letter <= "\u9fff")

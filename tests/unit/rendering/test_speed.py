"""However an answer is made up, reading it takes time in proportion to its length."""

from __future__ import annotations

import time

import pytest

from chalicelib.domain.rendering import context, parts, reading, render

LENGTH = 20_000
#: Seconds of the processor. It takes a tenth of that; what grows with the square takes minutes.
MOST = 1.0
UNITS = (
    "*", "**", "_", "__", "~~", "*a **b", "字~~", "`", "`a``b```", "[", "]", "[]", "](", "[](",
    "[a](b", "[^1]", "[^1]: a\n", "[a]: https://a.tw\n", "[a][b]", '[a](b "c', "> ", ">", "> a\n",
    "|", "|a", "|a|\n|-|\n|b|\n", "<", "<a", "<a ", "<b>", "</b>", "<!--", "<!-- ", "<script>",
    "<table>\n", "<pre>\n", "<table><tr><td>a", "<li>", "<a href=x>[", "<sup>1</sup>", "\\", "\\(",
    "\\[", "\\[\n", "$", "$$", "$$\n", "$a$", "$\\frac{1}{2}$", "\\begin{a}", "\\begin{a}\n", "\n",
    "- a\n", "- ", "- a\n  - b\n    - c\n", "# ", " #", "#", "~~~ a\n", "```\n", "```\na\n",
    "a\n===\n",
    "    a=1\n\n", "    a\n\n", "---\n", " ", "\t", "&", "&amp;", "(", "(`", "(*´", "_(", "https://",
    "https://a.tw ", "\u0301", "👍", "\ud800", "\u200d", "a\\\n", "-\n", "\x00", "{", "'",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_no_answer_takes_long_to_read(unit: str) -> None:
    markdown = (unit * LENGTH)[:LENGTH]
    begun = time.process_time()
    document = reading.read(markdown)
    list(parts.of(document.blocks, context.of(document, markdown)))
    assert time.process_time() - begun < MOST


@pytest.mark.parametrize(
    "unit", ["*", "[", "`", "> ", "|", "<", "\\(", "**字** ", "$x$ ", "[a](https://a.tw) "]
)
def test_no_answer_takes_long_to_render(unit: str) -> None:
    begun = time.process_time()
    render((unit * LENGTH)[:LENGTH])
    assert time.process_time() - begun < 2 * MOST

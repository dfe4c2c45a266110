"""A model's Markdown as LINE's messages: plain text, and bubbles for code and tables.

LINE shows no Markdown, and models write it whatever they are told. Here it becomes what a person
would type into a chat: headings, lists and quotes with marks of their own, links as addresses,
formulas in Unicode. Nothing a reader would see is lost, and nothing that only looks like markup is
taken for it.

    lines → reading → blocks → parts → layout → messages
                       inline: emphasis, links, formulas, tags

Pure functions of values; `docs/rendering.md` tells what becomes of what.
"""

from __future__ import annotations

import re

from chalicelib.domain.messages import Code, Table, Text
from chalicelib.domain.rendering import context, layout, parts, reading

_LINE_ENDS = re.compile("\r\n?")
#: LINE takes none of these, and a reader sees none.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def render(markdown: str) -> tuple[Text | Code | Table, ...]:
    """Write an answer as LINE's messages, in reading order; any string is an answer.

    A Text is never empty and at most 5,000 UTF-16 code units; code and tables keep to the limits of
    `listings` and `tables`. An answer with code or tables has at most five messages where its
    texts allow. One in which a reader would see nothing has none.
    """
    text = _clean(markdown)
    document = reading.read(text)
    return layout.messages(parts.of(document.blocks, context.of(document, text)))


def _clean(text: str) -> str:
    """Take out what no message can hold; half a surrogate pair becomes "\ufffd"."""
    text = _CONTROL.sub("", _LINE_ENDS.sub("\n", text))
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text

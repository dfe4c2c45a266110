"""HTML that reaches over lines: what a reader never sees, code, and tables.

Comments, scripts and styles vanish with all they hold; `<pre>` is code and `<table>` a table.
Any other tag is taken off where it stands, see `tags`.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from chalicelib.domain.rendering.blocks import Block, Grid, Listing

#: How a region begins, and what ends it.
CLOSINGS: Final = {
    "<!--": "-->",
    "<script": "</script>",
    "<style": "</style>",
    "<pre": "</pre>",
    "<table": "</table>",
}

_OPENING = re.compile(r"[ \t]*(<!--|<(?:script|style|pre|table)(?=[\s>]))", re.IGNORECASE)
_CODE_TAG = re.compile(r"</?(?:pre|code|span|a|b|i|em|strong|kbd|samp|var)\b[^<>]*>", re.IGNORECASE)
_CODE = re.compile(r"(?:language|lang)-([\w+#.-]+)")
_ROW = re.compile(r"<tr\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"<t[hd]\b[^<>]*>", re.IGNORECASE)
_TABLE_TAG = re.compile(r"</?(?:table|thead|tbody|tfoot|tr|td|th)\b[^<>]*>", re.IGNORECASE)


def opening(line: str) -> str:
    """How the region begins that a line begins with, a key of `CLOSINGS`; "" for none."""
    found = _OPENING.match(line)
    return found[1].lower() if found else ""


def blocks(begins: str, text: str) -> tuple[Block, ...]:
    """Make a block of a whole region; none where a reader sees nothing."""
    if begins == "<pre":
        return _listing(text)
    return _grid(text) if begins == "<table" else ()


def _listing(text: str) -> tuple[Block, ...]:
    language = _CODE.search(text.partition("\n")[0])
    code = unescape(_CODE_TAG.sub("", text)).strip("\n").rstrip()
    return (Listing(code=code, language=language[1] if language else ""),)


def _grid(text: str) -> tuple[Block, ...]:
    lines = [[_cell(cell) for cell in _CELL.split(row)] for row in _ROW.split(text)]
    caption = lines[0]
    rows = [cells for row in lines[1:] if (cells := row if row[0] else row[1:])]
    rows = [caption, *rows] if any(caption) else rows
    if not rows:
        return ()
    width = max(map(len, rows))
    header, *others = (tuple(row + [""] * (width - len(row))) for row in rows)
    return (Grid(header=header, rows=tuple(others)),)


def _cell(text: str) -> str:
    return _TABLE_TAG.sub("", text).strip().replace("\n", " ")

"""From blocks to what a reader sees: lines of text, and what may become a bubble.

This is where an answer gets its looks. LINE's text has no bold and no sizes, so a heading has a
mark, an item a bullet, a quote a bar; see `docs/rendering.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Code, Table
from chalicelib.domain.rendering import listings, tables
from chalicelib.domain.rendering.blocks import Block, Grid, Listing, Words
from chalicelib.domain.rendering.context import Context
from chalicelib.domain.rendering.inline import plain
from chalicelib.domain.rendering.tags import RULE

#: Before a heading of the answer's highest level, and before all others.
HIGHEST: Final = "■ "
LOWER: Final = "▪ "

#: A heading that begins with a picture or a mark of its own needs none of ours.
_MARKED = re.compile("[\u2190-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff【《〈◎※★☆●○]")
_NUMBER = re.compile(r"\d")
#: A bold line by itself is how models write small headings; it gets no mark, but stays with what
#: follows it.
_TITLE = re.compile(r"\*\*[^*\n]{1,60}\*\*[:：]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Lines of text. gap: what stands on the line before them; None for no line.

    is_apart: an empty line follows, whatever comes.
    """

    text: str
    gap: str | None = None
    is_heading: bool = False
    is_rule: bool = False
    is_apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What may be shown in bubbles, and the same as text. size: UTF-16 code units of the latter."""

    bubbles: tuple[Code | Table, ...]
    text: str

    @property
    def worth(self) -> tuple[bool, int]:
        """How much is gained by a bubble: more by a table than by code, and by what is larger."""
        return isinstance(self.bubbles[0], Table), utf16_length(self.text)

    @property
    def said(self) -> Said:
        """The same without bubbles: code follows the words about it, a table stands apart."""
        gap = "" if isinstance(self.bubbles[0], Table) else None
        return Said(text=self.text, gap=gap, is_apart=True)


Part = Said | Shown


def of(blocks: Iterable[Block], context: Context) -> Iterator[Part]:
    """Write blocks as parts, in reading order; what shows nothing is left out."""
    blocks = tuple(blocks)
    levels = [each.heading for each in blocks if isinstance(each, Words) and each.heading]
    highest = min(levels, default=0)
    for block in blocks:
        if isinstance(block, Words):
            yield from _said(block, context, highest)
        elif isinstance(block, Listing):
            yield from _shown(listings.divided(block.code, block.language), block.code)
        elif isinstance(block, Grid):
            yield from _table(block, context)
        else:
            yield Said(text=RULE, is_rule=True)
    if context.endings:
        lines = [f"[{name}] {plain(text, context)}" for name, text in context.endings]
        yield Said(text="\n".join(lines), gap="")


def _said(words: Words, context: Context, highest: int) -> Iterator[Said]:
    lines = [line.strip(" \t") for line in plain(words.text, context).split("\n")]
    lines = [line for line in lines if line] or [""]
    if words.heading:
        text = " ".join(lines)
        mark = HIGHEST if words.heading == highest else LOWER
        lines = [text if not text or _MARKED.match(text) else mark + text]
    first, *others = lines
    shown = [words.first + first, *(words.others + line for line in others)]
    if first or _NUMBER.search(words.first):
        text = "\n".join(line.rstrip() for line in shown)
        is_title = not words.first and _TITLE.fullmatch(words.text) is not None
        yield Said(text=text, gap=words.gap, is_heading=is_title or words.heading > 0)


def _table(grid: Grid, context: Context) -> Iterator[Part]:
    header = tuple(_cell(cell, context) for cell in grid.header)
    rows = tuple(tuple(_cell(cell, context) for cell in row) for row in grid.rows)
    rows = tuple(row for row in rows if any(row))
    yield from _shown(tables.divided(header, rows), tables.told(header, rows))


def _cell(cell: str, context: Context) -> str:
    lines = (line.strip() for line in plain(cell, context).split("\n"))
    return "\n".join(line for line in lines if line)


def _shown(bubbles: tuple[Code | Table, ...], text: str) -> Iterator[Part]:
    if bubbles:
        yield Shown(bubbles=bubbles, text=text)
    elif text.strip():
        yield Said(text=text, gap="", is_apart=True)

"""Tables as LINE's Flex messages: in columns where a phone is wide enough, else as cards.

A phone shows three columns of words; of four, each would be a narrow strip. So a wider table
becomes cards side by side, a row a card, on which every value stands beside its label.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, Final

from chalicelib.adapters.line.flex import (
    BUBBLES,
    INK,
    NOTHING,
    SMALL_PRINT,
    TINT,
    box,
    bubble,
    carousel,
    fits,
    flex,
    rule,
    words,
)
from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Table

Json = dict[str, Any]
Row = Sequence[str]

_COLUMNS: Final = 3
#: A column's share of the width is that of its longest line, in halves of a Han character: within
#: bounds, so that a long one wraps and leaves short ones room.
_NARROWEST: Final = 4
_WIDEST: Final = 16
#: A label's share of a card's width at most, and that of all.
_LABEL: Final = 12
_CARD: Final = 28


def to_grid(table: Table) -> Json | None:
    """Make LINE's Flex message of a table; None where there are no rows, or too much."""
    header, *rows = _even(table)
    if not header or not rows:
        return None
    shown = _columns(header, rows) if len(header) <= _COLUMNS else _cards(header, rows)
    lines = "\n".join(", ".join(_named(header, row)) for row in rows)
    return flex(shown, told=lines) if fits(shown) else None


def told(table: Table, *, units: int) -> str:
    """Write a table as text: a block a row with a label before each value.

    Where that takes more than so many UTF-16 code units, labels are told once, in a line above.
    """
    header, *rows = _even(table)
    blocks = "\n\n".join("\n".join(_named(header, row)) for row in rows)
    if blocks and utf16_length(blocks) <= units:
        return blocks
    return "\n".join(" | ".join(map(_cell, row)) for row in (header, *rows))


def _even(table: Table) -> list[Row]:
    """The header and the rows, each with as many cells."""
    cells = zip_longest(*zip_longest(table.header, *table.rows, fillvalue=""))
    return [tuple(row) for row in cells] or [()]


def _cell(text: str) -> str:
    return text if text.strip() else NOTHING


def _named(header: Row, row: Row) -> Iterator[str]:
    """A row's values, each after its label."""
    for label, value in zip(header, row, strict=True):
        yield f"{label}: {_cell(value)}" if label.strip() else _cell(value)


# -- in columns ----------------------------------------------------------------------------------


def _columns(header: Row, rows: Sequence[Row]) -> Json:
    widths = [_share(column, most=_WIDEST) for column in zip(header, *rows, strict=True)]
    lines = [_line(header, widths, weight="bold") | {"backgroundColor": TINT}]
    for row in rows:
        lines += [rule(), _line(row, widths)]
    return bubble("giga", body=box("vertical", lines, paddingAll="none"))


def _line(row: Row, widths: Sequence[int], **look: str) -> Json:
    cells = [
        words(_cell(text), size="sm", color=INK, flex=width, **look)
        for text, width in zip(row, widths, strict=True)
    ]
    return box("horizontal", cells, spacing="md", paddingAll="10px")


def _share(column: Iterable[str], *, most: int) -> int:
    """How much of the width a column gets."""
    return min(max(_NARROWEST, *map(_width, column)), most)


def _width(text: str) -> int:
    """How wide a text's longest line is, in halves of a Han character."""
    lines = ([unicodedata.east_asian_width(sign) for sign in line] for line in text.splitlines())
    return max((len(line) + sum(kind in "WF" for kind in line) for line in lines), default=0)


# -- as cards ------------------------------------------------------------------------------------


def _cards(header: Row, rows: Sequence[Row]) -> Json:
    """A row a card; of more rows than LINE takes cards, several a card."""
    each = -(-len(rows) // BUBBLES)
    cards = [_card(header, rows[start : start + each]) for start in range(0, len(rows), each)]
    return carousel(cards) if len(cards) > 1 else cards[0]


def _card(header: Row, rows: Sequence[Row]) -> Json:
    parts: list[Json] = []
    for row in rows:
        first, *others = _section(header, row)
        parts += [rule(margin="lg"), first | {"margin": "lg"}] if parts else [first]
        parts += others
    return bubble("mega", body=box("vertical", parts, spacing="sm", paddingAll="lg"))


def _section(header: Row, row: Row) -> Iterator[Json]:
    """The first column's value as a title under its label, and below it the others."""
    (label, *labels), (title, *values) = header, row
    if label.strip():
        yield words(label, size="xs", color=SMALL_PRINT)
    yield words(_cell(title), size="md", color=INK, weight="bold")
    width = _share(labels, most=_LABEL)
    for name, value in zip(labels, values, strict=True):
        pair = [
            words(_cell(name), size="sm", color=SMALL_PRINT, flex=width),
            words(_cell(value), size="sm", color=INK, flex=_CARD - width),
        ]
        yield box("baseline", pair, spacing="md")

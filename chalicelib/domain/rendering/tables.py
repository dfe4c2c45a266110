"""Tables as LINE can show them: in bubbles of a limited size, or as lines of text.

A bubble holds so much; a longer table is divided between rows, with the header on each part. Where
even one row is too much, or an answer has no room for another bubble, every row becomes a list of
"label: value" lines, which reads better on a phone than columns that don't align.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Table
from chalicelib.domain.rendering.letters import has_dense

#: What one bubble holds; cells and UTF-16 code units with the header's.
COLUMNS: Final = 12
ROWS: Final = 30
CELLS: Final = 120
UNITS: Final = 2_500

Row = tuple[str, ...]


def divided(header: Row, rows: tuple[Row, ...]) -> tuple[Table, ...]:
    """Make tables that fit a bubble each; none where that can't be."""
    if not rows or len(header) > COLUMNS:
        return ()
    room = UNITS - _units(header)
    most = min(ROWS, CELLS // len(header) - 1)
    parts: list[list[Row]] = [[]]
    left = room
    for row in rows:
        units = _units(row)
        if units > room:
            return ()
        if parts[-1] and (units > left or len(parts[-1]) == most):
            parts.append([])
            left = room
        parts[-1].append(row)
        left -= units
    return tuple(Table(header=header, rows=tuple(part)) for part in parts)


def told(header: Row, rows: tuple[Row, ...]) -> str:
    """Tell a table in lines: one "label: value" a cell, and an empty line between rows."""
    labels = [_label(label) for label in header]
    used = [any(row[column] for row in rows) for column in range(len(header))]
    if not rows:
        return " ｜ ".join(label for label in header if label)
    return "\n\n".join("\n".join(_lines(labels, row, used)) for row in rows)


def _lines(labels: list[str], row: Row, used: list[bool]) -> Iterator[str]:
    for label, cell, is_used in zip(labels, row, used, strict=True):
        if cell or (label and not is_used):
            yield f"{label}{cell}".replace("\n", " ").strip()


def _label(label: str) -> str:
    label = label.rstrip(":：")
    return f"{label}{'：' if has_dense(label) else ': '}" if label else ""


def _units(row: Row) -> int:
    return sum(map(utf16_length, row))

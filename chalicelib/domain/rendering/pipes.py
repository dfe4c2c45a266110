r"""Tables drawn with pipes: where the cells are.

A pipe in a cell should be written `\|`, even within code, but models forget: where a row then has
too many cells, its code and formulas are taken as whole. A row that is still too long makes the
table wider, since a word too many is better than a word lost.
"""

from __future__ import annotations

import re

from chalicelib.domain.rendering.blocks import Grid

_DELIMITERS = re.compile(r"[\s|:-]*-[\s|:-]*")
_DELIMITER = re.compile(r"\s*:?-+:?\s*")
_PIPE = re.compile(r"\\.|\|")
_GUARDED_PIPE = re.compile(r"\\.|`[^`]*`|\$[^$]*\$|\|")


def is_row(line: str) -> bool:
    """Whether a line may be a row."""
    return "|" in line


def is_delimiter(line: str) -> bool:
    """Whether a line parts a header from its rows: `| --- | :-: |`."""
    if "|" not in line or not _DELIMITERS.fullmatch(line):
        return False
    return all(_DELIMITER.fullmatch(cell) for cell in _cells(line, _PIPE))


def grid(header: str, rows: list[str]) -> Grid:
    """Make a table of its lines; every row gets as many cells as the longest has."""
    head = _cells(header, _PIPE)
    cells = [_fitting(row, len(head)) for row in rows]
    width = max(len(head), *(len(row) for row in cells)) if cells else len(head)
    return Grid(header=_padded(head, width), rows=tuple(_padded(row, width) for row in cells))


def _fitting(row: str, width: int) -> list[str]:
    """A row's cells, without empty ones behind the last column."""
    cells = _cells(row, _PIPE)
    if len(cells) > width:
        guarded = _cells(row, _GUARDED_PIPE)
        cells = guarded if len(guarded) >= width else cells
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells


def _cells(line: str, pipe: re.Pattern[str]) -> list[str]:
    line = line.strip()
    borders = [found.start() for found in pipe.finditer(line) if found[0] == "|"]
    starts = [0, *(border + 1 for border in borders)]
    cells = [line[a:b].strip() for a, b in zip(starts, [*borders, len(line)], strict=True)]
    if borders and borders[0] == 0:
        cells = cells[1:]
    if len(cells) > 1 and borders[-1] == len(line) - 1:
        cells = cells[:-1]
    return [cell.replace("\\|", "|") for cell in cells]


def _padded(cells: list[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))

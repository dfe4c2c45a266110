"""Where the tiles of a menu lie.

LINE: a picture is 800 to 2,500 pixels wide, at least 250 high, and at least 1.45 times as wide as
high; it has at most 20 areas. A phone shows it about 390 points wide, so four rows of four are what
a finger still hits and an eye still reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

#: Up to how many tiles so many rows are enough.
_ROWS: Final = ((3, 1), (6, 2), (12, 3), (16, 4))
MOST: Final = _ROWS[-1][0]

WIDTH: Final = 2500
#: LINE's own templates: a picture is this high, or with a single row half as high.
_HIGH: Final = 1686
_LOW: Final = 843

#: Pixels from a card to the next, and to the picture's edge.
_GAP: Final = 26
_EDGE: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A part of a picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def within(cls, across: tuple[int, int], down: tuple[int, int]) -> Box:
        """What lies between two columns and two rows."""
        (left, right), (top, bottom) = across, down
        return cls(x=left, y=top, width=right - left, height=bottom - top)

    @property
    def right(self) -> int:
        """The first column beyond it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row beyond it."""
        return self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tile's: the card that is seen, and the area around it that is tapped."""

    card: Box
    area: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A picture's height, how many rows it has, and its places row by row: areas cover it all."""

    height: int
    rows: int
    places: tuple[Place, ...]


def layout(count: int) -> Layout:
    """Lay out so many tiles, 1 to `MOST`: rows as even as can be, the wider tiles first."""
    rows = next(rows for most, rows in _ROWS if count <= most)
    height = _HIGH if rows > 1 else _LOW
    each, more = divmod(count, rows)
    in_rows = [each] * (rows - more) + [each + 1] * more
    places = [
        Place(card=Box.within(seen, high), area=Box.within(tapped, tall))
        for columns, (high, tall) in zip(in_rows, _parts(height, rows), strict=True)
        for seen, tapped in _parts(WIDTH, columns)
    ]
    return Layout(height=height, rows=rows, places=tuple(places))


def _parts(whole: int, count: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Divide a length into so many parts: from where to where each is seen, and tapped."""
    half, rim = _GAP // 2, _EDGE - _GAP // 2
    edges = [rim + round((whole - 2 * rim) * number / count) for number in range(count + 1)]
    for start, end in pairwise(edges):
        first, last = start == edges[0], end == edges[-1]
        yield (start + half, end - half), (0 if first else start, whole if last else end)

"""Where everything on a picture stands: cards, the grounds of their icons, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ops.richmenu.fonts import Face
from ops.richmenu.layout import Box, layout
from ops.richmenu.tiles import Menu, Tile
from ops.richmenu.writing import Writing

#: Pixels between a card's edge and its words.
_INSIDE: Final = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Pixels: an icon's ground; from it down to a title's baseline, and from there to a line's; a
    title, a line, and what stays below it. Thai has marks on marks: they need most of the room.
    """

    ground: int
    to_title: int
    to_line: int
    title: int
    line: int
    below: int


_LARGE: Final = Sizes(ground=280, to_title=178, to_line=140, title=108, line=76, below=20)
#: By the number of rows.
_SIZES: Final[Mapping[int, Sizes]] = {
    1: _LARGE,
    2: _LARGE,
    3: Sizes(ground=176, to_title=134, to_line=116, title=100, line=73, below=20),
    4: Sizes(ground=124, to_title=101, to_line=82, title=76, line=58, below=15),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words, and the middle of their baseline."""

    text: str
    writing: Writing
    x: int
    y: int

    @property
    def covers(self) -> tuple[float, float, float, float]:
        """What of the picture they cover: left, top, right and bottom."""
        box = self.writing.font.getbbox(self.text, anchor="ms", language=self.writing.language)
        left, top, right, bottom = box
        return self.x + left, self.y + top, self.x + right, self.y + bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A tile as it is drawn. ground: where its icon is. line: None where nothing is said."""

    tile: Tile
    box: Box
    ground: Box
    title: Words
    line: Words | None


def cards(menu: Menu, *, bold: Face, regular: Face) -> list[Card]:
    """Arrange a menu's tiles, each in the middle of its place."""
    laid = layout(len(menu.tiles))
    sizes = _SIZES[laid.rows]
    placed = [(tile, place.card) for tile, place in zip(menu.tiles, laid.places, strict=True)]
    titles = Writing.fitting(
        bold,
        {tile.title: box.width - 2 * _INSIDE for tile, box in placed},
        size=sizes.title,
        language=menu.language,
    )
    lines = Writing.fitting(
        regular,
        {tile.line: box.width - 2 * _INSIDE for tile, box in placed if tile.line},
        size=sizes.line,
        language=menu.language,
    )
    return [_card(tile, box, sizes, titles, lines) for tile, box in placed]


def _card(tile: Tile, box: Box, sizes: Sizes, titles: Writing, lines: Writing) -> Card:
    """Stack an icon, a title and a line, with as much room above them as below."""
    high = sizes.ground + sizes.to_title + (sizes.to_line if tile.line else 0) + sizes.below
    middle, top = box.x + box.width // 2, box.y + (box.height - high) // 2
    ground = Box(x=middle - sizes.ground // 2, y=top, width=sizes.ground, height=sizes.ground)
    title = Words(text=tile.title, writing=titles, x=middle, y=ground.bottom + sizes.to_title)
    below = Words(text=tile.line, writing=lines, x=middle, y=title.y + sizes.to_line)
    return Card(tile=tile, box=box, ground=ground, title=title, line=below if tile.line else None)

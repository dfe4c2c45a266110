"""Draws a menu: a card a command, with its icon, its name and what it does."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from ops.richmenu.arranging import Card, Words, cards
from ops.richmenu.fonts import face
from ops.richmenu.layout import WIDTH, layout
from ops.richmenu.pen import inked, rounded
from ops.richmenu.strokes import icon
from ops.richmenu.tiles import Menu

PAGE: Final = "#e4ece8"
CARD: Final = "#ffffff"
INK: Final = "#13201a"
SOFT: Final = "#4d5b54"
#: An icon's colour and its ground's; the latter for what takes something away.
USUAL: Final = ("#1f6e4e", "#e0f0e8")
GRAVE: Final = ("#b3261e", "#fbe7e5")
_GRAVE: Final = frozenset({"delete"})

_CORNER: Final = 56
#: How much of its ground an icon takes.
_SHARE: Final = 0.58


def draw(menu: Menu, *, fonts: Sequence[Path] = ()) -> Image.Image:
    """Draw a menu; fonts: files to try before those of this machine. Raises Trouble."""
    bold, regular = (
        face(menu.language, menu.letters, bold=weight, own=fonts) for weight in (True, False)
    )
    picture = Image.new("RGB", (WIDTH, layout(len(menu.tiles)).height), PAGE)
    for card in cards(menu, bold=bold, regular=regular):
        _paint(picture, card)
    return picture


def png(picture: Image.Image) -> bytes:
    """A picture's bytes as LINE takes them."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _paint(picture: Image.Image, card: Card) -> None:
    colour, ground = GRAVE if card.tile.command in _GRAVE else USUAL
    box, round_ground = card.box, card.ground
    picture.paste(CARD, (box.x, box.y), rounded(box.width, box.height, _CORNER))
    size = round_ground.width
    picture.paste(ground, (round_ground.x, round_ground.y), rounded(size, size, size // 2))
    icon_size = round(size * _SHARE)
    rim = (size - icon_size) // 2
    at = (round_ground.x + rim, round_ground.y + rim)
    picture.paste(colour, at, inked(icon(card.tile.command), icon_size))
    _write(picture, card.title, INK)
    if card.line:
        _write(picture, card.line, SOFT)


def _write(picture: Image.Image, words: Words, colour: str) -> None:
    ImageDraw.Draw(picture).text(
        (words.x, words.y),
        words.text,
        fill=colour,
        font=words.writing.font,
        anchor="ms",
        language=words.writing.language,
    )

"""Round pens and round corners with soft edges, which Pillow alone draws jagged.

What it draws is drawn several times as large, and made small again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from ops.richmenu.strokes import UNITS, Stroke

#: So many times as large, each way.
_LARGER: Final = 4
#: How broad the pen is, in an icon's units.
_BROAD: Final = 1.9


@cache
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """A mask of a rectangle with round corners; a circle where the radius is half of each side."""
    mask = Image.new("L", (width * _LARGER, height * _LARGER))
    last = (mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(((0, 0), last), radius * _LARGER, fill=255)
    return mask.reduce(_LARGER)


def inked(strokes: Sequence[Stroke], size: int) -> Image.Image:
    """A mask of strokes, on a square of so many pixels each way."""
    scale = size * _LARGER / UNITS
    mask = Image.new("L", (size * _LARGER, size * _LARGER))
    draw, half = ImageDraw.Draw(mask), _BROAD * scale / 2
    for stroke in strokes:
        points = [(x * scale, y * scale) for x, y in stroke]
        draw.line(points, fill=255, width=round(2 * half))
        for x, y in points:  # each joint is round, and so are both ends
            draw.ellipse((x - half, y - half, x + half, y + half), fill=255)
    return mask.reduce(_LARGER)

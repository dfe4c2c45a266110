"""Icons as strokes: paths written as in SVG become points that a round pen goes along."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

Point = tuple[float, float]
#: Points to draw a line through; two times the same point is a dot.
Stroke = list[Point]

#: Icons are drawn on so many units each way.
UNITS: Final = 24
#: Straight pieces that a curve is made of.
_PIECES: Final = 24
_OTHER: Final = "other"
_STEP = re.compile(r"([MLHVCZO])([^MLHVCZO]*)")


def icon(command: str) -> list[Stroke]:
    """The strokes of a command's icon; one without any has that of all others."""
    icons = tomllib.loads(Path(__file__).with_name("icons.toml").read_text("utf-8"))
    return [stroke(path) for path in icons.get(command, icons[_OTHER])]


def stroke(path: str) -> Stroke:
    """Go along a path of M, L, H, V, C and Z, or around a circle: ``O x y r``."""
    points: Stroke = []
    for letter, numbers in _STEP.findall(path):
        points += _went(letter, [float(number) for number in numbers.split()], points)
    return points


def _went(letter: str, numbers: Sequence[float], before: Stroke) -> Iterator[Point]:
    match letter, numbers:
        case "M" | "L", [x, y]:
            yield x, y
        case "H", [x]:
            yield x, before[-1][1]
        case "V", [y]:
            yield before[-1][0], y
        case "C", [*_] if len(numbers) == 6:
            yield from _curve(before[-1], *zip(numbers[::2], numbers[1::2], strict=True))
        case "O", [x, y, radius]:
            turns = (2 * math.pi * piece / (4 * _PIECES) for piece in range(4 * _PIECES + 1))
            yield from ((x + radius * math.cos(a), y + radius * math.sin(a)) for a in turns)
        case "Z", []:
            yield before[0]
        case _:
            raise ValueError(f"{letter} {numbers} is no step of a path")


def _curve(*corners: Point) -> Iterator[Point]:
    """A cubic Bézier curve of four corners, without its start."""
    for piece in range(1, _PIECES + 1):
        t = piece / _PIECES
        shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        x = sum(share * corner[0] for share, corner in zip(shares, corners, strict=True))
        y = sum(share * corner[1] for share, corner in zip(shares, corners, strict=True))
        yield x, y

"""Words in a size at which all of them fit.

One size holds for all words of a kind, so that a menu looks as from one hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import features
from PIL.ImageFont import FreeTypeFont

from ops.richmenu.fonts import Face


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A font in its size. language: chooses its own shapes of letters, None where nothing can."""

    font: FreeTypeFont = field(repr=False)
    language: str | None

    @classmethod
    def fitting(cls, face: Face, rooms: Mapping[str, int], *, size: int, language: str) -> Writing:
        """In the size told, or a smaller one; rooms: the pixels that each of the words may take."""
        shapes = language if features.check("raqm") else None
        font = face.at(size)
        tightest = max(
            (font.getlength(words, language=shapes) / room for words, room in rooms.items()),
            default=0.0,
        )
        return cls(font=face.at(int(size / tightest)) if tightest > 1 else font, language=shapes)

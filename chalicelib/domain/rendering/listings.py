"""Code in bubbles of a limited size, divided where a reader would: at the ends of lines."""

from __future__ import annotations

from typing import Final

import regex

from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Code

#: What one bubble holds, in UTF-16 code units; it copies a thousand at a time.
UNITS: Final = 4_000

_GRAPHEMES = regex.compile(r"\X")


def divided(code: str, language: str) -> tuple[Code, ...]:
    """Make bubbles of code, none over `UNITS`; none at all where there is only white space.

    Put together with the line ends between them, they are the code again, except where a single
    line was too long.
    """
    if not code.strip():
        return ()
    parts: list[str] = []
    left = 0
    for line in code.split("\n"):
        for number, piece in enumerate(_pieces(line)):
            units = utf16_length(piece) + 1
            if not parts or units > left or number:
                parts.append(piece)
                left = UNITS
            else:
                parts[-1] += f"\n{piece}"
            left -= units
    return tuple(Code(text=part, language=language) for part in parts if part.strip())


def _pieces(line: str) -> list[str]:
    """A line, cut between graphemes where it is too long for a bubble."""
    if utf16_length(line) < UNITS:
        return [line]
    pieces, left = [""], UNITS - 1
    for grapheme in _GRAPHEMES.findall(line):
        for part in [grapheme] if utf16_length(grapheme) < UNITS else grapheme:
            units = utf16_length(part)
            if units > left:
                pieces.append("")
                left = UNITS - 1
            pieces[-1] += part
            left -= units
    return pieces

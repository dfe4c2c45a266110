"""Code as LINE's Flex bubble: to be read on a phone, and copied letter by letter.

LINE's button copies at most 1,000 UTF-16 code units, so longer code comes in parts, each with a
button of its own. What is copied is exact; what is shown may differ in white space only, since LINE
has no tabs, and an indentation must outlive whatever trims a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import regex

from chalicelib.adapters.line.actions import LABEL
from chalicelib.adapters.line.flex import (
    INK,
    SECONDARY,
    SMALL_PRINT,
    TINT,
    box,
    bubble,
    button,
    fits,
    flex,
    words,
)
from chalicelib.domain.cutting import clip, clip_graphemes, utf16_length
from chalicelib.domain.messages import Code

Json = dict[str, Any]

#: LINE: UTF-16 code units that one tap copies.
_COPIED: Final = 1000
_LANGUAGE: Final = 40
_TAB: Final = 4
_COPY: Final = "📋"
_HARD_SPACE: Final = "\u00a0"


def to_block(code: Code) -> Json | None:
    """Make LINE's Flex message of code; None where nothing is to be shown, or too much."""
    parts = list(_parts(code.text))
    lines = [_head(code.language)] if code.language.strip() else []
    for place, part in enumerate(parts, 1):
        number = f" {place}/{len(parts)}" if len(parts) > 1 else ""
        lines += [_shown(part), _copying(part, code.copy_label.strip() or _COPY, number)]
    shown = bubble("giga", body=box("vertical", lines, spacing="md", paddingAll="lg"))
    return flex(shown, told=code.text) if code.text.strip() and fits(shown) else None


def _head(language: str) -> Json:
    return words(clip(language, units=_LANGUAGE), size="xs", color=SMALL_PRINT, weight="bold")


def _shown(part: str) -> Json:
    lines = map(_indented, part.expandtabs(_TAB).splitlines())
    text = words("\n".join(lines).strip("\n") or _HARD_SPACE, size="sm", color=INK)
    return box("vertical", [text], backgroundColor=TINT, cornerRadius="8px", paddingAll="lg")


def _indented(line: str) -> str:
    """A line whose indentation nothing trims."""
    said = line.rstrip().lstrip(" ")
    return _HARD_SPACE * (len(line.rstrip()) - len(said)) + said


def _copying(part: str, label: str, number: str) -> Json:
    named = clip_graphemes(label, LABEL - len(number)) + number
    return button({"type": "clipboard", "label": named, "clipboardText": part}, SECONDARY)


def _parts(text: str) -> Iterator[str]:
    """Divide code into what one tap copies, at the ends of lines; joined, it is whole again."""
    part, left = "", _COPIED
    for piece in _pieces(text, _FINER):
        units = utf16_length(piece)
        if part and units > left:
            yield part
            part, left = "", _COPIED
        part, left = part + piece, left - units
    if part:
        yield part


def _pieces(text: str, finer: Sequence[_Divide]) -> Iterator[str]:
    """The lines; of a line that is too long the words; and so on."""
    divide, *others = finer
    for piece in divide(text):
        if others and utf16_length(piece) > _COPIED:
            yield from _pieces(piece, others)
        else:
            yield piece


_Divide = Callable[[str], Iterable[str]]
_FINER: Final[Sequence[_Divide]] = (
    partial(str.splitlines, keepends=True),
    re.compile(r"\S*\s+|\S+").findall,
    regex.compile(r"\X").findall,
    list,
)

"""From parts to LINE's messages: which part becomes a bubble, and where text is cut.

Text between bubbles is a message or more, and one reply takes five. So an answer with bubbles has
longer texts, and where that isn't enough, only the bubbles that help most: tables first, then the
longest code. All others are written as text. An answer without bubbles is cut into short ones, and
may have more than five; they are shown in pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.cutting import cut, utf16_length
from chalicelib.domain.messages import Code, Table, Text
from chalicelib.domain.rendering.parts import Part, Said, Shown
from chalicelib.domain.rendering.tags import RULE

#: LINE: at most 5 messages a reply, and 5,000 UTF-16 code units a text.
ROOM: Final = 5
LIMIT: Final = 5_000

#: Wished lengths of texts: the first where an answer has no bubbles, else the first that fits.
_LENGTHS: Final = (500, 700, 1_000, 1_500, 2_200, 3_200, 4_000, LIMIT)
#: That of an answer which can't be said in one reply anyway.
_PAGED: Final = 1_000
#: How much longer than wished a text may be, see `cutting`.
_STRETCH: Final = 1.25

Rendered = Text | Code | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What lies between two bubbles, as one text. headings: its lines that are headings."""

    text: str
    headings: frozenset[str]


_Laid = _Run | Shown


def messages(parts: Iterable[Part]) -> tuple[Rendered, ...]:
    """Lay parts out as messages, in reading order; none of them is empty."""
    parts = tuple(parts)
    shown = [place for place, part in enumerate(parts) if isinstance(part, Shown)]
    if not shown:
        return _cut(_laid(parts, frozenset()), _LENGTHS[0])
    shown.sort(key=lambda place: _worth(parts[place]), reverse=True)
    for kept in range(min(len(shown), ROOM), -1, -1):
        if fitting := _fitting(_laid(parts, frozenset(shown[:kept]))):
            return fitting
    return _cut(_laid(parts, frozenset(shown)), _PAGED)


def _worth(part: Part) -> tuple[bool, int]:
    return part.worth if isinstance(part, Shown) else (False, 0)


def _fitting(laid: Sequence[_Laid]) -> tuple[Rendered, ...]:
    """Cut texts as short as one reply allows; nothing where it has no room for them."""
    room = ROOM - sum(len(each.bubbles) for each in laid if isinstance(each, Shown))
    units = [utf16_length(each.text) for each in laid if isinstance(each, _Run)]
    for length in _LENGTHS:
        if sum(math.ceil(each / min(length * _STRETCH, LIMIT)) for each in units) > room:
            continue
        found = _cut(laid, length)
        if len(found) <= ROOM:
            return found
    return ()


def _cut(laid: Sequence[_Laid], length: int) -> tuple[Rendered, ...]:
    found: list[Rendered] = []
    for each in laid:
        if isinstance(each, Shown):
            found += each.bubbles
        else:
            found += (Text(text=text) for text in _texts(each, length))
    return tuple(found)


def _texts(run: _Run, length: int) -> list[str]:
    """Cut a run; a heading stays with what it is of, and no rule stands where a bubble ends."""
    is_short = utf16_length(run.text) <= length and run.text == run.text.strip()
    texts = [run.text] if is_short else list(cut(run.text, target=length, limit=LIMIT))
    for place in range(len(texts) - 1):
        rest, _, last = texts[place].rpartition("\n")
        moved = f"{last}\n{texts[place + 1]}"
        if last in run.headings and utf16_length(moved) <= LIMIT:
            texts[place : place + 2] = [rest, moved]
    bare = map(_without_rules, texts)
    return [text for text in bare if text.strip()]


def _without_rules(text: str) -> str:
    rows = text.split("\n")
    while rows and rows[0] in ("", RULE):
        rows.pop(0)
    while rows and rows[-1] in ("", RULE):
        rows.pop()
    return "\n".join(rows)


def _laid(parts: Sequence[Part], kept: frozenset[int]) -> list[_Laid]:
    """Put everything between the bubbles that are kept into texts."""
    laid: list[_Laid] = []
    said: list[Said] = []
    for place, part in enumerate(parts):
        if isinstance(part, Said):
            said.append(part)
        elif place in kept:
            laid += [*_run(said), part]
            said = []
        else:
            said.append(part.said)
    return [*laid, *_run(said)]


def _run(said: Sequence[Said]) -> list[_Run]:
    lines: list[str] = []
    for before, part in zip((None, *said), said, strict=False):
        if before and (gap := _gap(before, part)) is not None:
            lines.append(gap)
        lines.append(part.text)
    text = _without_rules("\n".join(lines))
    headings = frozenset(part.text for part in said if part.is_heading)
    return [_Run(text=text, headings=headings)] if text.strip() else []


def _gap(before: Said, part: Said) -> str | None:
    """What stands on the line between two parts; None where they follow directly."""
    if before.is_rule or part.is_rule or before.is_heading:
        return None
    return "" if part.is_heading or before.is_apart else part.gap

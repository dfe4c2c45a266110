"""Who is called in a group? LINE marks mentions by positions in a text, in UTF-16 code units.

A mention of the bot is how people call it in a group. It is no part of what they ask, so it is
taken out of the text; everybody else's mention stays, and "@All" calls nobody in particular.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

_UNIT = 2  # bytes of one UTF-16 code unit
_SPACE = " ".encode("utf-16-le")


def without_own(text: str, mention: object) -> tuple[str, bool]:
    """Take the bot's own mentions out of a text; tell whether there were any.

    mention: LINE's object, of any shape. A mention whose position is no place in the text calls the
    bot all the same, and the text stays as it is. text: without lone surrogates.
    """
    own = list(_own(mention))
    if not own:
        return text, False
    units = text.encode("utf-16-le")
    for start, end in sorted(filter(None, (_span(item) for item in own)), reverse=True):
        units = _without(units, start, end)
    return units.decode("utf-16-le").strip(), True


def _own(mention: object) -> Iterator[dict[str, Any]]:
    mentionees = mention.get("mentionees") if isinstance(mention, dict) else None
    for item in mentionees if isinstance(mentionees, list) else ():
        if isinstance(item, dict) and item.get("isSelf") is True and item.get("type") != "all":
            yield item


def _span(item: dict[str, Any]) -> tuple[int, int] | None:
    """Where a mention begins and ends, in bytes; None where that can't be."""
    index, length = item.get("index"), item.get("length")
    if not _is_count(index) or not _is_count(length) or not length:
        return None
    return index * _UNIT, (index + length) * _UNIT


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _without(units: bytes, start: int, end: int) -> bytes:
    """Cut a mention out, and the space after it; not where it is out of range or halves a pair."""
    if end > len(units):
        return units
    left, right = units[:start], units[end:].removeprefix(_SPACE)
    rest = left + right
    try:
        units[start:end].decode("utf-16-le")
        rest.decode("utf-16-le")
    except UnicodeDecodeError:
        return units
    return rest

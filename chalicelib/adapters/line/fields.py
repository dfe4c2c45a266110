"""A webhook's values, any of which may be missing, or of another type than LINE's own.

LINE adds values and fields without notice. So whoever reads one asks for it here, by name and type,
and says what happens where there is none: a default, or the event is skipped with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

Json = Mapping[str, Any]

_KIND_LENGTH: Final = 40


class Skipped(Exception):
    """The event can't be read, or there is nothing to do about it; holds the reason."""


def kind_of(raw: Json, what: str) -> str:
    """The `type` of an event or a message, fit for the log. Raises Skipped without one."""
    kind = raw.get("type")
    if not isinstance(kind, str):
        raise Skipped(f"{what}: no type")
    return short(kind)


def needed(raw: Json, name: str, kind: str) -> str:
    """A text that must be there and not be empty. Raises Skipped."""
    value = string(raw.get(name))
    if value is None:
        raise Skipped(f"{kind}: no {name}")
    return value


def degrees(raw: Json, name: str, kind: str, *, most: int) -> float:
    """A place's latitude or longitude, from -most to most. Raises Skipped."""
    value = raw.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not -most <= value <= most:
        raise Skipped(f"{kind}: no {name}")
    return float(value)


def count(value: object) -> int | None:
    """A whole number that is not negative, else None."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return value


def string(value: object) -> str | None:
    """A text that is not empty, else None."""
    return clean(value) if isinstance(value, str) and value else None


def strings(value: object) -> list[str]:
    """The texts of a list that are not empty; of anything else, none."""
    texts = map(string, value) if isinstance(value, list) else ()
    return [text for text in texts if text is not None]


def inner(value: object) -> Json:
    """An object within another; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and UTF-8 can't."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def short(value: object) -> str:
    """A kind, fit for a line of the log."""
    text = value if isinstance(value, str) else type(value).__name__
    return re.sub(r"[^\w.-]", "?", text, flags=re.ASCII)[:_KIND_LENGTH]

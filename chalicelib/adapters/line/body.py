"""A webhook's body, from raw bytes to a list of events that may hold anything.

One monstrous value must not cost the whole body, but Python's JSON parser runs out of stack in deep
nesting and refuses numbers of thousands of digits. Both become null before anybody reads them.
"""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn

from chalicelib.domain.errors import BadWebhook

#: LINE's events are six levels deep.
_DEPTH: Final = 64
#: LINE's longest numbers, times in milliseconds, have thirteen.
_DIGITS: Final = 19

_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def events_of(body: bytes, *, to: str = "") -> list[object]:
    """Find a body's events, of any shape; there may be none.

    to: the bot's own user id, where it is known. Raises BadWebhook without a list of events, and
    where they are for another bot.
    """
    try:
        text = _shallow(body.decode("utf-8"))
        parsed = json.loads(text, parse_constant=_no_number, parse_int=_whole)
    except ValueError as exc:
        raise BadWebhook(f"the body is no JSON: {type(exc).__name__}") from exc
    events = parsed.get("events") if isinstance(parsed, dict) else None
    if not isinstance(events, list):
        raise BadWebhook("the body is no object with a list of events")
    if to and parsed.get("destination") != to:
        raise BadWebhook("the webhook is for another bot: a LINE channel needs its own stage")
    return events


def _shallow(text: str) -> str:
    """Replace what lies too deep by null. Raises ValueError where it is never closed."""
    if text.count("[") + text.count("{") <= _DEPTH:
        return text
    kept: list[str] = []
    depth = start = 0
    for mark in _MARKS.finditer(text):
        if mark.group() in ("[", "{"):
            depth += 1
            if depth == _DEPTH + 1:
                kept += [text[start : mark.start()], "null"]
        elif mark.group() in ("]", "}"):
            depth -= 1
            if depth == _DEPTH:
                start = mark.end()
    if depth:
        raise ValueError("brackets don't match")
    return "".join([*kept, text[start:]])


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _DIGITS else None

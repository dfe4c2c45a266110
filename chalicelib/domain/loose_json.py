"""JSON as models write it that were only asked for it in words.

They put it in a fence, talk around it, or leave a comma behind the last item. The first object that
can be read is taken; nothing is guessed inside it.
"""

from __future__ import annotations

import json
import re
from typing import Any

#: A comma that nothing follows; strings are skipped, since they may hold the same.
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_FENCE = re.compile(r"```\w*\s*\n(.*?)```", re.DOTALL)
#: How an object begins; people's own braces, as in {name}, don't.
_START = re.compile(r'\{\s*["}]')
_DECODER = json.JSONDecoder(strict=False)


def read(text: str) -> dict[str, Any]:
    """Read the object in a text. Raises ValueError where there is none, or only a piece of it."""
    for body in (*_FENCE.findall(text), text):
        start = _START.search(body)
        found = _first(body[start.start() :]) if start else None
        if found is not None:
            return found
    raise ValueError("the text holds no whole JSON object")


def _first(text: str) -> dict[str, Any] | None:
    """Read the object that a text begins with."""
    for candidate in (text, _TRAILING.sub(r"\1", text)):
        try:
            found, _ = _DECODER.raw_decode(candidate)
            return _whole(found)
        except (ValueError, RecursionError):
            continue
    return None


def _whole(found: dict[str, Any]) -> dict[str, Any]:
    """Replace halves of surrogate pairs, which escapes can write and UTF-8 can't."""
    raw = json.dumps(found, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
    cleaned: dict[str, Any] = json.loads(raw.decode("utf-16-le", "replace"))
    return cleaned

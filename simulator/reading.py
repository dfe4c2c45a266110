"""Reading JSON that a stranger sent, so that nothing in it breaks what keeps it or shows it.

Python's own reader takes more than JSON: NaN, numbers without end, halves of a surrogate pair, and
brackets deeper than its stack. Any of these would fail later, in a journal or on the page.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

#: Brackets within brackets. LINE names no limit; a Flex message of ten boxes in boxes needs 25.
DEEPEST = 200
HALF_A_PAIR = re.compile("[\ud800-\udfff]")
UNKNOWN_SIGN = "\ufffd"


class NotJson(ValueError):
    """The bytes are no JSON, or none that can be dealt with; where is counted from 1."""

    def __init__(self, line: int = 1, column: int = 1) -> None:
        super().__init__(f"(line: {line}, column: {column})")


def read_json(raw: bytes) -> Any:
    """Read a value. A half of a surrogate pair is read as U+FFFD. Raises NotJson."""
    try:
        text = raw.decode()
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        return _mended(value) if _is_suspect(text) else value
    except json.JSONDecodeError as exc:
        raise NotJson(exc.lineno, exc.colno) from exc
    except (ValueError, RecursionError) as exc:
        raise NotJson from exc


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("the number is too large")
    return number


def _is_suspect(text: str) -> bool:
    """True where a value has to be looked through: it may be deep, or have half a pair."""
    return text.count("[") + text.count("{") > DEEPEST or "\\ud" in text or "\\uD" in text


def _mended(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, str):
        return HALF_A_PAIR.sub(UNKNOWN_SIGN, value)
    if isinstance(value, list):
        return [_mended(part, depth + 1) for part in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(part, depth + 1) for key, part in value.items()}
    return value

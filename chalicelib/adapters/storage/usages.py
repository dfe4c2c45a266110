"""What a call used, as stores keep it: JSON of what is not nothing.

What a newer version counts beside is left out here, so that its entries can be read all the same.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields

from chalicelib.domain.prices import Usage

_KNOWN = frozenset(field.name for field in fields(Usage))


def to_text(usage: Usage) -> str:
    """Write it down; nothing used is a short text too."""
    used = {name: amount for name, amount in asdict(usage).items() if amount}
    return json.dumps(used, separators=(",", ":"))


def to_usage(text: str) -> Usage:
    """Read it back."""
    return Usage(**{name: amount for name, amount in json.loads(text).items() if name in _KNOWN})

"""Things that are said once in a while, whichever worker comes to say them."""

from __future__ import annotations

from datetime import datetime

from chalicelib.ports import Counters


def is_first(counters: Counters, what: str, *, until: datetime) -> bool:
    """Tell, for one caller only, that something has not happened; it may be forgotten then."""
    return counters.spend({what: 1}, {what: 1}, until={what: until}) is None

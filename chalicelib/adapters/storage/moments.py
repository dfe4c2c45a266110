"""Times as stores keep them: whole microseconds since the epoch, which sort and never round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Make an integer of an aware time; a naive one is a TypeError."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(micros: int) -> datetime:
    """Make an aware UTC time of an integer."""
    return _EPOCH + timedelta(microseconds=micros)

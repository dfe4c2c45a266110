"""A person's limits: answers a day, and a minute. On from the first day.

They count model calls, before each is made, so that no one can run up the operator's bill. Both
counters move in one atomic write: fifty messages at once pass no further than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import LiaoError
from chalicelib.domain.events import Event
from chalicelib.domain.texts import Voice
from chalicelib.ports import Clock, Counters


class LimitReached(LiaoError):
    """A person's answers are used up; the text `key` says when it goes on."""

    def __init__(self, key: str, **slots: int) -> None:
        super().__init__(key)
        self.key = key
        self.slots = slots

    def told(self, voice: Voice) -> str:
        """Say it."""
        return voice(self.key, **self.slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Counts a person's model calls."""

    counters: Counters
    a_day: int
    a_minute: int
    timezone: ZoneInfo
    clock: Clock

    def spend(self, event: Event) -> None:
        """Count one call for whoever sent the event. Raises LimitReached, counting nothing."""
        now = self.clock.now().astimezone(self.timezone)
        who = event.user or event.chat.key
        day, minute = f"day:{now:%Y-%m-%d}:{who}", f"minute:{now:%Y-%m-%dT%H:%M}:{who}"
        used_up = self.counters.spend(
            {day: 1, minute: 1},
            {day: self.a_day, minute: self.a_minute},
            until={day: _midnight(now), minute: now + timedelta(minutes=2)},
        )
        if used_up == day:
            raise LimitReached("limit_day", limit=self.a_day)
        if used_up == minute:
            raise LimitReached("limit_minute", seconds=60 - now.second)


def _midnight(local: datetime) -> datetime:
    """The end of this local day."""
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1)

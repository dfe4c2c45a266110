"""The month a report is about, by the bot's own calendar."""

from __future__ import annotations

from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date

from ops.trouble import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month that has begun. first: its first day. today: the bot's local day."""

    first: date
    today: date

    @classmethod
    def of(cls, text: str, *, today: date) -> Month:
        """Read ``2026-11``; "" is the month of today. Raises Trouble."""
        if not text:
            return cls(first=today.replace(day=1), today=today)
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError as exc:
            raise Trouble(f"{text!r} is no month", "Write it like 2026-11.") from exc
        if first > today:
            raise Trouble(f"{text} has not begun", f"The bot's day is {today:%Y-%m-%d}.")
        return cls(first=first, today=today)

    @property
    def length(self) -> int:
        """How many days it has."""
        return monthrange(self.first.year, self.first.month)[1]

    @property
    def last(self) -> date:
        """Its last day that has begun."""
        return min(self.first.replace(day=self.length), self.today)

    @property
    def is_over(self) -> bool:
        """False while more may be spent in it."""
        return self.today > self.first.replace(day=self.length)

    @property
    def days(self) -> tuple[str, ...]:
        """Its days that have begun, as entries write them."""
        return tuple(f"{self.first:%Y-%m}-{day:02}" for day in range(1, self.last.day + 1))

    @property
    def name(self) -> str:
        """For people, such as ``November 2026``."""
        return f"{month_name[self.first.month]} {self.first.year}"

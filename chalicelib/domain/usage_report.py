"""What was used and what it cost, summed up from the ledger's entries.

The command of the bot and the operator's command line say the same numbers, so both sum here.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from chalicelib.domain.ledger import Entry
from chalicelib.domain.money import Nano

Key = TypeVar("Key")

#: What an entry's purpose says of a call that answers somebody.
ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Several calls together. Only answers are counted; every call adds its tokens and its cost.

    answers: those that were given. failed: calls for one that gave none. late: answers given that
    came after their reply token was spent.
    """

    answers: int = 0
    failed: int = 0
    late: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Nano = 0

    def __add__(self, other: Total) -> Total:
        """Both together."""
        return Total(
            answers=self.answers + other.answers,
            failed=self.failed + other.failed,
            late=self.late + other.late,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost=self.cost + other.cost,
        )

    @property
    def tokens(self) -> int:
        """Those that were read and those that were written."""
        return self.tokens_in + self.tokens_out

    @property
    def late_share(self) -> float:
        """How many of the answers came late, from 0 to 1."""
        return self.late / self.answers if self.answers else 0.0

    @property
    def failed_share(self) -> float:
        """How many of the questions got no answer, from 0 to 1."""
        asked = self.answers + self.failed
        return self.failed / asked if asked else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Sums of the same entries, each in another way; the keys are the entries' own words."""

    total: Total
    by_model: Mapping[str, Total]
    by_day: Mapping[str, Total]
    by_day_and_model: Mapping[tuple[str, str], Total]
    by_chat: Mapping[str, Total]
    by_person: Mapping[str, Total]


def report(entries: Iterable[Entry]) -> Report:
    """Sum entries up, one by one as they come; their order doesn't matter."""
    by_model: dict[str, Total] = defaultdict(Total)
    by_day: dict[str, Total] = defaultdict(Total)
    by_day_and_model: dict[tuple[str, str], Total] = defaultdict(Total)
    by_chat: dict[str, Total] = defaultdict(Total)
    by_person: dict[str, Total] = defaultdict(Total)
    for entry in entries:
        one = _total(entry)
        by_model[entry.model] += one
        by_day[entry.day] += one
        by_day_and_model[entry.day, entry.model] += one
        by_chat[entry.chat] += one
        by_person[entry.person] += one
    return Report(
        total=sum(by_day.values(), start=Total()),
        by_model=dict(by_model),
        by_day=dict(by_day),
        by_day_and_model=dict(by_day_and_model),
        by_chat=dict(by_chat),
        by_person=dict(by_person),
    )


def projected(cost: Nano, day: date) -> Nano:
    """What a month costs that had cost so much on this local day, if it goes on like this.

    The day counts as a whole one, so the first of a month is no promise of its last.
    """
    _, days = monthrange(day.year, day.month)
    return round(cost * days / day.day)


def days_so_far(day: date) -> tuple[str, ...]:
    """The local days of a month until this one, this one included, as entries write them."""
    return tuple(f"{day.replace(day=number):%Y-%m-%d}" for number in range(1, day.day + 1))


def dearest(totals: Mapping[Key, Total]) -> tuple[tuple[Key, Total], ...]:
    """The dearest first; where nothing costs anything, whoever used the most."""
    return tuple(
        sorted(totals.items(), key=lambda row: (-row[1].cost, -row[1].tokens, str(row[0])))
    )


def _total(entry: Entry) -> Total:
    is_answer = entry.purpose == ANSWER
    given = is_answer and not entry.failed
    return Total(
        answers=int(given),
        failed=int(is_answer and bool(entry.failed)),
        late=int(given and entry.late),
        tokens_in=entry.usage.tokens_in,
        tokens_out=entry.usage.tokens_out,
        cost=entry.cost,
    )

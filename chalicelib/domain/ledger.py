"""Who may spend how much, and what was spent.

Before a call its possible cost is reserved in every account that it counts against, or in none;
after it, the real cost takes the reservation's place and the entry stays as a record. A reservation
that nobody settles (its worker died) is given back when its time is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.money import Nano
from chalicelib.domain.prices import Usage

#: Whom the account of all together belongs to.
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """What may be spent on models in a local day and a month; None is no limit."""

    person_day: Nano | None = None
    person_month: Nano | None = None
    group_day: Nano | None = None
    group_month: Nano | None = None
    all_day: Nano | None = None
    all_month: Nano | None = None


class Period(StrEnum):
    """What an account can be used up for."""

    MINUTE = "minute"
    ANSWERS = "answers"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One owner's budgets in one local day and its month.

    key: whose: a chat's key, a person's, or `EVERYONE`. day: local, such as ``2026-11-28``.
    day_limit, month_limit: nanodollars, None for no limit. answers: questions a day, None for no
    limit. minute: the local minute, such as ``2026-11-28T12:04``, in which `a_minute` questions may
    begin; None for no limit. counts: the call is a question's first, so it is counted as one.
    """

    key: str
    day: str
    day_limit: Nano | None = None
    month_limit: Nano | None = None
    answers: int | None = None
    minute: str = ""
    a_minute: int | None = None
    counts: bool = True

    @property
    def month(self) -> str:
        """The month of its day, such as ``2026-11``."""
        return self.day[:7]

    def used_up(self, spent: Spent, *, this_minute: int) -> UsedUp | None:
        """Tell what keeps a call from beginning: of several, what lasts longest.

        Nobody is told to come again in a minute on a day that is over. this_minute: its questions.
        """
        limits = (
            (Period.MONTH, spent.month, self.month_limit),
            (Period.DAY, spent.day, self.day_limit),
            (Period.ANSWERS, spent.answers, self.answers),
            (Period.MINUTE, this_minute, self.a_minute),
        )
        for period, used, limit in limits:
            if limit is not None and used >= limit:
                return UsedUp(key=self.key, period=period)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedUp:
    """Why nothing could be reserved: whose account, and what of it, is used up."""

    key: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one account has spent, what is reserved included; answers: questions of that day."""

    day: Nano = 0
    month: Nano = 0
    answers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A call that may begin. until: when it is given back if nobody settled it.

    id: the same call's, should it be made again after a time-out. chat: its pseudonym. accounts: at
    least one, each of another owner, all of the same local day.
    """

    id: str
    chat: str
    accounts: tuple[Account, ...]
    amount: Nano
    at: datetime
    until: datetime

    @property
    def day(self) -> str:
        """The local day that it counts against, whenever it is settled."""
        return self.accounts[0].day


class Standing(StrEnum):
    """What became of a reservation. GIVEN_BACK: its time was over before it was settled."""

    HELD = "held"
    GIVEN_BACK = "given_back"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one call was and cost; the record that reports are made of. It names nobody.

    id, day: its reservation's. chat, person: pseudonyms. model: its id in the catalogue, "" where
    none was asked. purpose: ``answer`` or ``hearing``. late: the answer came after its reply token
    was spent. failed: why it gave no answer, "" where it did.
    """

    id: str
    at: datetime
    day: str
    chat: str
    person: str
    model: str
    purpose: str
    usage: Usage = field(default_factory=Usage)
    cost: Nano = 0
    late: bool = False
    failed: str = ""

"""The operator's money: nobody's messages cost more than was allowed. On from the first day.

Before a call to a model its possible cost is reserved for the person, for the group and for all
together; after it the real cost takes the reservation's place. Fifty messages at once pass a budget
by less than one reservation, and what a dead worker had reserved is given back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from chalicelib.assistant.limits import NEARLY_USED_UP, USED_UP, LimitReached
from chalicelib.assistant.once import is_first
from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import Cause, ModelError, StorageUnavailable
from chalicelib.domain.events import Event
from chalicelib.domain.ledger import (
    EVERYONE,
    Account,
    Budgets,
    Entry,
    Period,
    Reservation,
    UsedUp,
)
from chalicelib.domain.money import Nano
from chalicelib.domain.prices import Usage
from chalicelib.ports import Clock, Counters, Ledger, Telemetry

#: A person is told when so much of a budget is spent.
NEARLY = 0.8
#: What is left of a call this long after it had to end was left by a dead worker.
_SLACK = timedelta(seconds=60)
_MINUTE = 60
#: Failures after which a vendor may bill all the same.
_MAYBE_BILLED = frozenset({Cause.TIME_OUT, Cause.EMPTY, Cause.MALFORMED, Cause.FILTERED})


class CallPurpose(Enum):
    """What a call is for. AGAIN: another call for an answer, after one that gave none."""

    ANSWER = auto()
    AGAIN = auto()
    HEARING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that may begin: what is asked of which model, for whom, and what is reserved."""

    event: Event
    spec: ModelSpec
    purpose: CallPurpose
    reservation: Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Reserves, settles, and tells what was spent.

    a_day, a_minute: a person's calls. exempts: whom no limit binds. pseudonym: names a chat or a
    person in the records, so that nobody is led back to them.
    """

    ledger: Ledger
    counters: Counters
    budgets: Budgets
    a_day: int
    a_minute: int
    timezone: ZoneInfo
    clock: Clock
    exempts: Callable[[str | None], bool]
    pseudonym: Callable[[str], str]
    new_id: Callable[[], str]
    telemetry: Telemetry

    def reserve(
        self,
        event: Event,
        spec: ModelSpec,
        most: Usage,
        *,
        purpose: CallPurpose,
        within: timedelta,
    ) -> Call:
        """Reserve what a call may cost at most. Raises LimitReached, reserving nothing.

        A question counts as one, however many calls it takes, and only its first answer's call
        does: nobody is told to slow down because a vendor is. Budgets bind each call.
        """
        accounts = tuple(_for(purpose, account) for account in self.accounts(event))
        now = self.clock.now()
        reservation = Reservation(
            id=self.new_id(),
            chat=self.pseudonym(event.chat.key),
            accounts=accounts,
            amount=spec.price.of(most),
            at=now,
            until=now + within + _SLACK,
        )
        used_up = self.ledger.reserve(reservation)
        if used_up is not None:
            raise self._reached(event, used_up)
        return Call(event=event, spec=spec, purpose=purpose, reservation=reservation)

    def settle(
        self, call: Call, usage: Usage, *, sure: bool = True, late: bool = False, failed: str = ""
    ) -> Nano:
        """Keep what a call cost, and return it.

        sure: the usage is what its vendor bills. Where that isn't known, all that was reserved is
        taken as spent: it may have been. What can't be written down costs nobody an answer: the
        reservation stands until its time is over.
        """
        cost = call.spec.price.of(usage) if sure else call.reservation.amount
        entry = Entry(
            id=call.reservation.id,
            at=call.reservation.at,
            day=call.reservation.accounts[0].day,
            chat=call.reservation.chat,
            person=self.pseudonym(_person(call.event)),
            model=call.spec.id,
            purpose=_NAMES[call.purpose],
            usage=usage,
            cost=cost,
            late=late,
            failed=failed,
        )
        try:
            self.ledger.settle(call.reservation, entry)
        except StorageUnavailable as exc:
            self.telemetry.trouble("call_not_settled", exc, event=call.event.id)
        return cost

    @contextmanager
    def settling_failures(self, call: Call) -> Iterator[None]:
        """Settle a call that ends in a ModelError; whoever gets an answer settles it themselves."""
        try:
            yield
        except ModelError as exc:
            sure = bool(exc.usage) or exc.cause not in _MAYBE_BILLED
            self.settle(call, exc.usage or Usage(), sure=sure, failed=str(exc.cause))
            raise

    def accounts(self, event: Event) -> tuple[Account, ...]:
        """Whose budgets a call counts against: the person's, the group's, everyone's."""
        local = self._local()
        budgets, day = self.budgets, f"{local:%Y-%m-%d}"
        own = Account(
            key=_person(event),
            day=day,
            day_limit=budgets.person_day,
            month_limit=budgets.person_month,
            answers=self.a_day,
            minute=f"{local:%Y-%m-%dT%H:%M}",
            a_minute=self.a_minute,
        )
        accounts = (own, *self._group(event.chat, day), *self._everyone(day))
        if self.exempts(event.user):
            return tuple(_unlimited(account) for account in accounts)
        return accounts

    def of_chat(self, event: Event) -> Account:
        """The account that a chat hears of: the person's in private, else the group's."""
        return self.accounts(event)[0 if event.chat.is_private else 1]

    def nearly(self, event: Event) -> str:
        """Name the text that says, once a period, that a budget is nearly spent; "" mostly.

        A person hears of their own budget, a group of the group's.
        """
        mine = self.of_chat(event)
        if mine.day_limit is None and mine.month_limit is None:
            return ""
        (spent,) = self.ledger.spent([mine])
        who = "person" if event.chat.is_private else "group"
        for period, used, limit in (
            (Period.DAY, spent.day, mine.day_limit),
            (Period.MONTH, spent.month, mine.month_limit),
        ):
            if (
                limit
                and used >= NEARLY * limit
                and self._is_first(mine, f"nearly_{period}", period)
            ):
                return NEARLY_USED_UP[who, period]
        return ""

    def _is_first(self, account: Account, what: str, period: Period = Period.DAY) -> bool:
        """Tell, once in an account's period, that something happens for the first time."""
        stamp = account.month if period is Period.MONTH else account.day
        return is_first(self.counters, f"{what}:{stamp}:{account.key}", until=self._ends(period))

    def tells_group(self, event: Event, limit: LimitReached) -> bool:
        """Tell whether a group still has to hear today that this is used up, and whose."""
        return self._is_first(self.of_chat(event), f"told:{limit.key}:{limit.whose}")

    def _group(self, chat: Chat, day: str) -> tuple[Account, ...]:
        if chat.kind is ChatKind.USER:
            return ()
        budgets = self.budgets
        account = Account(
            key=chat.key, day=day, day_limit=budgets.group_day, month_limit=budgets.group_month
        )
        return (account,)

    def _everyone(self, day: str) -> tuple[Account, ...]:
        """Everyone's account, which every call changes: where nothing limits it, it isn't kept."""
        limits = (self.budgets.all_day, self.budgets.all_month)
        if limits == (None, None):
            return ()
        return (Account(key=EVERYONE, day=day, day_limit=limits[0], month_limit=limits[1]),)

    def _reached(self, event: Event, used_up: UsedUp) -> LimitReached:
        local = self._local()
        if used_up.period is Period.MINUTE:
            seconds = _MINUTE - local.second
            return LimitReached("limit_minute", used_up.key, soon=True, seconds=seconds)
        if used_up.period is Period.ANSWERS:
            return LimitReached("limit_day", used_up.key, limit=self.a_day)
        whose = {_person(event): "person", EVERYONE: "all"}.get(used_up.key, "group")
        first = self._ends(Period.MONTH).astimezone(self.timezone)
        key = USED_UP[whose, used_up.period]
        return LimitReached(key, used_up.key, month=first.month, day=first.day)

    def _local(self) -> datetime:
        return self.clock.now().astimezone(self.timezone)

    def _ends(self, period: Period) -> datetime:
        """When the local day or month is over."""
        start = self._local().replace(hour=0, minute=0, second=0, microsecond=0)
        if period is not Period.MONTH:
            return start + timedelta(days=1)
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def _person(event: Event) -> str:
    """Name who asks; in groups LINE may not tell, and the nameless of one share an account."""
    if event.user is None:
        return f"nobody:{event.chat.key}"
    return Chat(ChatKind.USER, event.user).key


#: What a call was for, in the records.
_NAMES: Mapping[CallPurpose, str] = {
    CallPurpose.ANSWER: "answer",
    CallPurpose.AGAIN: "answer",
    CallPurpose.HEARING: "hearing",
}


def _for(purpose: CallPurpose, account: Account) -> Account:
    """Let limits of questions bind whatever may begin one, and count each of them once."""
    if purpose is CallPurpose.AGAIN:
        return replace(account, answers=None, a_minute=None, counts=False)
    return replace(account, counts=purpose is CallPurpose.ANSWER)


def _unlimited(account: Account) -> Account:
    return replace(account, day_limit=None, month_limit=None, answers=None, a_minute=None)

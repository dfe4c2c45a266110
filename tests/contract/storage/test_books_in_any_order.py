"""However calls begin, end, end twice, come too late or never end: the books add up.

People ask, workers live or die, sweeps give back what the dead had reserved, in an order that
nobody thought of. A few lines of arithmetic say what must be in the books all the same.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from chalicelib.domain.ledger import (
    EVERYONE,
    Account,
    Period,
    Reservation,
    Spent,
    Standing,
    UsedUp,
)
from tests.contract.storage.backends import BACKENDS
from tests.contract.storage.bookkeeping import record
from tests.contract.storage.desk import later
from tests.contract.storage.stories import tell

KEYS = ("user:Uamy", "user:Uben", "group:Cfriends", EVERYONE)
LIFE = timedelta(seconds=120)
#: Which of many: mostly the newest, sometimes another.
one = st.sampled_from([0, 0, 0, 1, 2, 7])
amounts = st.integers(0, 120)


@dataclass(slots=True)
class Call:
    """A call, and what must have become of it. standing: None where it was refused.

    uncovered: what it cost beyond what was reserved for it just then.
    """

    reservation: Reservation
    standing: Standing | None
    began: bool
    cost: int = 0
    uncovered: int = 0

    def counts_for(self, key: str, stamp: str) -> bool:
        """Tell whether it is somebody's, and of this day or month."""
        keys = [account.key for account in self.reservation.accounts]
        return key in keys and self.reservation.day.startswith(stamp)

    @property
    def money(self) -> int:
        """What of it is in the books."""
        return {Standing.HELD: self.reservation.amount, Standing.SETTLED: self.cost}.get(
            self.standing or Standing.GIVEN_BACK, 0
        )


class Books(RuleBasedStateMachine):
    """Everything that may happen to a ledger, and what must be in it."""

    backend = ""

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        folder = Path(self.cleanup.enter_context(TemporaryDirectory()))
        self.ledger = BACKENDS[self.backend](folder, self.cleanup).open().ledger
        self.now = later(0)
        self.calls: list[Call] = []
        self.limits: dict[str, dict[str, Any]] = {}

    def teardown(self) -> None:
        try:
            self.the_sweep_comes(after=LIFE)
            self.the_books_are_right()
            self.a_report_is_made()
        finally:
            self.cleanup.close()

    @initialize(
        day=st.sampled_from([None, 0, 1, 150, 400]),
        month=st.sampled_from([None, 200, 600]),
        answers=st.sampled_from([None, 0, 2, 5]),
        a_minute=st.sampled_from([None, 1, 3]),
        all_day=st.sampled_from([None, 300, 700]),
    )
    def the_operator_sets_limits(
        self,
        day: int | None,
        month: int | None,
        answers: int | None,
        a_minute: int | None,
        all_day: int | None,
    ) -> None:
        own = {"day_limit": day, "month_limit": month, "answers": answers, "a_minute": a_minute}
        self.limits = {
            "user:Uamy": own,
            "user:Uben": {**own, "a_minute": None},
            "group:Cfriends": {"month_limit": month},
            EVERYONE: {"day_limit": all_day},
        }

    # --- what happens --------------------------------------------------------------------------

    @rule(who=st.sampled_from([KEYS[:1], KEYS[1:2], KEYS[1:3], KEYS[2::-1]]), amount=amounts)
    def somebody_asks(self, who: tuple[str, ...], amount: int) -> None:
        reservation = Reservation(
            id=f"call-{len(self.calls)}",
            chat=f"chat {len(self.calls) % 3}",
            accounts=tuple(self._account(key) for key in (*who, EVERYONE)),
            amount=amount,
            at=self.now,
            until=self.now + LIFE,
        )
        used_up = self._used_up(reservation)
        assert self.ledger.reserve(reservation) == used_up
        standing = Standing.HELD if used_up is None else None
        self.calls.append(Call(reservation, standing, began=used_up is None))

    @precondition(lambda self: any(call.began for call in self.calls))
    @rule(which=one)
    def a_reservation_is_made_again(self, which: int) -> None:
        began = [call for call in self.calls if call.began]
        again = began[-1 - which % len(began)]
        assert self.ledger.reserve(again.reservation) is None

    @precondition(lambda self: self.calls)
    @rule(which=one, cost=amounts)
    def a_call_ends(self, which: int, cost: int) -> None:
        """In time or late, for the first time or again, whether it was let begin or not."""
        call = self.calls[-1 - which % len(self.calls)]
        self.ledger.settle(call.reservation, record(call.reservation, cost))
        if call.standing is not Standing.SETTLED:
            covered = call.reservation.amount if call.standing is Standing.HELD else 0
            call.standing, call.cost = Standing.SETTLED, cost
            call.uncovered = max(cost - covered, 0)

    @rule(seconds=st.sampled_from([1, 20, 59, 119, 40_000]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(after=st.sampled_from([timedelta(0), LIFE]))
    def the_sweep_comes(self, after: timedelta) -> None:
        self.now += after
        overdue = [
            call
            for call in self.calls
            if call.standing is Standing.HELD and call.reservation.until <= self.now
        ]
        assert self.ledger.heal(now=self.now) == len(overdue)
        for call in overdue:
            call.standing = Standing.GIVEN_BACK

    # --- what is in the books all the same -----------------------------------------------------

    @rule()
    def a_report_is_made(self) -> None:
        days = sorted({call.reservation.day for call in self.calls})
        found = {entry.id: entry.cost for entry in self.ledger.entries(days)}
        over = [call for call in self.calls if call.standing is Standing.SETTLED]
        assert found == {call.reservation.id: call.cost for call in over}

    @invariant()
    def the_books_are_right(self) -> None:
        accounts = [self._account(key) for key in KEYS]
        told = self.ledger.spent(accounts)
        assert told == tuple(self._spent(account) for account in accounts)

    @invariant()
    def no_limit_is_passed_by_more_than_one_reservation(self) -> None:
        accounts = [self._account(key) for key in KEYS]
        for account, told in zip(accounts, self.ledger.spent(accounts), strict=True):
            for spent, limit, stamp in (
                (told.day, account.day_limit, account.day),
                (told.month, account.month_limit, account.month),
            ):
                own = [call for call in self.calls if call.counts_for(account.key, stamp)]
                largest = max((call.reservation.amount for call in own if call.began), default=0)
                let = 0 if limit is None else max(limit - 1, 0) + largest
                assert limit is None or spent - sum(call.uncovered for call in own) <= let
            assert account.answers is None or told.answers <= account.answers

    def _account(self, key: str) -> Account:
        local = self.now + timedelta(hours=8)
        return Account(
            key=key,
            day=f"{local:%Y-%m-%d}",
            minute=f"{local:%Y-%m-%dT%H:%M}",
            **self.limits.get(key, {}),
        )

    def _spent(self, account: Account) -> Spent:
        today = [call for call in self.calls if call.counts_for(account.key, account.day)]
        month = [call for call in self.calls if call.counts_for(account.key, account.month)]
        return Spent(
            day=sum(call.money for call in today),
            month=sum(call.money for call in month),
            answers=sum(call.began for call in today),
        )

    def _used_up(self, reservation: Reservation) -> UsedUp | None:
        for account in reservation.accounts:
            spent = self._spent(account)
            used = {
                Period.MONTH: (spent.month, account.month_limit),
                Period.DAY: (spent.day, account.day_limit),
                Period.ANSWERS: (spent.answers, account.answers),
                Period.MINUTE: (self._this_minute(account), account.a_minute),
            }
            for period, (number, limit) in used.items():
                if limit is not None and number >= limit:
                    return UsedUp(key=account.key, period=period)
        return None

    def _this_minute(self, account: Account) -> int:
        began = [other for call in self.calls if call.began for other in call.reservation.accounts]
        return sum((one.key, one.minute) == (account.key, account.minute) for one in began)


@pytest.mark.hypothesis
@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_whatever_happens_the_books_add_up_and_limits_hold(backend: str) -> None:
    tell(Books, backend, stories=60, steps=40)

"""What the operator's books promise: a limit holds, and each call is counted once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.ledger import EVERYONE, Period, Spent, UsedUp
from chalicelib.ports import Stores
from tests.contract.storage.bookkeeping import (
    DAY,
    MINUTE,
    NEXT_DAY,
    NEXT_MONTH,
    account,
    begin,
    call,
    pays,
    record,
    settled,
    spent,
)
from tests.contract.storage.desk import at_once, later

# --- what may begin ----------------------------------------------------------------------------


def test_what_is_reserved_counts_until_the_real_cost_takes_its_place(stores: Stores) -> None:
    reservation = call("one", amount=100)
    assert stores.ledger.reserve(reservation) is None
    assert spent(stores) == Spent(day=100, month=100, answers=1)
    stores.ledger.settle(reservation, record(reservation, 7))
    assert spent(stores) == Spent(day=7, month=7, answers=1)


@pytest.mark.parametrize("cost", [0, 99, 100, 101, 5000])
def test_a_call_costs_what_it_costs_whatever_was_reserved(stores: Stores, cost: int) -> None:
    pays(stores, "one", cost=cost, amount=100)
    assert spent(stores) == Spent(day=cost, month=cost, answers=1)
    assert settled(stores) == {"one": cost}


LIMITS: dict[Period, dict[str, Any]] = {
    Period.DAY: {"day_limit": 300},
    Period.MONTH: {"month_limit": 300},
    Period.ANSWERS: {"answers": 3},
    Period.MINUTE: {"a_minute": 3},
}


@pytest.mark.parametrize("period", sorted(LIMITS))
def test_calls_begin_until_something_is_used_up(stores: Stores, period: Period) -> None:
    limited = account(**LIMITS[period])
    assert [begin(stores, str(number), limited) for number in range(3)] == [None] * 3
    assert begin(stores, "more", limited) == UsedUp(key="user:Uamy", period=period)
    assert spent(stores) == Spent(day=300, month=300, answers=3)


@pytest.mark.parametrize("period", sorted(LIMITS))
def test_a_limit_of_nothing_lets_nothing_begin(stores: Stores, period: Period) -> None:
    (name,) = LIMITS[period]
    none: dict[str, Any] = {name: 0}
    nothing = account(**none)
    for number in range(2):
        used_up = begin(stores, str(number), nothing, amount=0)
        assert used_up == UsedUp(key="user:Uamy", period=period)
    assert spent(stores) == Spent()


def test_a_budget_that_is_nearly_used_up_lets_one_more_begin(stores: Stores) -> None:
    limited = account(day_limit=101)
    assert [begin(stores, name, limited) for name in ("one", "two")] == [None, None]
    assert begin(stores, "three", limited) == UsedUp(key="user:Uamy", period=Period.DAY)
    assert spent(stores).day == 200


def test_what_a_call_did_not_cost_can_be_spent_again(stores: Stores) -> None:
    limited = account(day_limit=100)
    for number in range(10):
        pays(stores, str(number), limited, cost=10)
    assert begin(stores, "more", limited) == UsedUp(key="user:Uamy", period=Period.DAY)


def test_all_accounts_are_counted_or_none(stores: Stores) -> None:
    both = (account(answers=9, a_minute=9, day_limit=900), account(EVERYONE, day_limit=100))
    assert begin(stores, "one", *both) is None
    assert begin(stores, "two", *both) == UsedUp(key=EVERYONE, period=Period.DAY)
    assert spent(stores) == spent(stores, EVERYONE) == Spent(day=100, month=100, answers=1)


def test_the_first_account_that_is_used_up_is_told(stores: Stores) -> None:
    amy, everyone = account(answers=0), account(EVERYONE, month_limit=0)
    assert begin(stores, "one", amy, everyone) == UsedUp(key="user:Uamy", period=Period.ANSWERS)
    assert begin(stores, "two", everyone, amy) == UsedUp(key=EVERYONE, period=Period.MONTH)


def test_of_several_that_are_used_up_what_lasts_longest_is_told(stores: Stores) -> None:
    limits: dict[str, Any] = {"a_minute": 0, "answers": 0, "day_limit": 0, "month_limit": 0}
    told = []
    while limits:
        used_up = begin(stores, "one", account(**limits))
        assert used_up is not None
        told.append(used_up.period)
        limits.popitem()
    assert told == [Period.MONTH, Period.DAY, Period.ANSWERS, Period.MINUTE]


def test_who_has_no_limit_is_counted_all_the_same(stores: Stores) -> None:
    for number in range(5):
        pays(stores, str(number))
    assert spent(stores) == Spent(day=500, month=500, answers=5)


def test_what_does_not_count_meets_every_limit_and_uses_none_up(stores: Stores) -> None:
    for number in range(3):
        assert (
            begin(stores, f"heard {number}", account(a_minute=1, answers=1, counts=False)) is None
        )
    assert spent(stores) == Spent(day=300, month=300, answers=0)
    assert begin(stores, "asked", account(a_minute=1, answers=1)) is None
    limited: dict[Period, dict[str, Any]] = {
        Period.MINUTE: {"a_minute": 1},
        Period.ANSWERS: {"answers": 1},
    }
    for period, limits in limited.items():
        used_up = begin(stores, "heard again", account(**limits, counts=False))
        assert used_up == UsedUp(key="user:Uamy", period=period)


def test_each_day_minute_and_month_has_limits_of_its_own(stores: Stores) -> None:
    def again(name: str, day: str, minute: str, **limits: Any) -> UsedUp | None:
        return begin(stores, name, replace(account(**limits), day=day, minute=minute))

    assert again("one", DAY, MINUTE, a_minute=1) is None
    assert again("two", DAY, MINUTE, a_minute=1) is not None
    assert again("two", DAY, f"{DAY}T12:01", a_minute=1, answers=2, day_limit=150) is None
    assert again("three", DAY, f"{DAY}T12:02", a_minute=1, answers=2, day_limit=150) is not None
    assert again("three", NEXT_DAY, f"{NEXT_DAY}T12:00", answers=1, day_limit=1) is None
    assert again("four", NEXT_DAY, f"{NEXT_DAY}T12:01", month_limit=300) is not None
    assert again("four", NEXT_MONTH, f"{NEXT_MONTH}T12:00", month_limit=1) is None
    assert spent(stores) == Spent(day=200, month=300, answers=2)
    assert spent(stores, day=NEXT_DAY) == Spent(day=100, month=300, answers=1)
    assert spent(stores, day=NEXT_MONTH) == Spent(day=100, month=100, answers=1)


def test_spending_is_told_in_the_order_asked_for(stores: Stores) -> None:
    pays(stores, "one", account("a"), cost=1)
    pays(stores, "two", account("b"), cost=2)
    found = stores.ledger.spent([account(key) for key in ("b", "nobody", "a", "b")])
    assert [one.day for one in found] == [2, 0, 1, 2]
    assert stores.ledger.spent([]) == ()


# --- once --------------------------------------------------------------------------------------


def test_a_reservation_made_again_changes_nothing(stores: Stores) -> None:
    reservation = call("one", account(answers=1, day_limit=1))
    assert [stores.ledger.reserve(reservation) for _ in range(3)] == [None] * 3
    assert spent(stores) == Spent(day=100, month=100, answers=1)


def test_a_reservation_made_again_when_it_is_settled_or_given_back_changes_nothing(
    stores: Stores,
) -> None:
    first, second = call("one", account(answers=2)), call("two", account(answers=2))
    for reservation in (first, second):
        assert stores.ledger.reserve(reservation) is None
    stores.ledger.settle(first, record(first, 30))
    assert stores.ledger.heal(now=second.until) == 1
    assert [stores.ledger.reserve(one) for one in (first, second)] == [None, None]
    assert spent(stores) == Spent(day=30, month=30, answers=2)
    assert stores.ledger.heal(now=later(days=1)) == 0


def test_a_refused_reservation_may_be_made_again(stores: Stores) -> None:
    assert begin(stores, "one", account(day_limit=0)) is not None
    assert begin(stores, "one", account(day_limit=1)) is None
    assert spent(stores) == Spent(day=100, month=100, answers=1)


def test_a_call_is_settled_once(stores: Stores) -> None:
    reservation = call("one")
    stores.ledger.reserve(reservation)
    for cost in (30, 30, 99):
        stores.ledger.settle(reservation, record(reservation, cost))
    assert spent(stores).day == 30
    assert settled(stores) == {"one": 30}


def test_a_call_of_which_nothing_is_known_is_counted_once_all_the_same(stores: Stores) -> None:
    reservation = call("one")
    for _ in range(2):
        stores.ledger.settle(reservation, record(reservation, 30))
    assert stores.ledger.reserve(reservation) is None
    assert (spent(stores).day, settled(stores)) == (30, {"one": 30})


def test_a_call_that_ends_on_another_day_counts_against_its_own(stores: Stores) -> None:
    reservation = call("one")
    stores.ledger.reserve(reservation)
    stores.ledger.settle(reservation, record(reservation, 30, at=later(days=1)))
    assert (spent(stores).day, spent(stores, day=NEXT_DAY).day) == (30, 0)
    assert settled(stores, DAY) == {"one": 30}


# --- at once -----------------------------------------------------------------------------------


def test_fifty_at_once_pass_a_budget_by_less_than_one_reservation(stores: Stores) -> None:
    both = (account(day_limit=250), account(EVERYONE))
    results = at_once(50, lambda number: begin(stores, str(number), *both))
    assert results.count(None) == 3
    assert results.count(UsedUp(key="user:Uamy", period=Period.DAY)) == 47
    assert spent(stores) == spent(stores, EVERYONE) == Spent(day=300, month=300, answers=3)


def test_fifty_people_who_ask_at_once_all_get_through(stores: Stores) -> None:
    def ask(number: int) -> None:
        reservation = call(f"{number}", account(f"user:{number}"), account(EVERYONE))
        assert stores.ledger.reserve(reservation) is None
        stores.ledger.settle(reservation, record(reservation, number))

    at_once(50, ask)
    assert spent(stores, EVERYONE) == Spent(day=1225, month=1225, answers=50)
    assert settled(stores) == {str(number): number for number in range(50)}


def test_one_call_that_many_settle_and_give_back_at_once_is_counted_once(stores: Stores) -> None:
    reservation = call("one")
    stores.ledger.reserve(reservation)

    def end(number: int) -> None:
        if number % 2:
            stores.ledger.heal(now=later(120))
        else:
            stores.ledger.settle(reservation, record(reservation, 30))

    at_once(8, end)
    assert spent(stores) == Spent(day=30, month=30, answers=1)
    assert settled(stores) == {"one": 30}

"""What becomes of a call that began: it is given back or recorded, and kept for its time."""

from __future__ import annotations

from chalicelib.domain.ledger import EVERYONE, Period, Spent, UsedUp
from chalicelib.domain.prices import Usage
from chalicelib.ports import Stores
from tests.contract.storage.backends import Backend
from tests.contract.storage.bookkeeping import (
    DAY,
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


def purge(stores: Stores, *, days: float) -> None:
    for store in stores.forgetful:
        store.purge(now=later(days=days))


# --- given back --------------------------------------------------------------------------------


def test_what_nobody_settled_is_given_back_when_its_time_is_over(stores: Stores) -> None:
    reservation = call("one", account(day_limit=1))
    stores.ledger.reserve(reservation)
    assert stores.ledger.heal(now=later(119)) == 0
    assert spent(stores).day == 100
    assert stores.ledger.heal(now=later(120)) == 1
    assert spent(stores) == Spent(day=0, month=0, answers=1)
    assert stores.ledger.heal(now=later(120)) == 0
    assert begin(stores, "two", account(day_limit=1)) is None


def test_what_is_settled_or_still_has_time_is_not_given_back(stores: Stores) -> None:
    pays(stores, "one", cost=30)
    begin(stores, "two")
    late = call("three", at=60)
    stores.ledger.reserve(late)
    assert stores.ledger.heal(now=later(130)) == 1
    assert spent(stores).day == 30 + 100
    stores.ledger.settle(late, record(late, 5))
    assert (spent(stores).day, stores.ledger.heal(now=later(days=1))) == (35, 0)


def test_calls_stay_counted_when_their_money_is_given_back(stores: Stores) -> None:
    limited = account(answers=2, a_minute=1)
    assert begin(stores, "one", limited) is None
    assert stores.ledger.heal(now=later(120)) == 1
    assert begin(stores, "two", limited) == UsedUp(key="user:Uamy", period=Period.MINUTE)


def test_a_call_that_is_settled_after_it_was_given_back_counts_all_the_same(stores: Stores) -> None:
    reservation = call("one", account(), account(EVERYONE))
    stores.ledger.reserve(reservation)
    stores.ledger.heal(now=later(120))
    for _ in range(2):
        stores.ledger.settle(reservation, record(reservation, 30))
    assert spent(stores) == spent(stores, EVERYONE) == Spent(day=30, month=30, answers=1)
    assert (settled(stores), stores.ledger.heal(now=later(days=1))) == ({"one": 30}, 0)


def test_many_who_give_back_at_once_give_each_back_once(stores: Stores) -> None:
    for number in range(12):
        begin(stores, str(number), account(f"user:{number}"), account(EVERYONE))
    healed = at_once(6, lambda _: stores.ledger.heal(now=later(120)))
    assert sum(healed) == 12
    assert spent(stores, EVERYONE) == Spent(day=0, month=0, answers=12)


# --- the records -------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_kept(stores: Stores) -> None:
    used = Usage(tokens_in=1480, cached=1024, tokens_out=350, seconds=12.25, searches=1)
    given = {"model": "台灣-model", "purpose": "hearing", "usage": used, "late": True}
    first, second = call("one"), call("two", at=0.000_001)
    kept = (
        record(first, 12_345_678_901, failed="time_out", **given),
        record(second, model="", person=""),
    )
    for reservation, entry in zip((first, second), kept, strict=True):
        stores.ledger.reserve(reservation)
        stores.ledger.settle(reservation, entry)
    assert sorted(stores.ledger.entries([DAY]), key=lambda entry: entry.id) == list(kept)


def test_records_are_found_by_their_days_each_once(stores: Stores) -> None:
    for day in (DAY, NEXT_DAY, NEXT_MONTH):
        for name in ("a", "b"):
            reservation = call(f"{day}-{name}", account(day=day))
            stores.ledger.reserve(reservation)
            stores.ledger.settle(reservation, record(reservation, 1, chat=f"chat {name}"))
    assert sorted(settled(stores, DAY)) == [f"{DAY}-a", f"{DAY}-b"]
    both = list(stores.ledger.entries([NEXT_MONTH, DAY, DAY]))
    assert sorted(entry.day for entry in both) == [DAY, DAY, NEXT_MONTH, NEXT_MONTH]
    assert settled(stores, "2026-11-21") == {}
    assert list(stores.ledger.entries([])) == []


def test_what_is_not_settled_is_no_record(stores: Stores) -> None:
    begin(stores, "given back")
    stores.ledger.heal(now=later(120))
    stores.ledger.reserve(call("held", at=60))
    assert settled(stores) == {}


# --- kept, and for how long --------------------------------------------------------------------


def test_records_are_kept_for_four_hundred_days(stores: Stores) -> None:
    pays(stores, "one", cost=30)
    purge(stores, days=399.9)
    assert settled(stores) == {"one": 30}
    purge(stores, days=400.1)
    assert settled(stores) == {}


def test_accounts_are_kept_for_seventy_days_after_the_last_call(stores: Stores) -> None:
    pays(stores, "one", cost=30)
    later_on = call("two", days=8)
    stores.ledger.reserve(later_on)
    stores.ledger.settle(later_on, record(later_on, 5))
    purge(stores, days=77.9)
    assert spent(stores).month == 35
    purge(stores, days=78.1)
    assert spent(stores) == Spent()
    assert settled(stores) == {"one": 30, "two": 5}


def test_a_minute_is_over_long_before_its_day(stores: Stores) -> None:
    limited = account(a_minute=1)
    begin(stores, "one", limited)
    purge(stores, days=0.01)
    assert begin(stores, "two", limited) is not None
    purge(stores, days=0.1)
    assert begin(stores, "two", limited) is None
    assert spent(stores).answers == 2


def test_budgets_cannot_be_reset_by_being_forgotten(stores: Stores) -> None:
    pays(stores, "one", account(answers=1), cost=30)
    for store in stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    assert begin(stores, "two", account(answers=1)) == UsedUp(
        key="user:Uamy", period=Period.ANSWERS
    )
    assert (spent(stores).day, settled(stores)) == (30, {"one": 30})


def test_nobody_is_named_in_the_books(backend: Backend, stores: Stores) -> None:
    accounts = (account(a_minute=9), account("group:Cfriends"), account(EVERYONE))
    pays(stores, "settled", *accounts)
    begin(stores, "given back", *accounts)
    stores.ledger.heal(now=later(120))
    begin(stores, "held", *accounts)
    assert backend.holds("pseudonym")
    assert not backend.holds("Uamy")
    assert not backend.holds("Cfriends")

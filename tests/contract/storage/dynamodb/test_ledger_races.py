"""Calls that begin and end while others write: none is counted twice, whoever is quicker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.adapters.aws.client import AwsRefused
from chalicelib.adapters.storage.dynamodb.calls import Service
from chalicelib.adapters.storage.dynamodb.ledger import DynamoLedger
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.ledger import EVERYONE, Period, Reservation, Spent, UsedUp
from chalicelib.ports import Stores
from tests.contract.storage.bookkeeping import account, call, record, settled, spent
from tests.contract.storage.desk import at_once, later
from tests.contract.storage.dynamodb.test_ledger import TRANSACT, everybody
from tests.contract.storage.dynamodb.watched import Place

# --- when nobody knows whether a write happened ------------------------------------------------


def breaks_off() -> None:
    raise StorageUnavailable("no answer")


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_call_that_begins_again_after_no_answer_is_counted_once(
    place: Place, carried_out: bool
) -> None:
    reservation = call("one", *everybody())
    (place.watched.unheard if carried_out else place.watched.before)(TRANSACT, breaks_off)
    with pytest.raises(StorageUnavailable):
        place.stores.ledger.reserve(reservation)
    assert place.stores.ledger.reserve(reservation) is None
    assert spent(place.stores) == Spent(day=100, month=100, answers=1)


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_call_that_is_settled_again_after_no_answer_is_counted_once(
    place: Place, carried_out: bool
) -> None:
    reservation = call("one", *everybody())
    place.stores.ledger.reserve(reservation)
    (place.watched.unheard if carried_out else place.watched.before)(TRANSACT, breaks_off)
    with pytest.raises(StorageUnavailable):
        place.stores.ledger.settle(reservation, record(reservation, 7))
    place.stores.ledger.settle(reservation, record(reservation, 7))
    assert spent(place.stores) == Spent(day=7, month=7, answers=1)
    assert settled(place.stores) == {"one": 7}


def test_a_write_whose_answer_is_lost_is_made_once(place: Place) -> None:
    reservation = call("one", *everybody())
    place.watched.unheard(TRANSACT)
    assert place.stores.ledger.reserve(reservation) is None
    place.watched.unheard(TRANSACT)
    place.stores.ledger.settle(reservation, record(reservation, 7))
    assert spent(place.stores) == Spent(day=7, month=7, answers=1)


# --- when another is quicker -------------------------------------------------------------------


def begun(place: Place) -> Reservation:
    reservation = call("one", *everybody())
    place.others.ledger.reserve(reservation)
    return reservation


def books(stores: Stores) -> tuple[int, int, dict[str, int]]:
    """What a person and all together have spent, and what is settled."""
    return spent(stores).day, spent(stores, EVERYONE).day, settled(stores)


def test_what_is_given_back_while_it_is_settled_counts_once(place: Place) -> None:
    reservation = begun(place)
    place.watched.before(TRANSACT, lambda: place.others.ledger.heal(now=later(120)))
    place.stores.ledger.settle(reservation, record(reservation, 7))
    assert books(place.stores) == (7, 7, {"one": 7})


def test_what_is_settled_while_it_is_given_back_counts_once(place: Place) -> None:
    reservation = begun(place)
    ledger = place.others.ledger
    place.watched.before(TRANSACT, lambda: ledger.settle(reservation, record(reservation, 7)))
    assert place.stores.ledger.heal(now=later(120)) == 0
    assert books(place.stores) == (7, 7, {"one": 7})


def test_what_an_old_index_still_lists_is_not_given_back(place: Place) -> None:
    reservation = begun(place)
    ledger = place.others.ledger
    place.watched.before("BatchGetItem", lambda: ledger.settle(reservation, record(reservation, 7)))
    assert place.stores.ledger.heal(now=later(120)) == 0
    assert books(place.stores) == (7, 7, {"one": 7})


def test_what_two_settle_at_once_counts_once(place: Place) -> None:
    reservation = begun(place)
    ledger = place.others.ledger
    place.watched.before(TRANSACT, lambda: ledger.settle(reservation, record(reservation, 7)))
    place.stores.ledger.settle(reservation, record(reservation, 99))
    assert books(place.stores) == (7, 7, {"one": 7})


def test_what_is_given_back_while_it_is_refused_can_be_spent(place: Place) -> None:
    limited = account(day_limit=100)
    place.others.ledger.reserve(call("dead", limited))
    place.watched.before("BatchGetItem", lambda: place.others.ledger.heal(now=later(120)))
    assert place.stores.ledger.reserve(call("one", limited)) is None
    assert place.stores.ledger.reserve(call("two", limited)) == UsedUp(
        key="user:Uamy", period=Period.DAY
    )


@pytest.mark.parametrize("step", ["reserve", "settle", "heal"])
def test_writes_that_always_meet_others_decide_nothing(place: Place, step: str) -> None:
    reservation = begun(place)
    fresh = call("two", *everybody())
    ledger = place.stores.ledger
    steps: dict[str, Callable[[], object]] = {
        "reserve": lambda: ledger.reserve(fresh),
        "settle": lambda: ledger.settle(reservation, record(reservation, 7)),
        "heal": lambda: ledger.heal(now=later(120)),
    }
    place.watched.refuses(TRANSACT, "TransactionCanceledException", "TransactionConflict", times=12)
    with pytest.raises(StorageUnavailable, match="too many wrote the same at once"):
        steps[step]()
    assert books(place.stores) == (100, 100, {})
    steps[step]()
    assert books(place.stores) != (100, 100, {})


# --- the account that everyone writes to -------------------------------------------------------


@dataclass(slots=True)
class Crowded:
    """A service that, unlike its stand-in, refuses a transaction that meets another's item."""

    client: Service
    busy: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    met: int = 0

    def call(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if action != TRANSACT:
            return self.client.call(action, payload)
        told = [what for one in payload["TransactItems"] for what in one.values()]
        keys = [what.get("Key") or what["Item"] for what in told]
        places = {f"{one['pk']} {one['sk']}" for one in keys}
        with self.lock:
            meets = not self.busy.isdisjoint(places)
            self.met += meets
            self.busy |= set() if meets else places
        if meets:
            time.sleep(0.002)
            conflict = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
            raise AwsRefused("TransactionCanceledException", conflict)
        try:
            return self.client.call(action, payload)
        finally:
            with self.lock:
                self.busy -= places

    def close(self) -> None:
        self.client.close()


def test_people_whose_calls_meet_at_everyones_account_all_get_through(place: Place) -> None:
    crowded = Crowded(place.table.client)
    ledger = DynamoLedger(table=Table(client=crowded, name=place.table.name))

    def ask(number: int) -> None:
        reservation = call(str(number), account(f"user:{number}"), account(EVERYONE))
        assert ledger.reserve(reservation) is None
        ledger.settle(reservation, record(reservation, number))

    at_once(6, ask)
    assert crowded.met
    assert spent(place.stores, EVERYONE) == Spent(day=15, month=15, answers=6)
    assert len(settled(place.stores)) == 6

"""Calls that begin and end in the operator's books: the short words of the ledger's contracts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.domain.ledger import Account, Entry, Reservation, Spent, UsedUp
from chalicelib.ports import Stores
from tests.contract.storage.desk import later

DAY, NEXT_DAY, NEXT_MONTH = "2026-11-22", "2026-11-23", "2026-12-01"
MINUTE = f"{DAY}T12:00"


def account(key: str = "user:Uamy", *, day: str = DAY, **limits: Any) -> Account:
    """Somebody's, without any limit that is not given."""
    return Account(key=key, day=day, minute=f"{day}T12:00", **limits)


def call(
    name: str, *accounts: Account, amount: int = 100, at: float = 0, days: float = 0
) -> Reservation:
    """A call that may begin so long after noon, and has two minutes."""
    begun = later(at, days=days)
    return Reservation(
        id=name,
        chat="a chat's pseudonym",
        accounts=accounts or (account(),),
        amount=amount,
        at=begun,
        until=begun + timedelta(seconds=120),
    )


def record(of: Reservation, cost: int = 0, **given: Any) -> Entry:
    """What a call was, and cost."""
    row: dict[str, Any] = {
        "id": of.id,
        "at": of.at,
        "day": of.day,
        "chat": of.chat,
        "person": "a person's pseudonym",
        "model": "model",
        "purpose": "answer",
        "cost": cost,
    }
    return Entry(**{**row, **given})


def begin(stores: Stores, name: str, *accounts: Account, amount: int = 100) -> UsedUp | None:
    return stores.ledger.reserve(call(name, *accounts, amount=amount))


def pays(stores: Stores, name: str, *accounts: Account, cost: int = 100, amount: int = 100) -> None:
    """A call begins, and ends."""
    reservation = call(name, *accounts, amount=amount)
    assert stores.ledger.reserve(reservation) is None
    stores.ledger.settle(reservation, record(reservation, cost))


def spent(stores: Stores, key: str = "user:Uamy", *, day: str = DAY) -> Spent:
    (found,) = stores.ledger.spent([account(key, day=day)])
    return found


def settled(stores: Stores, *days: str) -> dict[str, int]:
    """What each settled call cost, by its id."""
    return {entry.id: entry.cost for entry in stores.ledger.entries(days or [DAY])}

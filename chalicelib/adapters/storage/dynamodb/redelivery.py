"""Events that come again: LINE sends a webhook anew, with a token that lives again."""

from __future__ import annotations

from datetime import datetime

from chalicelib.adapters.storage.dynamodb import items, turns
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import home
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.events import Event
from chalicelib.domain.turns import State

_RENEWED = {State.WORKING, State.ANSWERED, State.PARKED}


def renew(table: Table, event: Event, *, origin: str, now: datetime) -> None:
    """Renew the token, as long as it is of use.

    An answer that was parked because the token had died is sent by it after all.
    """
    atomically(table, lambda change: _renew(change, event, origin=origin, now=now))


def _renew(change: Change, event: Event, *, origin: str, now: datetime) -> None:
    table = change.table
    item = table.get(home(event.chat), f"event#{event.id}")
    if item is None or int(str(item["received"])) >= to_micros(now):
        return  # another redelivery was quicker
    if not _is_of_use(change, item, event):
        return
    change.put(items.filed_event({**item, "received": to_micros(now), "origin": origin}))
    if event.token is not None:
        change.absent(*items.claim(event.token))


def _is_of_use(change: Change, item: Item, event: Event) -> bool:
    if item["state"] not in {"waiting", "held"}:
        return False
    if event.token is not None and change.table.get(*items.claim(event.token)) is not None:
        return False
    if item["state"] == "waiting":
        return True
    turn = turns.found(change.table, event.chat, str(item["turn"]))
    if turn is None or turn["state"] not in _RENEWED:
        return False
    if turn["state"] == State.PARKED:
        change.put(turns.filed({**turn, "state": State.ANSWERED.value, "attempts": 0}))
    else:
        change.unchanged(turn)
    return True

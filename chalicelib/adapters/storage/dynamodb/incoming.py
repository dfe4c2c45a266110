"""Events on their way in: stored once, in one transaction that also knows what was taken back.

This is all of the store that a webhook mostly needs. What it seldom does lies in modules of its
own, which are imported when it is done: each spares a cold start some milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.dynamodb import items
from chalicelib.adapters.storage.dynamodb.calls import Refused, Write
from chalicelib.adapters.storage.dynamodb.items import home, is_elsewhere, membership, ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, key, written
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain import events
from chalicelib.domain.events import Event, Unsent, message_id_of
from chalicelib.domain.retention import IDS

#: What DynamoDB has not deleted yet counts as gone.
_IS_NEW = "attribute_not_exists(pk) OR #ttl <= :now"
_IS_NOT_BURIED = f"{_IS_NEW} OR buried = :no"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoDoor:
    """`Door` in DynamoDB."""

    table: Table

    def accept(self, event: Event, *, origin: str, now: datetime) -> bool:
        """Store an event durably, once by its id; see `Door.accept`."""
        return accept(self.table, event, origin=origin, now=now)


def accept(table: Table, event: Event, *, origin: str, now: datetime) -> bool:
    """Store an event, once by its id; True if it was new."""
    if isinstance(event, Unsent):
        from chalicelib.adapters.storage.dynamodb.withdrawals import withdraw

        return withdraw(table, event, now=now)
    waits = items.filed_event(
        {**_fields(event, now=now), "tick": table.tick(), "origin": origin, "state": "waiting"}
    )
    try:
        table.write(*_writes(table, event, waits, now=now))
    except Refused as exc:
        if exc.at(0):
            from chalicelib.adapters.storage.dynamodb.redelivery import renew

            renew(table, event, origin=origin, now=now)
            return False
        return _keep_id(table, waits, now=now)
    return True


def _writes(table: Table, event: Event, waits: Item, *, now: datetime) -> list[Write]:
    seconds = int(now.timestamp())
    stored = {**waits, "words": written(events.to_record(event))}
    writes = [_put_new(table, stored, seconds)]
    if "message" in waits:
        pointer = {**items.message(event.chat, str(waits["message"])), "event": event.id}
        kept: Item = {**pointer, "buried": False, "ttl": ttl(now, IDS), "rev": table.tick()}
        values = {":now": seconds, ":no": False}
        writes.append(table.put(kept, only_if=_IS_NOT_BURIED, values=values))
    if event.user is not None and is_elsewhere(event.user, event.chat):
        kept_there = membership(event.user, event.chat, now=now, rev=table.tick())
        writes.append(table.put(kept_there))
    return writes


def _put_new(table: Table, item: Item, seconds: int) -> Write:
    return table.put({**item, "rev": table.tick()}, only_if=_IS_NEW, values={":now": seconds})


def _keep_id(table: Table, waits: Item, *, now: datetime) -> bool:
    """Keep only the id of an event whose message was taken back before it came."""
    buried = items.filed_event({**waits, "state": "withdrawn"})
    try:
        table.write(_put_new(table, buried, int(now.timestamp())))
    except Refused:
        return False
    return True


def _fields(event: Event, *, now: datetime) -> Item:
    fields: dict[str, str | int | None] = {
        "chat": event.chat.key,
        "lane": event.lane.value,
        "user": event.user,
        "message": message_id_of(event),
        "token": event.token,
        "at": event.at,
        "received": to_micros(now),
    }
    known = {name: value for name, value in fields.items() if value is not None}
    return {**key(home(event.chat), f"event#{event.id}"), "id": event.id, **known}

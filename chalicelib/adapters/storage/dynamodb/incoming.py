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
from chalicelib.adapters.storage.dynamodb.values import Item, key, place, written
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain import events
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Event, TextEdited, TextSent, Unsent, message_id_of
from chalicelib.domain.retention import IDS

#: What DynamoDB has not deleted yet counts as gone.
IS_NEW = "attribute_not_exists(pk) OR #ttl <= :now"
_IS_NOT_PAST = f"{IS_NEW} OR (buried = :no AND attribute_not_exists(edited))"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoDoor:
    """`Door` in DynamoDB."""

    table: Table

    def accept(self, event: Event, *, origin: str, now: datetime) -> bool:
        """Store an event durably, once by its id; see `Door.accept`."""
        return accept(self.table, event, origin=origin, now=now)

    def edit(self, event: TextEdited, *, asks: bool, origin: str, now: datetime) -> bool:
        """Put an edit in its message's place; see `Door.edit`."""
        from chalicelib.adapters.storage.dynamodb.edits import edit

        return edit(self.table, event, asks=asks, origin=origin, now=now)

    def overhear(self, event: TextSent, *, now: datetime) -> None:
        """Keep a message as a line of its group's history; see `Door.overhear`."""
        from chalicelib.adapters.storage.dynamodb.overhearing import overhear

        overhear(self.table, event, now=now)

    def is_own(self, chat: Chat, message_id: str) -> bool:
        """Tell whether a message of the chat is one of the bot's answers."""
        item = self.table.get(*place(items.message(chat, message_id)))
        return item is not None and "turn" in item


def accept(table: Table, event: Event, *, origin: str, now: datetime) -> bool:
    """Store an event, once by its id; True if it was new."""
    if isinstance(event, Unsent):
        from chalicelib.adapters.storage.dynamodb.withdrawals import withdraw

        return withdraw(table, event, now=now)
    if isinstance(event, TextEdited):
        return DynamoDoor(table=table).edit(event, asks=True, origin=origin, now=now)
    waits = waiting(table, event, origin=origin, now=now)
    try:
        table.write(*_writes(table, event, waits, now=now))
    except Refused as exc:
        if exc.at(0):
            from chalicelib.adapters.storage.dynamodb.redelivery import renew

            renew(table, event, origin=origin, now=now)
            return False
        return _keep_id(table, waits, now=now)
    return True


def waiting(table: Table, event: Event, *, origin: str, now: datetime) -> Item:
    """Make the item of an event that waits."""
    words = written(events.to_record(event))
    arrived: Item = {"tick": table.tick(), "origin": origin, "state": "waiting", "words": words}
    return items.filed_event({**_fields(event, now=now), **arrived})


def pointer(event: Event, message_id: str, *, now: datetime) -> Item:
    """Make the item that tells which event brought a message."""
    leads = {**items.message(event.chat, message_id), "event": event.id}
    return {**leads, "buried": False, "ttl": ttl(now, IDS)}


def _writes(table: Table, event: Event, waits: Item, *, now: datetime) -> list[Write]:
    seconds = int(now.timestamp())
    writes = [_put_new(table, waits, seconds)]
    message_id = message_id_of(event)
    if message_id is not None:
        kept: Item = {**pointer(event, message_id, now=now), "rev": table.tick()}
        values = {":now": seconds, ":no": False}
        writes.append(table.put(kept, only_if=_IS_NOT_PAST, values=values))
    return writes + noted(table, event, now=now)


def noted(table: Table, event: Event, *, now: datetime) -> list[Write]:
    """Describe the note of in which chat of others something of a person is kept, if it is one."""
    if event.user is None or not is_elsewhere(event.user, event.chat):
        return []
    return [table.put(membership(event.user, event.chat, now=now, rev=table.tick()))]


def _put_new(table: Table, item: Item, seconds: int) -> Write:
    return table.put({**item, "rev": table.tick()}, only_if=IS_NEW, values={":now": seconds})


def _keep_id(table: Table, waits: Item, *, now: datetime) -> bool:
    """Keep only the id of an event whose message was taken back or edited before it came."""
    past = items.filed_event({**items.without(waits, "words"), "state": "withdrawn"})
    try:
        table.write(_put_new(table, past, int(now.timestamp())))
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

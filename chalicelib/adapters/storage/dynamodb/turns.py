"""Turns as they lie in a chat's partition: one item each, which names the events it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.adapters.storage.dynamodb import items
from chalicelib.adapters.storage.dynamodb.items import event_ids, home
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item
from chalicelib.domain.chat import Chat
from chalicelib.domain.turns import Turn


def found(table: Table, chat: Chat, turn_id: str) -> Item | None:
    """Read a turn's item."""
    return table.get(home(chat), f"turn#{turn_id}")


def several(table: Table, chat: Chat, turn_ids: Iterable[str]) -> list[Item]:
    """Read the items of turns, in the order given, each once; those not kept are left out."""
    wanted = list(dict.fromkeys(turn_ids))
    if not wanted:
        return []
    pk = home(chat)
    by_id = {item["id"]: item for item in table.get_many([(pk, f"turn#{one}") for one in wanted])}
    return [by_id[one] for one in wanted if one in by_id]


def indexed(table: Table, chat: Chat, start: str, end: str = "") -> list[Item]:
    """Read the items of a part of the index `pending`, oldest first."""
    return table.query(home(chat), start, end=end, by="pending")


def events(table: Table, item: Item) -> list[Item]:
    """Read what a turn holds: its events that were not taken back, oldest first."""
    pk = str(item["pk"])
    ids = event_ids(item)
    held = table.get_many([(pk, f"event#{one}") for one in ids]) if ids else []
    mine = [event for event in held if event.get("turn") == item["id"]]
    return items.in_order(event for event in mine if event["state"] == "held")


def read(table: Table, item: Item) -> Turn:
    """Read a turn whole."""
    return items.turn(item, events(table, item))


def with_answers(table: Table, found: Sequence[Item]) -> tuple[Turn, ...]:
    """Read turns whole; what cannot be shown (erased, or of a newer version) is left out."""
    made = (read(table, item) for item in found if "answer" in item)
    return tuple(one for one in made if one.answer is not None)


def sent_by(table: Table, chat: Chat, token: str) -> list[Item]:
    """Read the items of turns that are being sent by a token, in the order they go out."""
    sending = indexed(table, chat, *items.SENDING)
    mine = [item for item in sending if item["state"] == "sending" and item.get("token") == token]
    return sorted(mine, key=lambda item: int(str(item["place"])))

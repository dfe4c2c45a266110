"""Turns as they lie in a chat's partition: one item each, which names the events it holds.

Apart from `items`, since the webhook files events and knows no turns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from chalicelib.adapters.storage.dynamodb import items
from chalicelib.adapters.storage.dynamodb.items import event_ids, home
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain import messages
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.domain.events import from_record as to_event
from chalicelib.domain.messages import Answer
from chalicelib.domain.retention import IDS, WORDS
from chalicelib.domain.turns import Arrival, Sending, State, Turn

_UNREADABLE = (KeyError, TypeError, ValueError, IndexError)
#: A turn in one of these is over.
OVER = {State.SENT, State.FAILED, State.WITHDRAWN}


def filed(item: Item) -> Item:
    """File a turn by its state: in which indexes it is."""
    bare = items.unfiled(item)
    part = items.shard(str(bare["chat"]))
    state, place = State(str(bare["state"])), f"{bare['tick']:020}"
    touched = to_moment(int(str(bare["touched"])))
    by_tap = state is State.SENDING and bare.get("lane") == Lane.TAPS
    if state in {State.WORKING, State.ANSWERED, State.SENDING} and not by_tap:
        work = {"sweep": f"work#{part}", "due": bare["since"]}
        return {**bare, **work, "pending": items.UNFINISHED + place}
    kept = WORDS if state in OVER and not bare.get("erased") else IDS
    over: Item = {**bare, "sweep": f"due#{part}", "due": to_micros(touched + kept)}
    if by_tap:
        over["pending"] = items.TAPPED + place
    elif state is State.PARKED:
        over["pending"] = items.PARKED + place
    elif bare.get("unsure"):
        over["pending"] = items.UNSURE + place
    return over


def arrival(item: Item) -> Arrival | None:
    """Read an event; None where its words are gone, or were written by a newer version."""
    try:
        event = to_event(json.loads(str(item["words"])))
    except _UNREADABLE:
        return None
    received = to_moment(int(str(item["received"])))
    return Arrival(event=event, received=received, origin=str(item.get("origin", "")))


def found(table: Table, chat: Chat, turn_id: str) -> Item | None:
    """Read a turn's item."""
    return table.get(home(chat), f"turn#{turn_id}")


def places(chat: Chat, turn_ids: Iterable[str]) -> list[tuple[str, str]]:
    """The keys of turns, in the order given, each once."""
    return [(home(chat), f"turn#{one}") for one in dict.fromkeys(turn_ids)]


def several(table: Table, chat: Chat, turn_ids: Iterable[str]) -> list[Item]:
    """Read the items of turns, in the order given; those not kept are left out."""
    wanted = places(chat, turn_ids)
    kept = {item["sk"]: item for item in table.get_many(wanted)}
    return [kept[sk] for _, sk in wanted if sk in kept]


def indexed(table: Table, chat: Chat, start: str, end: str = "") -> list[Item]:
    """Read the items of a part of the index `pending`, oldest first."""
    return table.query(home(chat), start, end=end, by="pending")


def events(table: Table, item: Item) -> list[Item]:
    """Read what a turn holds: its events that were not taken back, oldest first."""
    return _held_by(item, _named_by(table, [item]))


def every_event(table: Table, item: Item) -> list[Item]:
    """Read every event of a turn, also those that were taken back."""
    return _of(item, _named_by(table, [item]))


def read(table: Table, item: Item) -> Turn:
    """Read a turn whole."""
    return _whole(item, events(table, item))


def with_answers(table: Table, found: Sequence[Item]) -> tuple[Turn, ...]:
    """Read turns whole; what cannot be shown (erased, or of a newer version) is left out."""
    answered = [item for item in found if "answer" in item]
    held = _named_by(table, answered)
    made = (_whole(item, _held_by(item, held)) for item in answered)
    return tuple(one for one in made if one.answer is not None)


def sent_by(table: Table, chat: Chat, token: str) -> list[Item]:
    """Read the items of turns that are being sent by a token, in the order they go out."""
    sending = indexed(table, chat, *items.SENDING)
    mine = [item for item in sending if item["state"] == "sending" and item.get("token") == token]
    return sorted(mine, key=lambda item: int(str(item["place"])))


def _named_by(table: Table, found: Iterable[Item]) -> list[Item]:
    """Read the events that turns name, though some may be another turn's by now."""
    ids = [(str(item["pk"]), f"event#{one}") for item in found for one in event_ids(item)]
    return table.get_many(ids)


def _of(item: Item, named: Iterable[Item]) -> list[Item]:
    return [event for event in named if event.get("turn") == item["id"]]


def _held_by(item: Item, named: Iterable[Item]) -> list[Item]:
    return items.in_order(event for event in _of(item, named) if event["state"] == "held")


def _whole(item: Item, held: Iterable[Item]) -> Turn:
    """Read a turn with the events it holds, oldest first."""
    found = (arrival(event) for event in held)
    return Turn(
        id=str(item["id"]),
        chat=Chat.parse(str(item["chat"])),
        state=State(str(item["state"])),
        attempts=int(str(item["attempts"])),
        arrivals=tuple(one for one in found if one is not None),
        answer=answer(item),
        sending=_sending(item),
        unsure=bool(item.get("unsure", False)),
    )


def answer(item: Item) -> Answer | None:
    """Read a turn's answer; None where there is none, it was erased, or it can't be read."""
    try:
        return messages.from_record(json.loads(str(item["answer"])))
    except _UNREADABLE:
        return None


def _sending(item: Item) -> Sending | None:
    if "token" not in item:
        return None
    return Sending(token=str(item["token"]), until=to_moment(int(str(item["until"]))))

"""Messages that were taken back, wherever they are; the rules are those of `Door.accept`."""

from __future__ import annotations

from datetime import datetime

from chalicelib.adapters.storage.dynamodb import history, items, turns
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import home, ttl, without
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Unsent
from chalicelib.domain.retention import IDS
from chalicelib.domain.turns import State

_ALIVE = {"waiting", "held", "unreadable"}
_UNDECIDED = {State.WORKING, State.ANSWERED, State.PARKED}


def withdraw(table: Table, unsent: Unsent, *, now: datetime) -> bool:
    """Take a message back; True if it was not taken back before."""
    return atomically(table, lambda change: _withdraw(change, unsent, now=now))


def _withdraw(change: Change, unsent: Unsent, *, now: datetime) -> bool:
    table, pk = change.table, home(unsent.chat)
    message = items.message(unsent.chat, unsent.message_id)
    pointer = table.get(*place(message))
    new = pointer is None or not pointer["buried"] or int(str(pointer["ttl"])) <= now.timestamp()
    change.put({**(pointer or message), "buried": True, "ttl": ttl(now, IDS)})
    event = table.get(pk, f"event#{pointer['event']}") if pointer and "event" in pointer else None
    undecided = None
    if event is not None and event["state"] in _ALIVE:
        change.put(items.filed_event({**without(event, "words"), "state": "withdrawn"}))
        undecided = _withdraw_answer(change, unsent.chat, event, now=now)
    history.forget_message(change, unsent.chat, unsent.message_id, with_turn=undecided)
    return new


def _withdraw_answer(change: Change, chat: Chat, event: Item, *, now: datetime) -> Item | None:
    """Take the answer back; returns the turn if it was not shown yet, so that all of it goes."""
    turn = turns.found(change.table, chat, str(event["turn"])) if "turn" in event else None
    if turn is None:
        return None
    bare: Item = {**without(turn, "answer"), "unsure": False}
    if turn["state"] not in _UNDECIDED:
        change.put(turns.filed(bare))
        return None
    for other in turns.events(change.table, turn):
        if other["id"] != event["id"]:
            change.put(items.filed_event({**without(other, "turn"), "state": "waiting"}))
    gone: Item = {"state": State.WITHDRAWN.value, "touched": to_micros(now)}
    change.put(turns.filed({**bare, **gone}))
    return turn

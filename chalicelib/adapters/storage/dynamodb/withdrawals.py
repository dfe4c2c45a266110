"""Messages that were taken back, or edited, wherever they are; see `Door.accept`."""

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
    message = items.message(unsent.chat, unsent.message_id)
    known = change.table.get(*place(message))
    new = known is None or not known["buried"] or int(str(known["ttl"])) <= now.timestamp()
    stays: Item = {n: value for n, value in (known or {}).items() if n in {"event", "rev"}}
    change.put({**message, **stays, "buried": True, "ttl": ttl(now, IDS)})
    erase(change, unsent.chat, unsent.message_id, known, now=now)
    return new


def erase(
    change: Change, chat: Chat, message_id: str, known: Item | None, *, now: datetime
) -> bool:
    """Erase a message and the answer to it; True if it was a question to the bot.

    known: the message's item, which the caller replaces. What was only overheard lies there alone.
    """
    if known is not None and "lines" in known:
        return False
    event = undecided = None
    if known is not None and "event" in known:
        event = change.table.get(home(chat), f"event#{known['event']}")
    if event is not None and event["state"] not in _ALIVE:
        event = None
    if event is not None:
        change.put(items.filed_event({**without(event, "words"), "state": "withdrawn"}))
        undecided = _withdraw_answer(change, chat, event, now=now)
    had_lines = history.forget_message(change, chat, message_id, with_turn=undecided)
    return event is not None or had_lines


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

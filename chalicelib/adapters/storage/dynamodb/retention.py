"""How long things are kept, and how a person is forgotten; the promises are those of the laptop.

What holds words is erased by the sweep, which finds in the index `due` what is due. What holds
only ids is left to DynamoDB's own time to live.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from chalicelib.adapters.storage.dynamodb import items, turns
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import SHARDS, home, without
from chalicelib.adapters.storage.dynamodb.members import chats_of
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import IDS

#: How much of one shard a sweep erases: the next one, a minute later, goes on.
_STEP: Final = 200
#: How many shards at once: a sweep mostly waits for DynamoDB, and has less than a minute.
_AT_ONCE: Final = 4


def purge(table: Table, *, now: datetime) -> None:
    """Erase the words that are due, whichever store keeps them.

    Shards come in any order, so that none is always last when there is too much for one sweep.
    """
    from concurrent.futures import ThreadPoolExecutor  # a worker never needs it

    numbers = random.sample(range(SHARDS), SHARDS)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="purge") as pool:
        list(pool.map(partial(_purge_shard, table, now=now), numbers))


def _purge_shard(table: Table, number: int, *, now: datetime) -> None:
    for found in table.due(f"due#{number}", until=to_micros(now), limit=_STEP):
        atomically(table, partial(_erase, at=place(found), now=now))


def _erase(change: Change, *, at: tuple[str, str], now: datetime) -> None:
    item = change.table.get(*at)
    if item is None or not _is_due(item, now):
        return
    match at[1].partition("#")[0]:
        case "event":
            change.put(items.filed_event(without(item, "words")))
        case "turn" if _keeps_its_ids(item, now):
            _erase_turn(change, item)
        case "turn":
            for event in turns.every_event(change.table, item):
                change.delete(event)
            change.delete(item)
        case _:
            change.delete(item)


def _is_due(item: Item, now: datetime) -> bool:
    """Tell whether it is still due: the index lags, and work has a time there too."""
    is_kept_until = str(item.get("sweep", "")).startswith("due#")
    return is_kept_until and int(str(item["due"])) <= to_micros(now)


def _keeps_its_ids(item: Item, now: datetime) -> bool:
    """Tell whether only a turn's words are due: its ids stay, so that nothing is answered twice."""
    is_young = now - to_moment(int(str(item["touched"]))) < IDS
    return item["state"] in turns.OVER and not item.get("erased") and is_young


def _erase_turn(change: Change, item: Item) -> None:
    """Erase the answer of a turn and the words of its events; the items stay."""
    bare: Item = {**without(item, "answer"), "unsure": False, "erased": True}
    change.put(turns.filed(bare))
    for event in turns.every_event(change.table, item):
        change.put(items.filed_event(without(event, "words")))


# --- a person ----------------------------------------------------------------------------------


def forget_person(table: Table, user: str, *, keep_turn: str) -> None:
    """Erase the events and turns of a person, in every chat, but for the turn that asks it.

    Whoever is answering one of them finds it withdrawn, or the lease lost. The events' bare ids
    stay, so that none is answered when it is delivered again. What they wrote since then waits on.
    """
    private = Chat(ChatKind.USER, user)
    chats = [private, *chats_of(table, user)]
    asked_at = _asked_at(table, chats, keep_turn)
    # Before the events: what comes in between has its message noted, and is not among these.
    noted = table.query(home(private), "message#")
    kept: set[str] = set()
    for chat in chats:
        kept |= _forget_events(table, chat, user, keep_turn=keep_turn, asked_at=asked_at)
    for item in noted:
        if item.get("event") not in kept:
            table.delete_one(*place(item))
    if turns.found(table, private, keep_turn) is None:
        for item in table.query(home(private), "lease#"):
            table.delete_one(*place(item))


def _asked_at(table: Table, chats: Iterable[Chat], keep_turn: str) -> int | None:
    """When forgetting was asked for: the time of the newest event of the turn that is kept."""
    kept = (turns.found(table, chat, keep_turn) for chat in chats)
    times = [
        int(str(event["at"]))
        for item in kept
        if item is not None
        for event in turns.events(table, item)
    ]
    return max(times, default=None)


def _forget_events(
    table: Table, chat: Chat, user: str, *, keep_turn: str, asked_at: int | None
) -> set[str]:
    """Forget what a person sent in a chat; returns the ids of events that stay."""
    whole = chat == Chat(ChatKind.USER, user)
    all_events = table.query(home(chat), "event#")
    events = [event for event in all_events if whole or event.get("user") == user]
    gone = {str(event["turn"]) for event in events if "turn" in event} - {keep_turn}
    if whole:
        gone |= {str(item["id"]) for item in table.query(home(chat), "turn#")} - {keep_turn}
    for turn_id in gone:
        atomically(table, partial(_forget_turn, chat=chat, turn_id=turn_id))
    kept: set[str] = set()
    for event in events:
        newer = asked_at is not None and int(str(event.get("at", 0))) > asked_at
        waits_on = event["state"] == "waiting" and newer
        if event.get("turn") == keep_turn or waits_on:
            kept.add(str(event["id"]))
        else:
            atomically(table, partial(_forget_event, event=event))
    return kept


def _forget_turn(change: Change, *, chat: Chat, turn_id: str) -> None:
    """Erase a turn and the words of its events at once: none is left that no turn leads to."""
    turn = turns.found(change.table, chat, turn_id)
    if turn is not None:
        change.delete(turn)
        for event in turns.every_event(change.table, turn):
            change.put(_bare_id(event))


def _forget_event(change: Change, *, event: Item) -> None:
    """Erase an event. Where a worker took it meanwhile, what else is in its turn waits again."""
    item = change.table.get(*place(event))
    if item is None or item["state"] == "forgotten":
        return
    turn = change.table.get(str(item["pk"]), f"turn#{item['turn']}") if "turn" in item else None
    if turn is not None:
        change.delete(turn)
        for other in turns.events(change.table, turn):
            if other["id"] != item["id"]:
                change.put(items.filed_event({**without(other, "turn"), "state": "waiting"}))
    change.put(_bare_id(item))


def _bare_id(event: Item) -> Item:
    """Leave the id of an event, for a week."""
    bare: Item = {name: event[name] for name in ("pk", "sk", "id", "received", "rev")}
    until = items.ttl(to_moment(int(str(event["received"]))), IDS)
    return {**bare, "state": "forgotten", "ttl": until}

"""How long things are kept, and how a person or a chat is forgotten, as it is on the laptop.

What holds words is erased by the sweep, which finds in the index `due` what is due. What holds
only ids is left to DynamoDB's own time to live.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from chalicelib.adapters.storage.dynamodb import items, turns
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import SHARDS, home, without
from chalicelib.adapters.storage.dynamodb.members import chats_of
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import IDS

T = TypeVar("T")

#: How much of one shard a sweep erases: the next one, a minute later, goes on.
_STEP: Final = 200
#: How many items that hang on nothing else are erased at once: a transaction has 100 writes.
_TOGETHER: Final = 50
#: How much is done at once: a sweep has less than a minute and a worker not three, and both mostly
#: wait for DynamoDB. A few things are not worth it.
_AT_ONCE: Final = 4
_FEW: Final = 20


def purge(table: Table, *, now: datetime) -> None:
    """Erase the words that are due, whichever store keeps them.

    Shards come in any order, so that none is always last when there is too much for one sweep.
    """
    numbers = random.sample(range(SHARDS), SHARDS)
    _side_by_side(partial(_purge_shard, table, now=now), numbers)


def _side_by_side(work: Callable[[T], object], things: Iterable[T]) -> None:
    from concurrent.futures import ThreadPoolExecutor  # most workers never need it

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="retention") as pool:
        list(pool.map(work, things))


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


# --- a person, or a chat -------------------------------------------------------------------------


def forget_person(table: Table, user: str, *, keep_turn: str) -> None:
    """Erase the events and turns of a person, in every chat, but for the turn that asks it.

    Whoever is answering one of them finds it withdrawn, or the lease lost. The events' bare ids
    stay, so that none is answered when it is delivered again. What they wrote since then waits on.
    """
    private = Chat(ChatKind.USER, user)
    others = chats_of(table, user)
    asked_at = _asked_at(table, [private, *others], keep_turn)
    _forget_chat(table, private, keep_turn=keep_turn, asked_at=asked_at)
    for chat in others:
        theirs = [event for event in _events(table, chat) if event.get("user") == user]
        turn_ids = {str(event["turn"]) for event in theirs if "turn" in event}
        _forget_turns(table, chat, turn_ids - {keep_turn})
        _forget_events(table, theirs, keep_turn=keep_turn, asked_at=asked_at)


def forget_chat(table: Table, chat: Chat, *, keep_turn: str) -> None:
    """Erase the events and turns of a chat, but for the turn that asks it, as of a person."""
    asked_at = _asked_at(table, [chat], keep_turn)
    _forget_chat(table, chat, keep_turn=keep_turn, asked_at=asked_at)


def _forget_chat(table: Table, chat: Chat, *, keep_turn: str, asked_at: int | None) -> None:
    # Before the events: what comes in between has its message noted, and is not among these.
    noted = table.query(home(chat), "message#")
    events = _events(table, chat)
    turn_ids = {str(event["turn"]) for event in events if "turn" in event}
    turn_ids |= {str(item["id"]) for item in table.query(home(chat), "turn#")}
    _forget_turns(table, chat, turn_ids - {keep_turn})
    kept = _forget_events(table, events, keep_turn=keep_turn, asked_at=asked_at)
    gone = [item for item in noted if item.get("event") not in kept]
    for start in range(0, len(gone), _TOGETHER):
        atomically(table, partial(_forget_messages, these=gone[start : start + _TOGETHER]))
    if turns.found(table, chat, keep_turn) is None:
        for item in table.query(home(chat), "lease#"):
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


def _events(table: Table, chat: Chat) -> list[Item]:
    return table.query(home(chat), "event#")


def _forget_turns(table: Table, chat: Chat, turn_ids: Collection[str]) -> None:
    _each(
        lambda turn_id: atomically(table, partial(_forget_turn, chat=chat, turn_id=turn_id)),
        turn_ids,
    )


def _forget_events(
    table: Table, events: Iterable[Item], *, keep_turn: str, asked_at: int | None
) -> set[str]:
    """Forget what was sent; returns the ids of events that stay."""
    kept: set[str] = set()
    gone: list[Item] = []
    for event in events:
        newer = asked_at is not None and int(str(event.get("at", 0))) > asked_at
        waits_on = event["state"] == "waiting" and newer
        if event.get("turn") == keep_turn or waits_on:
            kept.add(str(event["id"]))
        elif event["state"] != "forgotten":
            gone.append(event)
    _each(lambda event: atomically(table, partial(_forget_event, event=event)), gone)
    return kept


def _each(forget: Callable[[T], object], things: Collection[T]) -> None:
    """Forget one after the other, and of very many some at once."""
    if len(things) > _FEW:
        _side_by_side(forget, things)
        return
    for thing in things:
        forget(thing)


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


def _forget_messages(change: Change, *, these: Sequence[Item]) -> None:
    """Forget what is known of messages, but of those that were edited meanwhile: they wait on."""
    revs = {item["sk"]: item["rev"] for item in these}
    for item in change.table.get_many(map(place, these)):
        if item["rev"] == revs[item["sk"]]:
            change.delete(item)


def _bare_id(event: Item) -> Item:
    """Leave the id of an event, for a week."""
    bare: Item = {name: event[name] for name in ("pk", "sk", "id", "received", "rev")}
    until = items.ttl(to_moment(int(str(event["received"]))), IDS)
    return {**bare, "state": "forgotten", "ttl": until}

"""What was said in each chat: one item a turn, so that a turn's lines come and go together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import home, is_elsewhere, membership, shard
from chalicelib.adapters.storage.dynamodb.members import chats_of
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, key, place, written
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import HISTORY
from chalicelib.ports import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoHistory:
    """`History` in DynamoDB."""

    table: Table

    def recent(self, chat: Chat, *, limit: int, now: datetime) -> tuple[Said, ...]:
        """The last lines of a chat, newest last, none older than 30 days."""
        after = to_micros(now - HISTORY)
        newest = self.table.query(home(chat), "said#", limit=limit, newest_first=True)
        fresh = [item for item in reversed(newest) if int(str(item["at"])) > after]
        lines = [line for item in fresh for line in _lines(item)]
        return tuple(lines[-limit:])

    def clear(self, chat: Chat) -> None:
        """Forget the whole conversation of a chat."""
        for item in self.table.query(home(chat), "said#"):
            self.table.delete_one(*place(item))

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - nothing of it
        """Erase a private chat's lines, and in groups the person's lines and their answers."""
        self.clear(Chat(ChatKind.USER, user))
        for chat in chats_of(self.table, user):
            for item in self.table.query(home(chat), "said#"):
                if any(line.user == user for line in _lines(item)):
                    atomically(self.table, partial(_part, at=place(item), user=user))

    def purge(self, *, now: datetime) -> None:
        """Leave it to the inbox, whose purge goes over everything that is due."""


def add(change: Change, turn: Item, lines: Sequence[Said]) -> None:
    """Keep a turn's lines, in the transaction that saves its answer."""
    chat, at = Chat.parse(str(turn["chat"])), int(str(turn["touched"]))
    item: Item = {
        **key(str(turn["pk"]), _sk(turn)),
        "chat": chat.key,
        "at": at,
        "sweep": f"due#{shard(chat.key)}",
        "due": at + to_micros(to_moment(0) + HISTORY),
    }
    change.replace(_with(item, lines))
    for user in {line.user for line in lines if line.user is not None}:
        if is_elsewhere(user, chat):
            rev = change.table.tick()
            change.replace(membership(user, chat, now=to_moment(at), rev=rev))


def forget_message(change: Change, chat: Chat, message_id: str, *, with_turn: Item | None) -> None:
    """Forget a message and the bot's answer to it, and all lines of one turn, if there is one."""
    whole = "" if with_turn is None else _sk(with_turn)
    for item in change.table.query(home(chat), "said#"):
        lines = _lines(item)
        if item["sk"] == whole:
            change.delete(item)
        elif any(line.message_id == message_id for line in lines):
            rest = [one for one in lines if not one.by_bot and one.message_id != message_id]
            _rewrite(change, item, rest)


def forget_turn(change: Change, turn: Item) -> None:
    """Forget all lines of a turn."""
    item = change.table.get(str(turn["pk"]), _sk(turn))
    if item is not None:
        change.delete(item)


def _part(change: Change, *, at: tuple[str, str], user: str) -> None:
    item = change.table.get(*at)
    if item is not None:
        lines = _lines(item)
        _rewrite(change, item, [one for one in lines if not one.by_bot and one.user != user])


def _rewrite(change: Change, item: Item, lines: Sequence[Said]) -> None:
    if lines:
        change.put(_with(item, lines))
    else:
        change.delete(item)


def _sk(turn: Item) -> str:
    return f"said#{turn['tick']:020}#{turn['id']}"


def _with(item: Item, lines: Sequence[Said]) -> Item:
    rows = [[line.text, line.by_bot, line.message_id, line.user] for line in lines]
    return {**item, "lines": written(rows)}


def _lines(item: Item) -> list[Said]:
    return [
        Said(text=text, by_bot=by_bot, message_id=message_id, user=user)
        for text, by_bot, message_id, user in json.loads(str(item["lines"]))
    ]

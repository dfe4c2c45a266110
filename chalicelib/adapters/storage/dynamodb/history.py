"""What was said in each chat: one item a turn, so that a turn's lines come and go together.

What was only overheard lies with its message instead; see `overhearing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from chalicelib.adapters.storage.dynamodb import lines, quotes
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import HEARD, home, is_elsewhere, membership, shard
from chalicelib.adapters.storage.dynamodb.lines import OF_TURNS
from chalicelib.adapters.storage.dynamodb.members import chats_of
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, key, place
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import HISTORY, IDS
from chalicelib.ports import Said

#: How many lines that were overheard are forgotten at once: a transaction has 100 writes.
_STEP: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoHistory:
    """`History` in DynamoDB."""

    table: Table

    def recent(self, chat: Chat, *, limit: int, now: datetime) -> tuple[Said, ...]:
        """The last lines of a chat, newest last, none older than 30 days."""
        after = to_micros(now - HISTORY)
        turns = self.table.query(home(chat), OF_TURNS, limit=limit, newest_first=True)
        heard = self.table.query(home(chat), HEARD, by="pending", limit=limit, newest_first=True)
        fresh = [item for item in (*turns, *heard) if int(str(item["at"])) > after]
        fresh.sort(key=lines.tick)
        return tuple(line for item in fresh for line in lines.read(item))[-limit:]

    def message(self, chat: Chat, message_id: str) -> Said | None:
        """What one message of the chat said; see `History.message`."""
        return quotes.find(self.table, chat, message_id)

    def clear(self, chat: Chat) -> None:
        """Forget the whole conversation of a chat."""
        for item in self.table.query(home(chat), OF_TURNS):
            self.table.delete_one(*place(item))
        for some in _parts(self._heard(chat)):
            atomically(self.table, partial(_forget, these=some))

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - nothing of it
        """Erase a private chat's lines, and in groups the person's lines and their answers.

        That a line was overheard stays known, so that it is not when it is delivered again.
        """
        self.clear(Chat(ChatKind.USER, user))
        for chat in chats_of(self.table, user):
            for item in self.table.query(home(chat), OF_TURNS):
                if any(line.user == user for line in lines.read(item)):
                    atomically(self.table, partial(_part, at=place(item), user=user))
            theirs = (item for item in self._heard(chat) if lines.read(item)[0].user == user)
            for some in _parts([*theirs]):
                atomically(self.table, partial(_leave_bare, these=some))

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:  # noqa: ARG002 - nothing of it
        """Erase a chat's lines."""
        self.clear(chat)

    def purge(self, *, now: datetime) -> None:
        """Leave it to the inbox, whose purge goes over everything that is due."""

    def _heard(self, chat: Chat) -> list[Item]:
        return self.table.query(home(chat), HEARD, by="pending")


def add(change: Change, turn: Item, remember: Sequence[Said]) -> None:
    """Keep a turn's lines, in the transaction that saves its answer."""
    chat, at = Chat.parse(str(turn["chat"])), int(str(turn["touched"]))
    item: Item = {
        **key(str(turn["pk"]), lines.sk(turn)),
        "chat": chat.key,
        "at": at,
        "sweep": f"due#{shard(chat.key)}",
        "due": at + to_micros(to_moment(0) + HISTORY),
    }
    change.replace(lines.put(item, remember))
    for user in {line.user for line in remember if line.user is not None}:
        if is_elsewhere(user, chat):
            rev = change.table.tick()
            change.replace(membership(user, chat, now=to_moment(at), rev=rev))


def forget_message(change: Change, chat: Chat, message_id: str, *, with_turn: Item | None) -> bool:
    """Forget a message and the bot's answer to it, and all lines of one turn, if there is one.

    True if there were lines to forget.
    """
    whole = "" if with_turn is None else lines.sk(with_turn)
    before = len(change.writes)
    for item in change.table.query(home(chat), OF_TURNS):
        said = lines.read(item)
        if item["sk"] == whole:
            change.delete(item)
        elif any(line.message_id == message_id for line in said):
            rest = [one for one in said if not one.by_bot and one.message_id != message_id]
            _rewrite(change, item, rest)
    return len(change.writes) > before


def forget_turn(change: Change, turn: Item) -> None:
    """Forget all lines of a turn."""
    item = change.table.get(str(turn["pk"]), lines.sk(turn))
    if item is not None:
        change.delete(item)


def _part(change: Change, *, at: tuple[str, str], user: str) -> None:
    item = change.table.get(*at)
    if item is not None:
        rest = [one for one in lines.read(item) if not one.by_bot and one.user != user]
        _rewrite(change, item, rest)


def _rewrite(change: Change, item: Item, rest: Sequence[Said]) -> None:
    if rest:
        change.put(lines.put(item, rest))
    else:
        change.delete(item)


# --- what was overheard ------------------------------------------------------------------------


def _parts(found: Sequence[Item]) -> list[list[tuple[str, str]]]:
    places = [place(item) for item in found]
    return [places[start : start + _STEP] for start in range(0, len(places), _STEP)]


def _forget(change: Change, *, these: Sequence[tuple[str, str]]) -> None:
    for item in _still_lines(change, these):
        change.delete(item)


def _leave_bare(change: Change, *, these: Sequence[tuple[str, str]]) -> None:
    for item in _still_lines(change, these):
        until = int((to_moment(int(str(item["at"]))) + IDS).timestamp())
        bare: Item = {name: item[name] for name in ("pk", "sk", "buried", "rev")}
        change.put({**bare, "ttl": until})


def _still_lines(change: Change, these: Sequence[tuple[str, str]]) -> list[Item]:
    """Read them anew: a message may have been taken back, or asked something, meanwhile."""
    return [item for item in change.table.get_many(these) if "lines" in item]

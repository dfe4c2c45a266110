"""A few facts about each chat, kept as long as a conversation that nobody goes on with.

What was chosen is kept longer, and as what a chat was let in until its person is forgotten. So when
a chat's facts are due follows from all of them, and each change is written back as `change` does.

Who keeps a group's choices is noted with that person, who may want to be forgotten. Until when all
of somebody who left is kept lies apart from the facts, in a part of the sweep's index of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import (
    home,
    is_elsewhere,
    person,
    shard,
    ttl,
    unfiled,
    without,
)
from chalicelib.adapters.storage.dynamodb.members import PARTED, chats_of
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, Value, key, place
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import CHOICES, HISTORY
from chalicelib.ports import ChatFacts, Choice, Role

_SK: Final = "facts"
_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoChats:
    """`ChatBook` in DynamoDB."""

    table: Table

    def facts(self, chat: Chat) -> ChatFacts:
        """All that is known; nothing known is a `ChatFacts()`."""
        item = self.table.get(home(chat), _SK)
        return ChatFacts() if item is None else _facts(item)

    def learn_language(self, chat: Chat, language: str | None, *, now: datetime) -> None:
        """Keep the language of the chat's profile."""
        self._learn(chat, now, tongue=language or "", known_at=to_micros(now))

    def mark_introduced(self, chat: Chat, *, now: datetime) -> None:
        """Keep that the chat has seen the privacy link."""
        self._learn(chat, now, introduced=True)

    def choose(self, chat: Chat, choice: Choice, value: str, *, now: datetime) -> None:
        """Keep what was chosen in this chat; see `ChatBook.choose`."""
        self._learn(chat, now, **{choice.value: value})

    def hand_over(self, chat: Chat, *, until: datetime | None, now: datetime) -> None:
        """Keep until when people answer here; None gives it back."""
        self._learn(chat, now, human_until=0 if until is None else to_micros(until))

    def let_in(self, chat: Chat, role: Role, *, now: datetime) -> None:
        """Keep as what a chat was let in."""
        self._learn(chat, now, role=role.value)

    def part(self, chat: Chat, *, until: datetime | None, now: datetime) -> None:  # noqa: ARG002 - the end says it
        """Keep that a person left, and until when all of theirs is kept; None: they are back.

        By the time to live, which is only for what went wrong, all of theirs has gone by itself.
        """
        if until is None:
            self.table.delete_one(home(chat), PARTED)
            return
        due: Item = {"sweep": PARTED, "due": to_micros(until), "ttl": ttl(until, CHOICES)}
        self.table.write(self.table.put({**key(home(chat), PARTED), "chat": chat.key, **due}))

    def parted(self, *, now: datetime) -> tuple[Chat, ...]:
        """Private chats whose person left and whose time is over, oldest first."""
        listed = self.table.due(PARTED, until=to_micros(now), limit=_MOST)
        # The index lags: whom it lists may be back.
        found = self.table.get_many(place(item) for item in listed)
        over = [item for item in found if int(str(item["due"])) <= to_micros(now)]
        over.sort(key=lambda item: int(str(item["due"])))
        return tuple(Chat.parse(str(item["chat"])) for item in over)

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of the person's private chat, and that they are a group's keeper.

        The rest of a group's facts is the group's.
        """
        self.table.delete_one(home(Chat(ChatKind.USER, user)), _SK)
        for chat in chats_of(self.table, user):
            atomically(self.table, partial(_dismiss, chat=chat, user=user))
            self.table.delete_one(*_keeps(user, chat))

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of a chat, but for its role."""
        atomically(self.table, partial(_forget, chat=chat))

    def purge(self, *, now: datetime) -> None:
        """Leave it to the inbox, whose purge goes over everything that is due."""

    def _learn(self, chat: Chat, now: datetime, **told: Value) -> None:
        def learn(change: Change) -> None:
            known = self.table.get(home(chat), _SK) or key(home(chat), _SK)
            learned = _filed({**known, **told}, chat, now=now)
            change.put(learned)
            _note_keeper(change, chat, str(known.get("keeper", "")), learned)

        atomically(self.table, learn)


def _facts(item: Item) -> ChatFacts:
    known_at, human_until = item.get("known_at"), item.get("human_until")
    return ChatFacts(
        language=str(item["tongue"]) if item.get("tongue") else None,
        language_known_at=None if known_at is None else to_moment(int(str(known_at))),
        introduced=bool(item.get("introduced", False)),
        model=str(item.get("model", "")),
        assistant=str(item.get("assistant", "")),
        role=Role(str(item["role"])) if "role" in item else None,
        chosen_language=str(item.get("chosen_language", "")),
        listens=bool(item.get("listens", "")),
        remembers=bool(item.get("remembers", "")),
        keeper=str(item.get("keeper", "")),
        human_until=to_moment(int(str(human_until))) if human_until else None,
    )


def _filed(item: Item, chat: Chat, *, now: datetime) -> Item:
    """File the facts by what is known: when they are due to be erased, if ever."""
    bare = unfiled(item)
    if "role" in bare:
        return bare
    life = _life(bare)
    due = to_micros(now + life)
    return {**bare, "sweep": f"due#{shard(chat.key)}", "due": due, "ttl": ttl(now, life)}


def _life(item: Item) -> timedelta:
    """How long facts are kept of which nothing more is learned."""
    return CHOICES if any(item.get(choice.value) for choice in Choice) else HISTORY


# --- who keeps a group's choices -----------------------------------------------------------------


def _note_keeper(change: Change, chat: Chat, before: str, facts: Item) -> None:
    """Note with the keeper that they are one, for as long as the group's facts tell so."""
    keeper = str(facts.get("keeper", ""))
    if before and before != keeper and is_elsewhere(before, chat):
        change.writes.append(change.table.delete(*_keeps(before, chat)))
    if keeper and is_elsewhere(keeper, chat):
        until: Item = {"ttl": facts["ttl"]} if "ttl" in facts else {}
        change.replace({**key(*_keeps(keeper, chat)), "chat": chat.key, **until})


def _dismiss(change: Change, *, chat: Chat, user: str) -> None:
    """Leave a group without the keeper it had."""
    item = change.table.get(home(chat), _SK)
    if item is None or item.get("keeper") != user:
        return
    left: Item = without(item, "keeper")
    if "due" in item:
        last_learned = to_moment(int(str(item["due"]))) - _life(item)
        left = _filed(left, chat, now=last_learned)
    change.put(left)


def _forget(change: Change, *, chat: Chat) -> None:
    item = change.table.get(home(chat), _SK)
    if item is None:
        return
    left: Item = {name: item[name] for name in ("pk", "sk", "role", "rev") if name in item}
    if "role" in left:
        change.put(left)
    else:
        change.delete(item)
    _note_keeper(change, chat, str(item.get("keeper", "")), left)


def _keeps(user: str, chat: Chat) -> tuple[str, str]:
    """Where it lies that a person is a group's keeper."""
    return person(user), f"keeper#{home(chat)}"

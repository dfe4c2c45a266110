"""A few facts about each chat, kept as long as a conversation that nobody goes on with.

What was chosen is kept longer, and as what a chat was let in until its person is forgotten. So when
a chat's facts are due follows from all of them, and each change is written back as `change` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import home, shard, ttl, unfiled
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, Value, key
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import CHOICES, HISTORY
from chalicelib.ports import ChatFacts, Role

_SK = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoChats:
    """`ChatBook` in DynamoDB."""

    table: Table

    def facts(self, chat: Chat) -> ChatFacts:
        """All that is known; nothing known is a `ChatFacts()`."""
        item = self.table.get(home(chat), _SK)
        if item is None:
            return ChatFacts()
        known_at = item.get("known_at")
        return ChatFacts(
            language=str(item["tongue"]) if item.get("tongue") else None,
            language_known_at=None if known_at is None else to_moment(int(str(known_at))),
            introduced=bool(item.get("introduced", False)),
            model=str(item.get("model", "")),
            assistant=str(item.get("assistant", "")),
            role=Role(str(item["role"])) if "role" in item else None,
        )

    def learn_language(self, chat: Chat, language: str | None, *, now: datetime) -> None:
        """Keep the language of the chat's profile."""
        self._learn(chat, now, tongue=language or "", known_at=to_micros(now))

    def mark_introduced(self, chat: Chat, *, now: datetime) -> None:
        """Keep that the chat has seen the privacy link."""
        self._learn(chat, now, introduced=True)

    def choose_model(self, chat: Chat, model: str, *, now: datetime) -> None:
        """Keep which model answers; "" is the default again."""
        self._learn(chat, now, model=model)

    def choose_assistant(self, chat: Chat, assistant: str, *, now: datetime) -> None:
        """Keep which assistant answers; "" is the bot itself again."""
        self._learn(chat, now, assistant=assistant)

    def let_in(self, chat: Chat, role: Role, *, now: datetime) -> None:
        """Keep as what a chat was let in."""
        self._learn(chat, now, role=role.value)

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of the person's private chat; a group's facts are the group's."""
        self.table.delete_one(home(Chat(ChatKind.USER, user)), _SK)

    def purge(self, *, now: datetime) -> None:
        """Leave it to the inbox, whose purge goes over everything that is due."""

    def _learn(self, chat: Chat, now: datetime, **told: Value) -> None:
        def learn(change: Change) -> None:
            known = self.table.get(home(chat), _SK) or key(home(chat), _SK)
            change.put(_filed({**known, **told}, chat, now=now))

        atomically(self.table, learn)


def _filed(item: Item, chat: Chat, *, now: datetime) -> Item:
    """File the facts by what is known: when they are due to be erased, if ever."""
    bare = unfiled(item)
    if "role" in bare:
        return bare
    life = CHOICES if bare.get("model") or bare.get("assistant") else HISTORY
    due = to_micros(now + life)
    return {**bare, "sweep": f"due#{shard(chat.key)}", "due": due, "ttl": ttl(now, life)}

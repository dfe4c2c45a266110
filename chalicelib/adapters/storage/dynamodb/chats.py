"""A few facts about each chat, kept as long as a conversation that nobody goes on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.dynamodb.items import home, shard, ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Value
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import HISTORY
from chalicelib.ports import ChatFacts

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
        )

    def learn_language(self, chat: Chat, language: str | None, *, now: datetime) -> None:
        """Keep the language of the chat's profile."""
        told: dict[str, Value] = {"tongue": language or "", "known_at": to_micros(now)}
        self._learn(chat, told, now=now)

    def mark_introduced(self, chat: Chat, *, now: datetime) -> None:
        """Keep that the chat has seen the privacy link."""
        self._learn(chat, {"introduced": True}, now=now)

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of the person's private chat; a group's facts are the group's."""
        self.table.delete_one(home(Chat(ChatKind.USER, user)), _SK)

    def purge(self, *, now: datetime) -> None:
        """Leave it to the inbox, whose purge goes over everything that is due."""

    def _learn(self, chat: Chat, told: dict[str, Value], *, now: datetime) -> None:
        kept: dict[str, Value] = {
            **told,
            "rev": self.table.tick(),
            "sweep": f"due#{shard(chat.key)}",
            "due": to_micros(now + HISTORY),
            "ttl": ttl(now, HISTORY),
        }
        sets = ", ".join(f"#{name} = :{name}" for name in kept)
        values = {f":{name}": value for name, value in kept.items()}
        self.table.change_one(home(chat), _SK, f"SET {sets}", values)

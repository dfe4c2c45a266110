"""A few facts about each chat, kept as long as a conversation that nobody goes on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import HISTORY
from chalicelib.ports import ChatFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteChats:
    """`ChatBook` in SQLite."""

    db: Database

    def facts(self, chat: Chat) -> ChatFacts:
        """All that is known; nothing known is a `ChatFacts()`."""
        with self.db.read() as connection:
            row = connection.execute("SELECT * FROM chats WHERE chat = ?", (chat.key,)).fetchone()
        if row is None:
            return ChatFacts()
        known_at = row["language_known_at"]
        return ChatFacts(
            language=row["language"],
            language_known_at=None if known_at is None else to_moment(known_at),
            introduced=bool(row["introduced"]),
        )

    def learn_language(self, chat: Chat, language: str | None, *, now: datetime) -> None:
        """Keep the language of the chat's profile."""
        with self.db.write() as tx:
            tx.execute(
                "INSERT INTO chats (chat, language, language_known_at, touched)"
                " VALUES (:chat, :language, :now, :now) ON CONFLICT (chat) DO UPDATE"
                " SET language = :language, language_known_at = :now, touched = :now",
                {"chat": chat.key, "language": language, "now": to_micros(now)},
            )

    def mark_introduced(self, chat: Chat, *, now: datetime) -> None:
        """Keep that the chat has seen the privacy link."""
        with self.db.write() as tx:
            tx.execute(
                "INSERT INTO chats (chat, introduced, touched) VALUES (:chat, 1, :now)"
                " ON CONFLICT (chat) DO UPDATE SET introduced = 1, touched = :now",
                {"chat": chat.key, "now": to_micros(now)},
            )

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of the person's private chat; a group's facts are the group's."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM chats WHERE chat = ?", (Chat(ChatKind.USER, user).key,))
        self.db.scrub()

    def purge(self, *, now: datetime) -> None:
        """Erase the facts of chats of which nothing was learned for 30 days."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM chats WHERE touched <= ?", (to_micros(now - HISTORY),))

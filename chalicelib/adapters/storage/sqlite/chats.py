"""A few facts about each chat, kept as long as a conversation that nobody goes on with.

What was chosen is kept longer, and as what a chat was let in until its person is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import CHOICES, HISTORY
from chalicelib.ports import ChatFacts, Role

_RESTING = """
DELETE FROM chats WHERE role IS NULL
AND (touched <= :choices OR touched <= :history AND model = '' AND assistant = '')
"""


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
            model=row["model"],
            assistant=row["assistant"],
            role=None if row["role"] is None else Role(row["role"]),
        )

    def learn_language(self, chat: Chat, language: str | None, *, now: datetime) -> None:
        """Keep the language of the chat's profile."""
        self._learn(chat, now, language=language, language_known_at=to_micros(now))

    def mark_introduced(self, chat: Chat, *, now: datetime) -> None:
        """Keep that the chat has seen the privacy link."""
        self._learn(chat, now, introduced=1)

    def choose_model(self, chat: Chat, model: str, *, now: datetime) -> None:
        """Keep which model answers; "" is the default again."""
        self._learn(chat, now, model=model)

    def choose_assistant(self, chat: Chat, assistant: str, *, now: datetime) -> None:
        """Keep which assistant answers; "" is the bot itself again."""
        self._learn(chat, now, assistant=assistant)

    def let_in(self, chat: Chat, role: Role, *, now: datetime) -> None:
        """Keep as what a chat was let in."""
        self._learn(chat, now, role=role)

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of the person's private chat; a group's facts are the group's."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM chats WHERE chat = ?", (Chat(ChatKind.USER, user).key,))
        self.db.scrub()

    def purge(self, *, now: datetime) -> None:
        """Erase the facts of chats of which nothing was learned for 30 days, or 400; see above."""
        ends = {"choices": to_micros(now - CHOICES), "history": to_micros(now - HISTORY)}
        with self.db.write() as tx:
            tx.execute(_RESTING, ends)

    def _learn(self, chat: Chat, now: datetime, **told: str | int | None) -> None:
        """Keep what was told (by its columns' names), and when."""
        kept = {**told, "touched": to_micros(now)}
        sets = ", ".join(f"{name} = :{name}" for name in kept)
        with self.db.write() as tx:
            tx.execute(
                f"INSERT INTO chats (chat, {', '.join(kept)})"  # noqa: S608 - our own columns
                f" VALUES (:chat, {', '.join(f':{name}' for name in kept)})"
                f" ON CONFLICT (chat) DO UPDATE SET {sets}",
                {**kept, "chat": chat.key},
            )

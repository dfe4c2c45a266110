"""A few facts about each chat, kept as long as a conversation that nobody goes on with.

What was chosen is kept longer, and as what a chat was let in until its person is forgotten. Until
when all of somebody who left is kept lies apart from the facts, which don't change by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import CHOICES, HISTORY
from chalicelib.ports import ChatFacts, Choice, Role

_NOTHING_CHOSEN = " AND ".join(f"{choice} = ''" for choice in Choice)
_RESTING = f"""
DELETE FROM chats WHERE role IS NULL
AND (touched <= :choices OR touched <= :history AND {_NOTHING_CHOSEN})
"""  # noqa: S608 - our own columns
#: All that a chat is known by but its role; each column has its own value of nothing.
_BARE = f"""
UPDATE chats SET language = NULL, language_known_at = NULL, introduced = 0, human_until = NULL,
{", ".join(f"{choice} = ''" for choice in Choice)} WHERE chat = ?
"""  # noqa: S608 - our own columns
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteChats:
    """`ChatBook` in SQLite."""

    db: Database

    def facts(self, chat: Chat) -> ChatFacts:
        """All that is known; nothing known is a `ChatFacts()`."""
        with self.db.read() as connection:
            row = connection.execute("SELECT * FROM chats WHERE chat = ?", (chat.key,)).fetchone()
        return ChatFacts() if row is None else _facts(row)

    def learn_language(self, chat: Chat, language: str | None, *, now: datetime) -> None:
        """Keep the language of the chat's profile."""
        self._learn(chat, now, language=language, language_known_at=to_micros(now))

    def mark_introduced(self, chat: Chat, *, now: datetime) -> None:
        """Keep that the chat has seen the privacy link."""
        self._learn(chat, now, introduced=1)

    def choose(self, chat: Chat, choice: Choice, value: str, *, now: datetime) -> None:
        """Keep what was chosen in this chat; see `ChatBook.choose`."""
        self._learn(chat, now, **{choice.value: value})

    def hand_over(self, chat: Chat, *, until: datetime | None, now: datetime) -> None:
        """Keep until when people answer here; None gives it back."""
        self._learn(chat, now, human_until=None if until is None else to_micros(until))

    def let_in(self, chat: Chat, role: Role, *, now: datetime) -> None:
        """Keep as what a chat was let in."""
        self._learn(chat, now, role=role)

    def part(self, chat: Chat, *, until: datetime | None, now: datetime) -> None:  # noqa: ARG002 - all rows are few
        """Keep that a person left, and until when all of theirs is kept; None: they are back."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM parted WHERE chat = ?", (chat.key,))
            if until is not None:
                tx.execute("INSERT INTO parted VALUES (?, ?)", (chat.key, to_micros(until)))

    def parted(self, *, now: datetime) -> tuple[Chat, ...]:
        """Private chats whose person left and whose time is over, oldest first."""
        with self.db.read() as connection:
            rows = connection.execute(
                "SELECT chat FROM parted WHERE until <= ? ORDER BY until LIMIT ?",
                (to_micros(now), _MOST),
            ).fetchall()
        return tuple(Chat.parse(row["chat"]) for row in rows)

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of the person's private chat, and that they are a group's keeper.

        The rest of a group's facts is the group's.
        """
        private = Chat(ChatKind.USER, user).key
        with self.db.write() as tx:
            tx.execute("DELETE FROM chats WHERE chat = ?", (private,))
            tx.execute("DELETE FROM parted WHERE chat = ?", (private,))
            tx.execute("UPDATE chats SET keeper = '' WHERE keeper = ?", (user,))
        self.db.scrub()

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know no facts
        """Erase the facts of a chat, but for its role."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM chats WHERE chat = ? AND role IS NULL", (chat.key,))
            tx.execute("DELETE FROM parted WHERE chat = ?", (chat.key,))
            tx.execute(_BARE, (chat.key,))
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


def _facts(row: Row) -> ChatFacts:
    known_at, human_until = row["language_known_at"], row["human_until"]
    return ChatFacts(
        language=row["language"],
        language_known_at=None if known_at is None else to_moment(known_at),
        introduced=bool(row["introduced"]),
        model=row["model"],
        assistant=row["assistant"],
        role=None if row["role"] is None else Role(row["role"]),
        chosen_language=row["chosen_language"],
        listens=bool(row["listens"]),
        remembers=bool(row["remembers"]),
        keeper=row["keeper"],
        human_until=None if human_until is None else to_moment(human_until),
    )

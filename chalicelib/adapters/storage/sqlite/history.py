"""What was said in each chat, for the model's memory.

Lines are written in the transaction that saves a turn's answer, and erased in the one that takes
a message back: there is no moment at which one is done and the other is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection, Row
from typing import Final

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import quotes, rows
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.words import erase_words, keep_words
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import HISTORY
from chalicelib.ports import Said

#: The turn of a line that none holds: it was only overheard.
OF_NO_TURN: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteHistory:
    """`History` in SQLite."""

    db: Database

    def recent(self, chat: Chat, *, limit: int, now: datetime) -> tuple[Said, ...]:
        """The last lines of a chat, newest last, none older than 30 days."""
        with self.db.read() as connection:
            newest = connection.execute(
                "SELECT by_bot, message, user, text FROM history"
                " JOIN words ON words.seq = history.words"
                " WHERE chat = ? AND at > ? ORDER BY at DESC, history.seq DESC LIMIT ?",
                (chat.key, to_micros(now - HISTORY), limit),
            ).fetchall()
        return tuple(rows.said(row) for row in reversed(newest))

    def message(self, chat: Chat, message_id: str) -> Said | None:
        """What one message of the chat said; see `History.message`."""
        with self.db.read() as connection:
            return quotes.find(connection, chat, message_id)

    def clear(self, chat: Chat) -> None:
        """Forget the whole conversation of a chat."""
        with self.db.write() as tx:
            found = tx.execute("SELECT seq, words FROM history WHERE chat = ?", (chat.key,))
            _delete(tx, found.fetchall())
        self.db.scrub()

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - nothing of it
        """Erase a private chat's lines, and in groups the person's lines and their answers.

        That a line was overheard stays known, so that it is not when it is delivered again.
        """
        who = {"chat": Chat(ChatKind.USER, user).key, "user": user}
        with self.db.write() as tx:
            overheard = tx.execute(
                "SELECT seq, words FROM history WHERE user = :user AND turn = '' AND chat <> :chat",
                who,
            )
            _leave_bare(tx, overheard.fetchall())
            answered = tx.execute(
                "SELECT seq, words FROM history WHERE chat = :chat OR user = :user"
                " OR (by_bot = 1 AND turn IN (SELECT turn FROM history WHERE user = :user))",
                who,
            )
            _delete(tx, answered.fetchall())
        self.db.scrub()

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:  # noqa: ARG002 - nothing of it
        """Erase a chat's lines."""
        self.clear(chat)

    def purge(self, *, now: datetime) -> None:
        """Erase what is older than 30 days."""
        with self.db.write() as tx:
            old = (to_micros(now - HISTORY),)
            found = tx.execute("SELECT seq, words FROM history WHERE at <= ?", old)
            _delete(tx, found.fetchall())
        self.db.scrub()


def add(tx: Connection, chat: Chat, turn_id: str, lines: Sequence[Said], *, at: int) -> None:
    """Keep a turn's lines, in the transaction that saves its answer. `at`: microseconds."""
    for line in lines:
        tx.execute(
            "INSERT INTO history (chat, turn, at, by_bot, message, user, words)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                chat.key,
                turn_id,
                at,
                line.by_bot,
                line.message_id or None,
                line.user,
                keep_words(tx, line.text),
            ),
        )


def forget_message(tx: Connection, chat: Chat, message_id: str) -> bool:
    """Forget a message, and the bot's answer to it; True if words were erased."""
    found = tx.execute(
        "SELECT seq, words FROM history WHERE chat = :chat"
        " AND (message = :message OR (by_bot = 1 AND turn IN (SELECT turn FROM history"
        " WHERE chat = :chat AND message = :message AND by_bot = 0)))",
        {"chat": chat.key, "message": message_id},
    )
    return _delete(tx, found.fetchall())


def forget_turn(tx: Connection, turn_id: str) -> bool:
    """Forget all lines of a turn; True if words were erased."""
    found = tx.execute("SELECT seq, words FROM history WHERE turn = ?", (turn_id,))
    return _delete(tx, found.fetchall())


def _leave_bare(tx: Connection, found: Sequence[Row]) -> None:
    numbers = [(row["seq"],) for row in found]
    tx.executemany("UPDATE history SET words = NULL, user = NULL WHERE seq = ?", numbers)
    erase_words(tx, [row["words"] for row in found])


def _delete(tx: Connection, found: Sequence[Row]) -> bool:
    tx.executemany("DELETE FROM history WHERE seq = ?", [(row["seq"],) for row in found])
    return erase_words(tx, [row["words"] for row in found])

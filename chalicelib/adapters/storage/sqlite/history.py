"""What was said in each chat, for the model's memory.

A line that is forgotten loses its words and who said it, but its row stays until its time is
over: a turn that is added again, after a crash, must not bring the words back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.rows import erase_words, keep_words, to_micros
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import HISTORY
from chalicelib.ports import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteHistory:
    """`History` in SQLite."""

    db: Database

    def recent(self, chat: Chat, *, limit: int, now: datetime) -> tuple[Said, ...]:
        """The last lines of a chat, newest last, none older than 30 days."""
        with self.db.read() as connection:
            rows = connection.execute(
                "SELECT by_bot, message, user, text FROM history"
                " JOIN words ON words.seq = history.words"
                " WHERE chat = ? AND at > ? ORDER BY history.seq DESC LIMIT ?",
                (chat.key, to_micros(now - HISTORY), limit),
            ).fetchall()
        return tuple(_said(row) for row in reversed(rows))

    def add(self, chat: Chat, turn_id: str, lines: Sequence[Said], *, now: datetime) -> None:
        """Keep a turn's lines in order; the same turn again changes nothing."""
        with self.db.write() as tx:
            known = "SELECT 1 FROM history WHERE chat = ? AND turn = ?"
            if tx.execute(known, (chat.key, turn_id)).fetchone():
                return
            for line in lines:
                tx.execute(
                    "INSERT INTO history (chat, turn, at, by_bot, message, user, words)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        chat.key,
                        turn_id,
                        to_micros(now),
                        line.by_bot,
                        line.message_id or None,
                        line.user,
                        keep_words(tx, line.text),
                    ),
                )

    def clear(self, chat: Chat) -> None:
        """Forget the whole conversation of a chat."""
        with self.db.write() as tx:
            _blank(tx, tx.execute("SELECT seq, words FROM history WHERE chat = ?", (chat.key,)))
        self.db.scrub()

    def forget_message(self, chat: Chat, message_id: str) -> None:
        """Forget a message, and the bot's answer to it."""
        with self.db.write() as tx:
            _blank(
                tx,
                tx.execute(
                    "SELECT seq, words FROM history WHERE chat = :chat"
                    " AND (message = :message OR (by_bot = 1 AND turn IN (SELECT turn FROM history"
                    " WHERE chat = :chat AND message = :message AND by_bot = 0)))",
                    {"chat": chat.key, "message": message_id},
                ),
            )
        self.db.scrub()

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - nothing of it
        """Erase a private chat's lines, and in groups the person's lines and their answers."""
        with self.db.write() as tx:
            rows = tx.execute(
                "SELECT seq, words FROM history WHERE chat = :chat OR user = :user"
                " OR (by_bot = 1 AND turn IN (SELECT turn FROM history WHERE user = :user))",
                {"chat": Chat(ChatKind.USER, user).key, "user": user},
            )
            _delete(tx, rows.fetchall())
        self.db.scrub()

    def purge(self, *, now: datetime) -> None:
        """Erase what is older than 30 days."""
        with self.db.write() as tx:
            old = (to_micros(now - HISTORY),)
            rows = tx.execute("SELECT seq, words FROM history WHERE at <= ?", old).fetchall()
            _delete(tx, rows)
        self.db.scrub()


def _said(row: Row) -> Said:
    return Said(
        text=json.loads(row["text"]),
        by_bot=bool(row["by_bot"]),
        message_id=row["message"] or "",
        user=row["user"],
    )


def _blank(tx: Connection, rows: Iterable[Row]) -> None:
    found = list(rows)
    erase_words(tx, [row["words"] for row in found])
    tx.executemany(
        "UPDATE history SET words = NULL, message = NULL, user = NULL WHERE seq = ?",
        [(row["seq"],) for row in found],
    )


def _delete(tx: Connection, rows: Iterable[Row]) -> None:
    found = list(rows)
    erase_words(tx, [row["words"] for row in found])
    tx.executemany("DELETE FROM history WHERE seq = ?", [(row["seq"],) for row in found])

"""Buttons in chats: what a tap on an opaque id means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.ports import Button


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteButtons:
    """`ButtonStore` in SQLite."""

    db: Database

    def put(self, buttons: Sequence[Button], *, until: datetime) -> None:
        """Keep buttons until they expire; one that is known already only lives longer."""
        with self.db.write() as tx:
            tx.executemany(
                "INSERT INTO buttons (id, chat, action, subject, page, user, used_by, until)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET until = MAX(until, excluded.until)",
                [
                    (
                        button.id,
                        button.chat.key,
                        button.action,
                        button.subject,
                        button.offset,
                        button.user,
                        button.used_by,
                        to_micros(until),
                    )
                    for button in buttons
                ],
            )

    def get(self, chat: Chat, button_id: str, *, now: datetime) -> Button | None:
        """Find a button of this chat; None when unknown or expired."""
        with self.db.read() as connection:
            row = connection.execute(
                "SELECT * FROM buttons WHERE id = ? AND chat = ? AND until > ?",
                (button_id, chat.key, to_micros(now)),
            ).fetchone()
        if row is None:
            return None
        return Button(
            id=row["id"],
            chat=Chat.parse(row["chat"]),
            action=row["action"],
            subject=row["subject"],
            offset=row["page"],
            user=row["user"],
            used_by=row["used_by"],
        )

    def use(self, chat: Chat, button_id: str, *, by: str, now: datetime) -> bool:
        """Use a button up; the same tap again is True too, another is False."""
        with self.db.write() as tx:
            used = tx.execute(
                "UPDATE buttons SET used_by = :by WHERE id = :id AND chat = :chat AND until > :now"
                " AND (used_by IS NULL OR used_by = :by)",
                {"id": button_id, "chat": chat.key, "by": by, "now": to_micros(now)},
            )
            return used.rowcount == 1

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Erase a private chat's buttons, and in groups those only the person may tap.

        The button by which forgetting was asked stays until it expires: a retry taps it again.
        """
        self._forget(Chat(ChatKind.USER, user), user, keep_turn)

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Erase a chat's buttons, but for the one by which it was asked."""
        self._forget(chat, None, keep_turn)

    def purge(self, *, now: datetime) -> None:
        """Erase what expired."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM buttons WHERE until <= ?", (to_micros(now),))

    def _forget(self, chat: Chat, user: str | None, keep_turn: str) -> None:
        with self.db.write() as tx:
            tx.execute(
                "DELETE FROM buttons WHERE (chat = :chat OR user = :user)"
                " AND (used_by IS NULL"
                " OR used_by NOT IN (SELECT id FROM events WHERE turn = :keep))",
                {"chat": chat.key, "user": user, "keep": keep_turn},
            )
        self.db.scrub()

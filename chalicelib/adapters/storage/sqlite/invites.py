"""Codes that let somebody in; only a digest of each is kept, so that none can be read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.domain.chat import Chat
from chalicelib.domain.digests import digest
from chalicelib.domain.retention import IDS
from chalicelib.ports import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteInvites:
    """`Invites` in SQLite."""

    db: Database

    def issue(self, code: str, role: Role, *, until: datetime) -> None:
        """Keep a code until then, in place of the same one before."""
        with self.db.write() as tx:
            tx.execute(
                "INSERT OR REPLACE INTO invites (code, role, until) VALUES (?, ?, ?)",
                (digest(code), role, to_micros(until)),
            )

    def redeem(self, code: str, *, by: str, now: datetime) -> Role | None:
        """Use a code up; the same message again is let in again, however late."""
        with self.db.write() as tx:
            found = tx.execute(
                "UPDATE invites SET used_by = :by WHERE code = :code"
                " AND (used_by = :by OR (used_by IS NULL AND until > :now)) RETURNING role",
                {"code": digest(code), "by": by, "now": to_micros(now)},
            ).fetchall()
        return Role(found[0]["role"]) if found else None

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Leave the codes: they know the message that used them by its bare id, and nobody."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Leave the codes: they know no chat."""

    def purge(self, *, now: datetime) -> None:
        """Erase what is over, once the message that used it can't come again."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM invites WHERE until <= ?", (to_micros(now - IDS),))

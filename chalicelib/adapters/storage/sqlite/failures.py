"""Turns that were given up: what an operator lists, lets begin anew, or drops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.adapters.storage.sqlite import history
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.rows import turn
from chalicelib.adapters.storage.sqlite.words import erase_words
from chalicelib.domain.chat import Chat
from chalicelib.domain.turns import DROPPED
from chalicelib.ports import GivenUp

_GIVEN_UP = """
SELECT * FROM turns WHERE (state = 'failed' AND COALESCE(cause, '') <> 'dropped'
                           OR state IN ('sent', 'parked') AND cause = 'crashed')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFailures:
    """`Failures` in SQLite."""

    db: Database

    def given_up(self) -> tuple[GivenUp, ...]:
        """All of them, oldest first."""
        with self.db.read() as connection:
            rows = connection.execute(f"{_GIVEN_UP} ORDER BY touched, seq").fetchall()
            return tuple(
                GivenUp(
                    turn=turn(connection, row),
                    cause=row["cause"] or "",
                    at=to_moment(row["touched"]),
                )
                for row in rows
            )

    def revive(self, chat: Chat, turn_id: str, *, now: datetime) -> bool:
        """Let a turn begin anew; see `Failures.revive`."""
        with self.db.write() as tx:
            row = _one(tx, chat, turn_id)
            if row is None or not turn(tx, row).arrivals:
                return False
            tx.execute(
                "UPDATE turns SET state = 'working', attempts = 0, cause = NULL, words = NULL,"
                " unsure = 0, token = NULL, token_until = NULL, lane = NULL, touched = ?"
                " WHERE id = ?",
                (to_micros(now), turn_id),
            )
            erase_words(tx, [row["words"]])
            history.forget_turn(tx, turn_id)
            return True

    def drop(self, chat: Chat, turn_id: str) -> bool:
        """Take a turn off the list."""
        with self.db.write() as tx:
            row = _one(tx, chat, turn_id)
            if row is not None:
                tx.execute("UPDATE turns SET cause = ? WHERE id = ?", (DROPPED, turn_id))
            return row is not None


def _one(tx: Connection, chat: Chat, turn_id: str) -> Row | None:
    found: Row | None = tx.execute(
        f"{_GIVEN_UP} AND id = ? AND chat = ?", (turn_id, chat.key)
    ).fetchone()
    return found

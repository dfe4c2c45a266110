"""Counts against limits, such as answers a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.domain.chat import Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteCounters:
    """`Counters` in SQLite."""

    db: Database

    def spend(
        self,
        amounts: Mapping[str, int],
        limits: Mapping[str, int],
        *,
        until: Mapping[str, datetime],
    ) -> str | None:
        """Add to all counters or to none; see `Counters.spend`."""
        with self.db.write() as tx:
            for key, amount in amounts.items():
                row = tx.execute("SELECT spent FROM counters WHERE key = ?", (key,)).fetchone()
                if (row["spent"] if row else 0) + amount > limits[key]:
                    return key
            tx.executemany(
                "INSERT INTO counters VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET spent = spent + excluded.spent",
                [(key, amount, to_micros(until[key])) for key, amount in amounts.items()],
            )
        return None

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Leave the numbers: they are needed until they end, or limits could be reset at will."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Leave the numbers, as when a person is forgotten."""

    def purge(self, *, now: datetime) -> None:
        """Erase counters that have ended."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM counters WHERE until <= ?", (to_micros(now),))

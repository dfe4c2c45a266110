"""The operator's money: what may be spent, and what was. See `Ledger` for the promises.

A call is one row from its reservation to its record, so that nothing is counted twice; what it
counts against is changed in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.adapters.storage.sqlite import books
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.usages import to_text, to_usage
from chalicelib.domain.chat import Chat
from chalicelib.domain.digests import digest
from chalicelib.domain.ledger import Account, Entry, Reservation, Spent, Standing, UsedUp
from chalicelib.domain.money import Nano
from chalicelib.domain.retention import LEDGER

_OVERDUE = "SELECT * FROM entries WHERE standing = 'held' AND until <= ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteLedger:
    """`Ledger` in SQLite."""

    db: Database

    def reserve(self, reservation: Reservation) -> UsedUp | None:
        """Reserve in all accounts, or in none; see `Ledger.reserve`."""
        with self.db.write() as tx:
            if _standing(tx, reservation.id) is not None:
                return None
            for account in reservation.accounts:
                if reached := books.used_up(tx, account):
                    return reached
            for account in reservation.accounts:
                books.begin(tx, account, reservation.amount, at=reservation.at)
            _hold(tx, reservation)
        return None

    def settle(self, reservation: Reservation, entry: Entry) -> None:
        """Put the real cost in the reservation's place; see `Ledger.settle`."""
        with self.db.write() as tx:
            standing = _standing(tx, reservation.id)
            if standing is Standing.SETTLED:
                return
            held = reservation.amount if standing is Standing.HELD else 0
            owners = [digest(account.key) for account in reservation.accounts]
            _add(tx, owners, reservation.day, entry.cost - held, at=reservation.at)
            _record(tx, reservation, entry)

    def heal(self, *, now: datetime) -> int:
        """Give back what was reserved until now and never settled; returns how many it were."""
        with self.db.write() as tx:
            overdue = tx.execute(_OVERDUE, (to_micros(now),)).fetchall()
            for row in overdue:
                _add(tx, json.loads(row["owners"]), row["day"], -row["amount"], at=now)
                tx.execute(
                    "UPDATE entries SET standing = ?, owners = NULL, amount = NULL WHERE id = ?",
                    (Standing.GIVEN_BACK, row["id"]),
                )
        return len(overdue)

    def spent(self, accounts: Sequence[Account]) -> tuple[Spent, ...]:
        """What each account has spent, in the order given."""
        with self.db.read() as connection:
            return tuple(books.spent(connection, account) for account in accounts)

    def entries(self, days: Sequence[str]) -> Iterator[Entry]:
        """Every settled entry of these local days; see `Ledger.entries`."""
        for day in dict.fromkeys(days):
            with self.db.read() as connection:
                rows = connection.execute(
                    "SELECT * FROM entries WHERE standing = 'settled' AND day = ?", (day,)
                ).fetchall()
            yield from map(_entry, rows)

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Leave the numbers: they name nobody, and budgets could be reset at will."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Leave the numbers, as when a person is forgotten."""

    def purge(self, *, now: datetime) -> None:
        """Erase entries of more than 400 days ago, and accounts whose time is over."""
        with self.db.write() as tx:
            tx.execute("DELETE FROM entries WHERE at <= ?", (to_micros(now - LEDGER),))
            tx.execute("DELETE FROM accounts WHERE until <= ?", (to_micros(now),))


def _standing(tx: Connection, entry_id: str) -> Standing | None:
    row = tx.execute("SELECT standing FROM entries WHERE id = ?", (entry_id,)).fetchone()
    return Standing(row["standing"]) if row else None


def _add(tx: Connection, owners: Sequence[str], day: str, amount: Nano, *, at: datetime) -> None:
    for owner in owners:
        books.add(tx, owner, day, amount, at=at)


def _hold(tx: Connection, reservation: Reservation) -> None:
    tx.execute(
        "INSERT INTO entries (id, standing, day, at, chat, owners, amount, until)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            reservation.id,
            Standing.HELD,
            reservation.day,
            to_micros(reservation.at),
            reservation.chat,
            json.dumps([digest(account.key) for account in reservation.accounts]),
            reservation.amount,
            to_micros(reservation.until),
        ),
    )


def _record(tx: Connection, reservation: Reservation, entry: Entry) -> None:
    """Put the record where the reservation was; what it was for is forgotten."""
    tx.execute(
        "INSERT OR REPLACE INTO entries"
        " (id, standing, day, at, chat, person, model, purpose, usage, cost, late, failed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            reservation.id,
            Standing.SETTLED,
            reservation.day,
            to_micros(entry.at),
            entry.chat,
            entry.person,
            entry.model,
            entry.purpose,
            to_text(entry.usage),
            entry.cost,
            entry.late,
            entry.failed,
        ),
    )


def _entry(row: Row) -> Entry:
    return Entry(
        id=row["id"],
        at=to_moment(row["at"]),
        day=row["day"],
        chat=row["chat"],
        person=row["person"],
        model=row["model"],
        purpose=row["purpose"],
        usage=to_usage(row["usage"]),
        cost=row["cost"],
        late=bool(row["late"]),
        failed=row["failed"],
    )

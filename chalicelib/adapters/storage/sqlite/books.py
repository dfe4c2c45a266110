"""What somebody has spent: money in a day and in its month, calls in a day and in a minute.

Accounts outlive the wish to be forgotten, so an owner is named by a digest.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.digests import digest
from chalicelib.domain.ledger import Account, Spent, UsedUp
from chalicelib.domain.money import Nano
from chalicelib.domain.retention import ACCOUNTS

#: Calls in a minute are counted no longer than it lasts, whatever the clocks of others say.
_MINUTE: Final = timedelta(hours=1)


def begin(tx: Connection, account: Account, amount: Nano, *, at: datetime) -> None:
    """Count a call that begins, and what is reserved for it."""
    owner = digest(account.key)
    calls = int(account.counts)
    add(tx, owner, account.day, amount, at=at, calls=calls)
    if account.a_minute is not None:
        _add(tx, owner, account.minute, 0, calls=calls, until=at + _MINUTE)


def add(
    tx: Connection, owner: str, day: str, amount: Nano, *, at: datetime, calls: int = 0
) -> None:
    """Add money to a day and its month, or take it away; owner: a digest."""
    _add(tx, owner, day, amount, calls=calls, until=at + ACCOUNTS)
    _add(tx, owner, day[:7], amount, calls=0, until=at + ACCOUNTS)


def spent(connection: Connection, account: Account) -> Spent:
    """Tell what is spent, reservations included."""
    day, answers = _amount_and_calls(connection, account, account.day)
    month, _ = _amount_and_calls(connection, account, account.month)
    return Spent(day=day, month=month, answers=answers)


def used_up(connection: Connection, account: Account) -> UsedUp | None:
    """Tell what keeps a call from beginning."""
    _, this_minute = _amount_and_calls(connection, account, account.minute)
    return account.used_up(spent(connection, account), this_minute=this_minute)


def _amount_and_calls(connection: Connection, account: Account, period: str) -> tuple[Nano, int]:
    row = connection.execute(
        "SELECT amount, calls FROM accounts WHERE owner = ? AND period = ?",
        (digest(account.key), period),
    ).fetchone()
    return (row["amount"], row["calls"]) if row else (0, 0)


def _add(
    tx: Connection, owner: str, period: str, amount: Nano, *, calls: int, until: datetime
) -> None:
    tx.execute(
        "INSERT INTO accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, period) DO UPDATE SET"
        " amount = amount + excluded.amount, calls = calls + excluded.calls,"
        " until = MAX(until, excluded.until)",
        (owner, period, amount, calls, to_micros(until)),
    )

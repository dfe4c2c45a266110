"""Who may change a lane of a chat.

A worker that stalls past its lease's end does not know it. So every write of a worker checks, in
the same transaction, that the lease is still its own: the number (fence) a lease was given is
never given again, and the row is gone once the lease was released.
"""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Connection

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Lease


def grant(
    tx: Connection, chat: Chat, lane: Lane, *, until: datetime, now: datetime
) -> Lease | None:
    """Give the lane to who asks, unless somebody's lease has not ended yet."""
    key = (chat.key, lane)
    row = tx.execute("SELECT until FROM leases WHERE chat = ? AND lane = ?", key).fetchone()
    if row is not None and row["until"] > to_micros(now):
        return None
    tx.execute("UPDATE fence SET last = last + 1")
    (fence,) = tx.execute("SELECT last FROM fence").fetchone()
    tx.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", (*key, fence, to_micros(until)))
    return Lease(chat=chat, lane=lane, fence=fence)


def check(tx: Connection, lease: Lease) -> None:
    """Let only the owner go on. Raises LeaseLost."""
    own = "SELECT 1 FROM leases WHERE chat = ? AND lane = ? AND fence = ?"
    if tx.execute(own, (lease.chat.key, lease.lane, lease.fence)).fetchone() is None:
        raise LeaseLost(f"lane {lease.lane} has a new owner since fence {lease.fence}")


def give_back(tx: Connection, lease: Lease) -> None:
    """Free the lane, if it is still this lease's."""
    tx.execute(
        "DELETE FROM leases WHERE chat = ? AND lane = ? AND fence = ?",
        (lease.chat.key, lease.lane, lease.fence),
    )

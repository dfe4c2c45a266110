"""Messages that say something else by now.

LINE delivers edits late, again and out of order, as it does everything. So it is kept which edit of
a message happened last, for as long as an older one, or the message itself, may still come.
"""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Connection

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import overhearing, waiting, withdrawals
from chalicelib.domain.events import TextEdited

_ASKED = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM events WHERE chat = :chat AND message = :message
                       AND state IN ('waiting', 'held', 'unreadable'))
OR EXISTS (SELECT 1 FROM history WHERE chat = :chat AND message = :message AND turn <> '')
"""


def edit(
    tx: Connection, event: TextEdited, *, asks: bool, origin: str, now: datetime
) -> tuple[bool, bool]:
    """Put an edit in its message's place; see `Door.edit`.

    Tells whether it waits for a worker, and whether words were erased.
    """
    if _is_late(tx, event):
        return False, False
    if asks or _asked(tx, event):
        erased = withdrawals.erase(tx, event.chat, event.message_id, now=now)
        _mark(tx, event, now=now)
        waiting.let_wait(tx, event, origin=origin, now=now)
        return True, erased
    if overhearing.is_line(tx, event.chat, event.message_id):
        _mark(tx, event, now=now)
        overhearing.rewrite(tx, event)
        return False, True
    return False, False


def _is_late(tx: Connection, event: TextEdited) -> bool:
    """Tell whether the message was taken back, or edited once more since, or just so."""
    newer = tx.execute(
        "SELECT 1 FROM edits WHERE chat = ? AND message = ? AND at >= ?",
        (event.chat.key, event.message_id, event.at),
    )
    return withdrawals.is_buried(tx, event.chat, event.message_id) or newer.fetchone() is not None


def _asked(tx: Connection, event: TextEdited) -> bool:
    """Tell whether what the message said before was a question to the bot."""
    message = {"chat": event.chat.key, "message": event.message_id}
    return tx.execute(_ASKED, message).fetchone() is not None


def _mark(tx: Connection, event: TextEdited, *, now: datetime) -> None:
    tx.execute(
        "INSERT OR REPLACE INTO edits VALUES (?, ?, ?, ?)",
        (event.chat.key, event.message_id, event.at, to_micros(now)),
    )

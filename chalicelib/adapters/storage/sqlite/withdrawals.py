"""Messages that were taken back.

An unsend may come before its message, while it waits, while it is answered or long after. In
each case its words must go at once, and an answer that may repeat them goes too. What shared a
turn with it is not lost: it waits again, for a turn of its own.
"""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Connection

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import history
from chalicelib.adapters.storage.sqlite.words import erase_words
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Unsent
from chalicelib.domain.turns import State

_UNDECIDED = (State.WORKING, State.ANSWERED, State.PARKED)


def is_buried(tx: Connection, chat: Chat, message_id: str | None) -> bool:
    """Tell whether a message was taken back before it came."""
    found = tx.execute(
        "SELECT 1 FROM tombstones WHERE chat = ? AND message = ?", (chat.key, message_id)
    )
    return found.fetchone() is not None


def withdraw(tx: Connection, unsent: Unsent, *, now: datetime) -> bool:
    """Take a message back wherever it is, history included; True if words were erased."""
    message = (unsent.chat.key, unsent.message_id)
    tx.execute("INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)", (*message, to_micros(now)))
    rows = tx.execute(
        "SELECT seq, turn, words FROM events"
        " WHERE chat = ? AND message = ? AND state IN ('waiting', 'held', 'unreadable')",
        message,
    ).fetchall()
    erased = erase_words(tx, [row["words"] for row in rows])
    erased |= history.forget_message(tx, unsent.chat, unsent.message_id)
    for row in rows:
        tx.execute(
            "UPDATE events SET state = 'withdrawn', words = NULL WHERE seq = ?", (row["seq"],)
        )
    for turn_id in {row["turn"] for row in rows} - {None}:
        erased |= _withdraw_answer(tx, turn_id, now=now)
    return erased


def _withdraw_answer(tx: Connection, turn_id: str, *, now: datetime) -> bool:
    row = tx.execute("SELECT state, words FROM turns WHERE id = ?", (turn_id,)).fetchone()
    if row is None:
        return False
    tx.execute("UPDATE turns SET words = NULL, unsure = 0 WHERE id = ?", (turn_id,))
    if row["state"] in _UNDECIDED:
        tx.execute(
            "UPDATE turns SET state = 'withdrawn', touched = ? WHERE id = ?",
            (to_micros(now), turn_id),
        )
        tx.execute(
            "UPDATE events SET state = 'waiting', turn = NULL WHERE turn = ? AND state = 'held'",
            (turn_id,),
        )
        history.forget_turn(tx, turn_id)
    return erase_words(tx, [row["words"]])

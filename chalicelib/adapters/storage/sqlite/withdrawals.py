"""Messages that were taken back, or say something else by now.

An unsend may come before its message, while it waits, while it is answered or long after; an edit
likewise. In each case the message's words must go at once, and an answer that may repeat them goes
too. What shared a turn with it is not lost: it waits again, for a turn of its own.
"""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Connection

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import history
from chalicelib.adapters.storage.sqlite.words import erase_words
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Event, Unsent, message_id_of
from chalicelib.domain.turns import State

_UNDECIDED = (State.WORKING, State.ANSWERED, State.PARKED)


def is_buried(tx: Connection, chat: Chat, message_id: str) -> bool:
    """Tell whether a message was taken back."""
    found = tx.execute(
        "SELECT 1 FROM tombstones WHERE chat = ? AND message = ?", (chat.key, message_id)
    )
    return found.fetchone() is not None


def is_past(tx: Connection, event: Event) -> bool:
    """Tell whether what an event says is past as it comes: taken back, or edited since."""
    message = message_id_of(event)
    if message is None:
        return False
    edited = tx.execute(
        "SELECT 1 FROM edits WHERE chat = ? AND message = ?", (event.chat.key, message)
    )
    return is_buried(tx, event.chat, message) or edited.fetchone() is not None


def withdraw(tx: Connection, unsent: Unsent, *, now: datetime) -> bool:
    """Take a message back, with a tombstone in its place; True if words were erased."""
    message = (unsent.chat.key, unsent.message_id)
    tx.execute("INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)", (*message, to_micros(now)))
    return erase(tx, unsent.chat, unsent.message_id, now=now)


def erase(tx: Connection, chat: Chat, message_id: str, *, now: datetime) -> bool:
    """Erase a message wherever it is, history included; True if words were erased."""
    message = (chat.key, message_id)
    rows = tx.execute(
        "SELECT seq, turn, words FROM events"
        " WHERE chat = ? AND message = ? AND state IN ('waiting', 'held', 'unreadable')",
        message,
    ).fetchall()
    erased = erase_words(tx, [row["words"] for row in rows])
    erased |= history.forget_message(tx, chat, message_id)
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

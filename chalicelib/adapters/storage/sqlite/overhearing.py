"""What a group says among itself, where it lets the bot remember it: lines that no turn holds.

Such a line is one of the history's, whose `turn` is empty. Should its message ask something of the
bot after all, it goes to the inbox and leaves the history, to which it comes back with its answer.
"""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Connection

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import history, withdrawals
from chalicelib.adapters.storage.sqlite.words import erase_words, keep_words
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Event, TextSent, message_id_of
from chalicelib.ports import Said

_KNOWN = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM events WHERE chat = :chat AND message = :message)
OR EXISTS (SELECT 1 FROM history WHERE chat = :chat AND message = :message)
"""


def overhear(tx: Connection, event: TextSent, *, now: datetime) -> None:
    """Keep a message as a line, once; see `Door.overhear`."""
    message = {"chat": event.chat.key, "message": event.message_id}
    if withdrawals.is_past(tx, event) or tx.execute(_KNOWN, message).fetchone():
        return
    line = Said(text=event.text, by_bot=False, message_id=event.message_id, user=event.user)
    history.add(tx, event.chat, history.OF_NO_TURN, [line], at=to_micros(now))


def is_line(tx: Connection, chat: Chat, message_id: str) -> bool:
    """Tell whether a message is such a line."""
    return _words(tx, chat, message_id) is not None


def rewrite(tx: Connection, event: TextSent) -> None:
    """Put other words in the place of a message's."""
    erase_words(tx, [_words(tx, event.chat, event.message_id)])
    tx.execute(
        "UPDATE history SET words = ? WHERE chat = ? AND message = ? AND turn = ''",
        (keep_words(tx, event.text), event.chat.key, event.message_id),
    )


def forget(tx: Connection, event: Event) -> None:
    """Forget the line that the event's message is, if it is one."""
    message = message_id_of(event)
    if message is not None:
        erase_words(tx, [_words(tx, event.chat, message)])
        tx.execute(
            "DELETE FROM history WHERE chat = ? AND message = ? AND turn = ''",
            (event.chat.key, message),
        )


def _words(tx: Connection, chat: Chat, message_id: str) -> int | None:
    """The number of such a line's words; None where there is none, or it was forgotten."""
    row = tx.execute(
        "SELECT words FROM history WHERE chat = ? AND message = ? AND turn = ''",
        (chat.key, message_id),
    ).fetchone()
    return None if row is None else row["words"]

"""Which message said what: a person's, or the bot's, so that a quoted one is understood.

LINE tells only the quoted message's id. A message of the bot's is known by the turn whose answer it
showed. Its words are the answer's while those are kept, then what the history remembers of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.sqlite import rows
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import TextSent
from chalicelib.domain.spoken import said
from chalicelib.ports import Said, Shown

#: What is shown, as far as its turn is there.
_KEEP = (
    "INSERT OR REPLACE INTO shown (chat, message, turn, place, at)"
    " SELECT chat, ?, id, ?, touched FROM turns WHERE id = ? AND chat = ?"
)


def keep(tx: Connection, chat: Chat, token: str, shown: Sequence[Shown]) -> None:
    """Keep which messages show the answers that are being sent by a token."""
    tx.executemany(
        f"{_KEEP} AND state = 'sending' AND token = ?",
        [(one.message_id, one.place, one.turn_id, chat.key, token) for one in shown],
    )


def keep_again(tx: Connection, chat: Chat, shown: Sequence[Shown]) -> None:
    """Keep which messages show answers once more, as far as those are still kept."""
    tx.executemany(
        f"{_KEEP} AND words IS NOT NULL",
        [(one.message_id, one.place, one.turn_id, chat.key) for one in shown],
    )


def is_own(connection: Connection, chat: Chat, message_id: str) -> bool:
    """Tell whether a message is the bot's."""
    return _shown(connection, chat, message_id) is not None


def find(connection: Connection, chat: Chat, message_id: str) -> Said | None:
    """Find what a message said; see `History.message`."""
    shown = _shown(connection, chat, message_id)
    if shown is not None:
        text = _answered(connection, shown)
        return Said(text=text, by_bot=True, message_id=message_id) if text.strip() else None
    found = _sent(connection, chat, message_id) or _line(connection, chat, message_id)
    return found if found is not None and found.text.strip() else None


def _shown(connection: Connection, chat: Chat, message_id: str) -> Row | None:
    found: Row | None = connection.execute(
        "SELECT turn, place FROM shown WHERE chat = ? AND message = ?", (chat.key, message_id)
    ).fetchone()
    return found


def _answered(connection: Connection, shown: Row) -> str:
    row = connection.execute("SELECT words FROM turns WHERE id = ?", (shown["turn"],)).fetchone()
    answer = None if row is None else rows.answer(connection, row["words"])
    if answer is not None:
        return "".join(said(one) for one in answer.messages[shown["place"] :][:1])
    lines = connection.execute(
        "SELECT text FROM history JOIN words ON words.seq = history.words"
        " WHERE turn = ? AND by_bot = 1 ORDER BY history.seq",
        (shown["turn"],),
    )
    return "\n".join(json.loads(line["text"]) for line in lines)


def _sent(connection: Connection, chat: Chat, message_id: str) -> Said | None:
    found = connection.execute(
        "SELECT received, origin, text FROM events JOIN words ON words.seq = events.words"
        " WHERE chat = ? AND message = ?",
        (chat.key, message_id),
    ).fetchone()
    arrival = None if found is None else rows.arrival(found)
    if arrival is None or not isinstance(arrival.event, TextSent):
        return None
    event = arrival.event
    return Said(text=event.text, by_bot=False, message_id=message_id, user=event.user)


def _line(connection: Connection, chat: Chat, message_id: str) -> Said | None:
    found = connection.execute(
        "SELECT by_bot, message, user, text FROM history JOIN words ON words.seq = history.words"
        " WHERE chat = ? AND message = ? ORDER BY history.seq DESC",
        (chat.key, message_id),
    ).fetchone()
    return None if found is None else rows.said(found)

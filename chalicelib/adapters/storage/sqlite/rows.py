"""Rows to values and back.

What a newer version wrote and this one cannot read is left out rather than raised, so that one odd
row never blocks a chat.
"""

from __future__ import annotations

import json
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.moments import to_moment
from chalicelib.domain import events, messages
from chalicelib.domain.chat import Chat
from chalicelib.domain.messages import Answer
from chalicelib.domain.turns import Arrival, Sending, State, Turn
from chalicelib.ports import Said

_UNREADABLE = (KeyError, TypeError, ValueError, IndexError)


def arrival(row: Row) -> Arrival | None:
    """Read an event's row, joined with its words' `text`; None where it cannot be read."""
    try:
        event = events.from_record(json.loads(row["text"]))
    except _UNREADABLE:
        return None
    return Arrival(event=event, received=to_moment(row["received"]), origin=row["origin"] or "")


def arrivals(connection: Connection, turn_id: str) -> tuple[Arrival, ...]:
    """Read what is left of a turn's events, oldest first."""
    rows = connection.execute(
        "SELECT received, origin, text FROM events JOIN words ON words.seq = events.words"
        " WHERE turn = ? ORDER BY at, events.seq",
        (turn_id,),
    ).fetchall()
    return tuple(found for found in map(arrival, rows) if found is not None)


def turn(connection: Connection, row: Row) -> Turn:
    """Read a whole turn."""
    return Turn(
        id=row["id"],
        chat=Chat.parse(row["chat"]),
        state=State(row["state"]),
        attempts=row["attempts"],
        arrivals=arrivals(connection, row["id"]),
        answer=answer(connection, row["words"]),
        sending=_sending(row),
        unsure=bool(row["unsure"]),
    )


def said(row: Row) -> Said:
    """Read a line of the history, joined with its words' `text`."""
    return Said(
        text=json.loads(row["text"]),
        by_bot=bool(row["by_bot"]),
        message_id=row["message"] or "",
        user=row["user"],
    )


def answer(connection: Connection, number: int | None) -> Answer | None:
    """Read an answer by the number of its words; None where they are gone, or can't be read."""
    found = connection.execute("SELECT text FROM words WHERE seq = ?", (number,)).fetchone()
    if found is None:
        return None
    try:
        return messages.from_record(json.loads(found["text"]))
    except _UNREADABLE:
        return None


def _sending(row: Row) -> Sending | None:
    if row["token"] is None or row["token_until"] is None:
        return None
    return Sending(token=row["token"], until=to_moment(row["token_until"]))

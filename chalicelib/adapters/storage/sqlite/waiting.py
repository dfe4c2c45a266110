"""Events that no turn holds yet: how they come in, and in which order they wait.

LINE may deliver late and out of order, so what waits is ordered by when it happened; what
happened at the same moment, by when it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import overhearing, withdrawals
from chalicelib.adapters.storage.sqlite.rows import arrival
from chalicelib.adapters.storage.sqlite.words import keep_words
from chalicelib.domain import events
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Event, Lane, message_id_of
from chalicelib.domain.turns import Arrival


def insert(tx: Connection, event: Event, *, origin: str, now: datetime) -> None:
    """Let an event wait; keep only its id where its message was taken back or edited before."""
    if withdrawals.is_past(tx, event):
        _insert(tx, event, "withdrawn", None, origin=origin, now=now)
    else:
        let_wait(tx, event, origin=origin, now=now)


def let_wait(tx: Connection, event: Event, *, origin: str, now: datetime) -> None:
    """Let an event wait, whatever was said before; a line that was only overheard it takes over."""
    overhearing.forget(tx, event)
    words = keep_words(tx, events.to_record(event))
    _insert(tx, event, "waiting", words, origin=origin, now=now)


def _insert(
    tx: Connection, event: Event, state: str, words: int | None, *, origin: str, now: datetime
) -> None:
    tx.execute(
        "INSERT INTO events (id, state, received, origin, chat, lane, user, message, token, at,"
        " words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.id,
            state,
            to_micros(now),
            origin,
            event.chat.key,
            event.lane,
            event.user,
            message_id_of(event),
            event.token,
            event.at,
            words,
        ),
    )


def came_again(tx: Connection, event: Event, *, origin: str, now: datetime) -> bool:
    """Tell whether an event is known; its token is renewed then, as long as it is of use.

    An answer that was parked because the token had died is sent by it after all.
    """
    known = tx.execute("SELECT 1 FROM events WHERE id = ?", (event.id,)).fetchone() is not None
    if known:
        _renew_receipt(tx, event.id, origin=origin, now=now)
    return known


def _renew_receipt(tx: Connection, event_id: str, *, origin: str, now: datetime) -> None:
    renewed = tx.execute(
        "UPDATE events SET received = ?, origin = ? WHERE id = ?"
        " AND (state = 'waiting' OR state = 'held' AND turn IN"
        " (SELECT id FROM turns WHERE state IN ('working', 'answered', 'parked')))"
        " AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.token = events.token)",
        (to_micros(now), origin, event_id),
    )
    if renewed.rowcount:
        tx.execute(
            "UPDATE turns SET state = 'answered', attempts = 0 WHERE state = 'parked' AND id ="
            " (SELECT turn FROM events WHERE id = ?)",
            (event_id,),
        )


def in_lane(connection: Connection, chat: Chat, lane: Lane, *, limit: int = -1) -> list[Row]:
    """Read the rows of what waits in a lane, oldest first."""
    return connection.execute(
        "SELECT events.seq, received, origin, text FROM events"
        " LEFT JOIN words ON words.seq = events.words"
        " WHERE state = 'waiting' AND chat = ? AND lane = ? ORDER BY at, events.seq LIMIT ?",
        (chat.key, lane, limit),
    ).fetchall()


def divide(rows: Iterable[Row]) -> tuple[tuple[Arrival, ...], list[int]]:
    """Part what can be read from the numbers of rows that cannot."""
    pairs = [(row["seq"], arrival(row)) for row in rows]
    readable = tuple(found for _, found in pairs if found is not None)
    return readable, [seq for seq, found in pairs if found is None]


def set_aside(tx: Connection, odd: Iterable[int]) -> None:
    """Take rows that cannot be read out of everybody's way."""
    tx.executemany("UPDATE events SET state = 'unreadable' WHERE seq = ?", [(seq,) for seq in odd])

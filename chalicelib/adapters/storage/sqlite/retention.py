"""How long events and turns are kept, and how a person or a chat is forgotten.

The promise of the privacy page: words go 24 hours after they were answered; what was never shown
goes after 7 days; ids stay 7 days, so that a redelivery is not answered again; what waits is kept
until it is answered. When a turn was finished is counted from when it was last taken or sent. Which
messages are the bot's own is known as long as the history.

Erasing takes many small transactions, because a webhook may be waiting for its turn to write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from sqlite3 import Connection

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.words import drop_blanks, erase_words
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.retention import HISTORY, IDS, WORDS

#: How many turns or events one transaction erases.
_STEP = 100

_ANSWERED = """
SELECT id FROM turns WHERE state IN ('sent', 'failed', 'withdrawn') AND touched <= ?
AND (words IS NOT NULL
     OR EXISTS (SELECT 1 FROM events WHERE turn = turns.id AND events.words IS NOT NULL))
"""
_FINISHED = """
SELECT id FROM turns WHERE touched <= ?
AND state IN ('sent', 'failed', 'withdrawn', 'parked', 'sending')
"""
_PASSED_BY = """
SELECT id FROM events WHERE state IN ('done', 'unreadable') AND received <= ?
AND words IS NOT NULL
"""
_OLD_IDS = """
DELETE FROM events WHERE received <= ? AND state <> 'waiting'
AND (turn IS NULL OR turn NOT IN (SELECT id FROM turns))
"""
_TURNS_OF = """
SELECT id FROM turns WHERE id <> :keep
AND (chat = :chat OR id IN (SELECT turn FROM events WHERE user = :user))
"""
_EVENTS_OF = """
SELECT id FROM events WHERE (chat = :chat OR user = :user) AND turn IS NOT :keep
AND NOT (state = 'waiting'
         AND at > COALESCE((SELECT MAX(at) FROM events WHERE turn = :keep), at))
"""


def purge(db: Database, *, now: datetime) -> None:
    """Erase what is older than promised: events, turns, and all that is known by ids alone."""
    day, week = (to_micros(now - WORDS),), (to_micros(now - IDS),)
    for ids in _steps(db, _ANSWERED, day):
        with db.write() as tx:
            _erase_turns(tx, ids)
    for ids in _steps(db, _FINISHED, week):
        with db.write() as tx:
            _delete_turns(tx, ids)
    for ids in _steps(db, _PASSED_BY, day):
        with db.write() as tx:
            _erase_events(tx, ids)
    with db.write() as tx:
        tx.execute(_OLD_IDS, week)
        tx.execute("DELETE FROM claims WHERE at <= ?", week)
        tx.execute("DELETE FROM tombstones WHERE at <= ?", week)
        tx.execute("DELETE FROM edits WHERE came <= ?", week)
        tx.execute("DELETE FROM shown WHERE at <= ?", (to_micros(now - HISTORY),))
        tx.execute("DELETE FROM leases WHERE until <= ?", week)
        drop_blanks(tx)
    db.scrub()


def forget_person(db: Database, user: str, *, keep_turn: str) -> None:
    """Erase the events and turns of a person, in every chat, but for the turn that asks it.

    Whoever is answering one of them finds it withdrawn, or the lease lost. The events' bare ids
    stay, so that none is answered when it is delivered again. What they wrote since then waits on.
    """
    _forget(db, Chat(ChatKind.USER, user), user, keep_turn=keep_turn)


def forget_chat(db: Database, chat: Chat, *, keep_turn: str) -> None:
    """Erase the events and turns of a chat, but for the turn that asks it, as of a person."""
    _forget(db, chat, None, keep_turn=keep_turn)


def _forget(db: Database, chat: Chat, user: str | None, *, keep_turn: str) -> None:
    """Forget a whole chat, and what a person sent elsewhere."""
    who = {"user": user, "chat": chat.key, "keep": keep_turn}
    for ids in _steps(db, _TURNS_OF, who):
        with db.write() as tx:
            _delete_turns(tx, ids)
    for ids in _steps(db, _EVENTS_OF, who):
        with db.write() as tx:
            _erase_events(tx, ids)
            tx.executemany(
                "UPDATE events SET state = 'forgotten', origin = NULL, chat = NULL, lane = NULL,"
                " user = NULL, message = NULL, token = NULL, at = NULL, turn = NULL WHERE id = ?",
                [(one,) for one in ids],
            )
    with db.write() as tx:
        for table in ("tombstones", "edits", "shown"):
            tx.execute(f"DELETE FROM {table} WHERE chat = :chat", who)  # noqa: S608 - our own names
        tx.execute(
            "DELETE FROM leases WHERE chat = :chat"
            " AND NOT EXISTS (SELECT 1 FROM turns WHERE id = :keep AND chat = :chat)",
            who,
        )
    db.scrub()


def _steps(
    db: Database, query: str, arguments: tuple[int] | dict[str, str | None]
) -> Iterator[Sequence[str]]:
    with db.read() as connection:
        ids = [row["id"] for row in connection.execute(query, arguments)]
    for start in range(0, len(ids), _STEP):
        yield ids[start : start + _STEP]


def _erase_turns(tx: Connection, ids: Sequence[str]) -> None:
    """Erase the answers of turns and the words of their events; the rows stay."""
    for turn_id in ids:
        row = tx.execute("SELECT words FROM turns WHERE id = ?", (turn_id,)).fetchone()
        held = tx.execute("SELECT id FROM events WHERE turn = ?", (turn_id,)).fetchall()
        erase_words(tx, [row["words"]] if row else [])
        tx.execute("UPDATE turns SET words = NULL, unsure = 0 WHERE id = ?", (turn_id,))
        _erase_events(tx, [event["id"] for event in held])


def _delete_turns(tx: Connection, ids: Sequence[str]) -> None:
    _erase_turns(tx, ids)
    tx.executemany("DELETE FROM turns WHERE id = ?", [(one,) for one in ids])


def _erase_events(tx: Connection, ids: Sequence[str]) -> None:
    for event_id in ids:
        row = tx.execute("SELECT words FROM events WHERE id = ?", (event_id,)).fetchone()
        erase_words(tx, [row["words"]] if row else [])
        tx.execute("UPDATE events SET words = NULL WHERE id = ?", (event_id,))

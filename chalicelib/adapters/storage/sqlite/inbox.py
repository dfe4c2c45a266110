"""The inbox: each event once, and one worker a chat.

An event's row lives through: `waiting` (no turn holds it), `held` (by `turn`), `done` (a tap that
was finished), `withdrawn` (taken back), `unreadable` (written by a newer version) and `forgotten`
(only its id is left, so that a redelivery is still known).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import (
    edits,
    leases,
    overhearing,
    quotes,
    retention,
    waiting,
    withdrawals,
)
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.rows import turn
from chalicelib.domain.bursts import IsCommand, gather
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Event, Lane, TextEdited, TextSent, Unsent
from chalicelib.domain.turns import Arrival, Lease, State, Turn, Wait

#: How many waiting events are looked at for one turn: a longer burst makes several turns.
LONGEST_BURST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteInbox:
    """`Inbox` in SQLite; as `Forgetful` it forgets for the outbox too, which shares its rows.

    new_id: makes ids of turns, never the same twice.
    """

    db: Database
    new_id: Callable[[], str]
    is_command: IsCommand

    def accept(self, event: Event, *, origin: str, now: datetime) -> bool:
        """Store an event durably, once by its id; see `Door.accept`."""
        if isinstance(event, Unsent):
            return self._withdraw(event, now=now)
        if isinstance(event, TextEdited):
            return self.edit(event, asks=True, origin=origin, now=now)
        with self.db.write(durable=True) as tx:
            new = not waiting.came_again(tx, event, origin=origin, now=now)
            if new:
                waiting.insert(tx, event, origin=origin, now=now)
        return new

    def edit(self, event: TextEdited, *, asks: bool, origin: str, now: datetime) -> bool:
        """Put an edit in its message's place; see `Door.edit`."""
        with self.db.write(durable=True) as tx:
            if waiting.came_again(tx, event, origin=origin, now=now):
                return False
            waits, erased = edits.edit(tx, event, asks=asks, origin=origin, now=now)
        if erased:
            self.db.scrub()
        return waits

    def overhear(self, event: TextSent, *, now: datetime) -> None:
        """Keep a message as a line of its group's history; see `Door.overhear`."""
        with self.db.write(durable=True) as tx:
            overhearing.overhear(tx, event, now=now)

    def is_own(self, chat: Chat, message_id: str) -> bool:
        """Tell whether a message of the chat is one of the bot's answers."""
        with self.db.read() as connection:
            return quotes.is_own(connection, chat, message_id)

    def lease(self, chat: Chat, lane: Lane, *, until: datetime, now: datetime) -> Lease | None:
        """Become the only owner of a chat's lane; see `Inbox.lease`."""
        with self.db.write() as tx:
            return leases.grant(tx, chat, lane, until=until, now=now)

    def release(self, lease: Lease) -> None:
        """Give a lease back; one that was lost is left alone."""
        with self.db.write() as tx:
            leases.give_back(tx, lease)

    def break_leases(self) -> None:
        """Let every lease lapse."""
        with self.db.write() as tx:
            tx.execute("UPDATE leases SET until = 0")

    def take(self, lease: Lease, *, now: datetime) -> Turn | Wait | None:
        """Take the chat's next turn and count the attempt; see `Inbox.take`.

        A turn that cannot go on is closed on the way: none of its events can be read, or it was
        left `sending` an answer that was erased since.
        """
        with self.db.write() as tx:
            leases.check(tx, lease)
            left = _resume(tx, lease.chat, now=now)
            if left is not None:
                return left
            while rows := waiting.in_lane(tx, lease.chat, Lane.TURNS, limit=LONGEST_BURST):
                readable, odd = waiting.divide(rows)
                waiting.set_aside(tx, odd)
                if readable:
                    found = gather(readable, now=now, is_command=self.is_command)
                    return found if isinstance(found, Wait) else self._freeze(tx, found, now)
            return None

    def taps(self, lease: Lease) -> tuple[Arrival, ...]:
        """Taps that wait in lane `TAPS`, oldest first."""
        with self.db.read() as connection:
            readable, odd = waiting.divide(waiting.in_lane(connection, lease.chat, Lane.TAPS))
        if odd:
            with self.db.write() as tx:
                waiting.set_aside(tx, odd)
        return readable

    def finish_tap(self, lease: Lease, event_id: str) -> None:
        """Mark a tap as done. Raises LeaseLost.

        What its token may still be sending is over then: sent, as far as is known.
        """
        with self.db.write() as tx:
            leases.check(tx, lease)
            tap = (event_id, lease.chat.key)
            tx.execute(
                "UPDATE turns SET state = 'sent', unsure = (words IS NOT NULL)"
                " WHERE state = 'sending' AND lane = 'taps'"
                " AND (token, chat) IN (SELECT token, chat FROM events WHERE id = ? AND chat = ?)",
                tap,
            )
            tx.execute(
                "UPDATE events SET state = 'done' WHERE id = ? AND chat = ? AND lane = 'taps'"
                " AND state = 'waiting'",
                tap,
            )

    def waiting(self, chat: Chat) -> tuple[Arrival, ...]:
        """Events in lane `TURNS` that no turn holds yet, oldest first."""
        with self.db.read() as connection:
            return waiting.divide(waiting.in_lane(connection, chat, Lane.TURNS))[0]

    def unfinished(self, chat: Chat) -> tuple[Turn, ...]:
        """Turns that a worker took and nobody has finished; see `Inbox.unfinished`."""
        with self.db.read() as connection:
            return tuple(turn(connection, row) for row in _begun(connection, chat))

    def has_work(self, chat: Chat, lane: Lane) -> bool:
        """Tell whether a worker would find anything to do in this lane."""
        with self.db.read() as connection:
            found = connection.execute(f"{_WORK} WHERE chat = ? AND lane = ?", (chat.key, lane))
            return found.fetchone() is not None

    def chats_with_work(self) -> tuple[tuple[Chat, Lane], ...]:
        """Every lane in which something waits or was left unfinished, oldest first."""
        with self.db.read() as connection:
            rows = connection.execute(f"{_WORK} GROUP BY chat, lane ORDER BY MIN(since)").fetchall()
        return tuple((Chat.parse(row["chat"]), Lane(row["lane"])) for row in rows)

    def depth(self) -> int:
        """How many events wait or are being answered; a turn under way counts as one."""
        with self.db.read() as connection:
            (count,) = connection.execute(
                "SELECT (SELECT COUNT(*) FROM events WHERE state = 'waiting')"
                " + (SELECT COUNT(*) FROM turns WHERE state IN ('working', 'answered')"
                " OR (state = 'sending' AND lane = 'turns'))"
            ).fetchone()
        return int(count)

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Erase a person's events and turns; see `retention`."""
        retention.forget_person(self.db, user, keep_turn=keep_turn)

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Erase a chat's events and turns; see `retention`."""
        retention.forget_chat(self.db, chat, keep_turn=keep_turn)

    def purge(self, *, now: datetime) -> None:
        """Erase what is older than its promised time; see `retention`."""
        retention.purge(self.db, now=now)

    def _withdraw(self, unsent: Unsent, *, now: datetime) -> bool:
        with self.db.write(durable=True) as tx:
            new = not withdrawals.is_buried(tx, unsent.chat, unsent.message_id)
            erased = withdrawals.withdraw(tx, unsent, now=now)
        if erased:
            self.db.scrub()
        return new

    def _freeze(self, tx: Connection, group: tuple[Arrival, ...], now: datetime) -> Turn:
        oldest = min(item.received for item in group)
        new = Turn(
            id=self.new_id(),
            chat=group[0].event.chat,
            state=State.WORKING,
            attempts=1,
            arrivals=group,
        )
        tx.execute(
            "INSERT INTO turns (id, chat, state, attempts, since, touched)"
            " VALUES (?, ?, 'working', 1, ?, ?)",
            (new.id, new.chat.key, to_micros(oldest), to_micros(now)),
        )
        held = [(new.id, item.event.id) for item in group]
        tx.executemany("UPDATE events SET state = 'held', turn = ? WHERE id = ?", held)
        return new


#: Every lane's unfinished work and since when. A turn that lane TAPS sends is that tap's work.
_WORK = """
SELECT chat, lane FROM (
    SELECT chat, lane, received AS since FROM events WHERE state = 'waiting'
    UNION ALL
    SELECT chat, 'turns' AS lane, since FROM turns
    WHERE state IN ('working', 'answered') OR (state = 'sending' AND lane = 'turns')
)
"""


def _begun(connection: Connection, chat: Chat) -> list[Row]:
    return connection.execute(
        "SELECT * FROM turns WHERE chat = ? AND (state IN ('working', 'answered')"
        " OR (state = 'sending' AND lane = 'turns')) ORDER BY seq",
        (chat.key,),
    ).fetchall()


def _resume(tx: Connection, chat: Chat, *, now: datetime) -> Turn | None:
    for row in _begun(tx, chat):
        left = turn(tx, row)
        if left.arrivals and (left.answer is not None or left.state is State.WORKING):
            tx.execute(
                "UPDATE turns SET attempts = attempts + 1, touched = ? WHERE id = ?",
                (to_micros(now), left.id),
            )
            return replace(left, attempts=left.attempts + 1)
        closed = State.SENT if left.state is State.SENDING else State.FAILED
        tx.execute(
            "UPDATE turns SET state = ?, cause = 'nothing left' WHERE id = ?", (closed, left.id)
        )
    return None

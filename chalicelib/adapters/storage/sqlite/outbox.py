"""The outbox: what was said, and the one use of each reply token.

Turns are the inbox's rows; here they go from `working` to their end. Writes carry no time but
those that a promise needs (`begin`, `claim_note`): how long ago a turn was finished is counted
from when it was last taken or begun to be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection, Row

from chalicelib.adapters.storage.moments import to_micros
from chalicelib.adapters.storage.sqlite import history, leases, quotes
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.rows import turn
from chalicelib.adapters.storage.sqlite.words import keep_words
from chalicelib.domain import messages
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.messages import Answer
from chalicelib.domain.turns import Lease, Purpose, Sending, State, Turn
from chalicelib.ports import Said, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteOutbox:
    """`Outbox` in SQLite."""

    db: Database

    def save(
        self, lease: Lease, turn_id: str, answer: Answer, remember: Sequence[Said] = ()
    ) -> None:
        """Keep a turn's answer; see `Outbox.save`.

        A turn that has an answer keeps it: the same call made again changes nothing. One that is
        no longer kept (its person was forgotten) raises Withdrawn too.
        """
        with self.db.write(durable=True) as tx:
            leases.check(tx, lease)
            row = _row(tx, turn_id)
            if row is None or row["state"] == State.WITHDRAWN:
                raise Withdrawn(f"turn {turn_id} was withdrawn while it was answered")
            if row["state"] == State.WORKING:
                tx.execute(
                    "UPDATE turns SET state = 'answered', words = ?, cause = ? WHERE id = ?",
                    (keep_words(tx, messages.to_record(answer)), answer.cause, turn_id),
                )
                history.add(tx, lease.chat, turn_id, remember, at=row["touched"])

    def adopt(self, lease: Lease, turn_id: str, asked: str) -> Turn | None:
        """Let a turn take over another one's messages; see `Outbox.adopt`."""
        with self.db.write() as tx:
            leases.check(tx, lease)
            row = _row(tx, turn_id)
            if row is not None and row["state"] == State.WORKING:
                tx.execute(
                    "UPDATE events SET turn = ? WHERE turn = ? AND chat = ? AND state = 'held'"
                    " AND message IS NOT NULL",
                    (turn_id, asked, lease.chat.key),
                )
            return None if row is None else turn(tx, row)

    def claim_note(self, token: str, *, now: datetime) -> bool:
        """Claim a reply token for a note; False if it was claimed before."""
        with self.db.write() as tx:
            return _claim(tx, token, Purpose.NOTE, now=now)

    def begin(
        self, lease: Lease, turn_ids: Sequence[str], sending: Sending, *, now: datetime
    ) -> tuple[Turn, ...]:
        """Claim the token for these turns' answers; see `Outbox.begin`."""
        with self.db.write(durable=True) as tx:
            leases.check(tx, lease)
            going = [found.id for found in _ready(tx, lease.chat, turn_ids)]
            if not going or not _claim(tx, sending.token, Purpose.ANSWER, now=now):
                return ()
            for place, turn_id in enumerate(going):
                tx.execute(
                    "UPDATE turns SET state = 'sending', token = ?, token_until = ?, lane = ?,"
                    " place = ?, touched = ? WHERE id = ?",
                    (
                        sending.token,
                        to_micros(sending.until),
                        lease.lane,
                        place,
                        to_micros(now),
                        turn_id,
                    ),
                )
            return _sent_by(tx, lease.chat, sending.token)

    def claimed(self, token: str) -> Purpose | None:
        """What a token was claimed for, if it was."""
        with self.db.read() as connection:
            row = connection.execute(
                "SELECT purpose FROM claims WHERE token = ?", (token,)
            ).fetchone()
        return None if row is None else Purpose(row["purpose"])

    def under_way(self, lease: Lease, token: str) -> tuple[Turn, ...]:
        """Turns that are `sending` by this token, but for answers that were erased since."""
        with self.db.read() as connection:
            return _sent_by(connection, lease.chat, token)

    def settle(
        self, lease: Lease, token: str, *, unsure: bool, shown: Sequence[Shown] = ()
    ) -> None:
        """Mark the turns `sending` by this token as sent; see `Outbox.settle`."""
        with self.db.write() as tx:
            leases.check(tx, lease)
            quotes.keep(tx, lease.chat, token, shown)
            tx.execute(
                "UPDATE turns SET state = 'sent', unsure = (? AND words IS NOT NULL)"
                " WHERE chat = ? AND state = 'sending' AND token = ?",
                (unsure, lease.chat.key, token),
            )
            tx.execute(
                "UPDATE events SET state = 'done' WHERE state = 'waiting' AND chat = ?"
                " AND lane = 'taps' AND token = ?",
                (lease.chat.key, token),
            )

    def shown_again(self, chat: Chat, shown: Sequence[Shown]) -> None:
        """Keep the messages that show parts of answers once more."""
        with self.db.write() as tx:
            quotes.keep_again(tx, chat, shown)

    def park(self, lease: Lease, turn_ids: Sequence[str]) -> None:
        """Keep answers for later; see `Outbox.park`.

        What the other lane is sending is left alone; an answer that was erased while it was under
        way cannot be kept, and its turn is `withdrawn`.
        """
        with self.db.write() as tx:
            leases.check(tx, lease)
            tx.executemany(
                "UPDATE turns SET token = NULL, token_until = NULL,"
                " state = CASE WHEN words IS NULL THEN 'withdrawn' ELSE 'parked' END"
                " WHERE id = ? AND chat = ?"
                " AND (state = 'answered' OR (state = 'sending' AND lane = ?))",
                [(turn_id, lease.chat.key, lease.lane) for turn_id in turn_ids],
            )

    def close(self, lease: Lease, turn_id: str) -> None:
        """Mark an `answered` turn that has nothing to say as sent."""
        with self.db.write() as tx:
            leases.check(tx, lease)
            tx.execute(
                "UPDATE turns SET state = 'sent' WHERE id = ? AND chat = ? AND state = 'answered'",
                (turn_id, lease.chat.key),
            )

    def fail(self, lease: Lease, turn_id: str, cause: str) -> None:
        """Give a turn up for good; one that is finished, or sent by the other lane, is left."""
        with self.db.write() as tx:
            leases.check(tx, lease)
            tx.execute(
                "UPDATE turns SET state = 'failed', cause = ? WHERE id = ? AND chat = ?"
                " AND (state IN ('working', 'answered', 'parked')"
                " OR (state = 'sending' AND lane = ?))",
                (cause, turn_id, lease.chat.key, lease.lane),
            )

    def parked(self, chat: Chat) -> tuple[Turn, ...]:
        """Answers without a token, oldest first."""
        with self.db.read() as connection:
            rows = connection.execute(
                "SELECT * FROM turns WHERE state = 'parked' AND chat = ? ORDER BY seq", (chat.key,)
            ).fetchall()
            return _with_answers(connection, rows)

    def unsure(self, chat: Chat) -> tuple[Turn, ...]:
        """Answers that were sent but may not have arrived, oldest first."""
        with self.db.read() as connection:
            rows = connection.execute(
                "SELECT * FROM turns WHERE unsure = 1 AND chat = ? ORDER BY seq", (chat.key,)
            ).fetchall()
            return _with_answers(connection, rows)

    def reassure(self, chat: Chat, turn_ids: Sequence[str]) -> None:
        """Stop doubting that these answers arrived."""
        with self.db.write() as tx:
            doubted = [(turn_id, chat.key) for turn_id in turn_ids]
            tx.executemany("UPDATE turns SET unsure = 0 WHERE id = ? AND chat = ?", doubted)

    def turn(self, chat: Chat, turn_id: str) -> Turn | None:
        """One turn of this chat, if it is still kept."""
        with self.db.read() as connection:
            row = _row(connection, turn_id)
            found = row is not None and row["chat"] == chat.key
            return turn(connection, row) if found and row is not None else None

    def turn_of(self, chat: Chat, event_id: str) -> Turn | None:
        """The turn that holds this event, or held it when it was taken back."""
        with self.db.read() as connection:
            row = connection.execute(
                "SELECT turns.* FROM turns JOIN events ON events.turn = turns.id"
                " WHERE events.id = ? AND events.chat = ?",
                (event_id, chat.key),
            ).fetchone()
            return None if row is None else turn(connection, row)

    def is_withdrawn(self, chat: Chat, event_id: str) -> bool:
        """Tell whether the event's message was taken back."""
        with self.db.read() as connection:
            found = connection.execute(
                "SELECT 1 FROM events WHERE id = ? AND chat = ? AND state = 'withdrawn'",
                (event_id, chat.key),
            )
            return found.fetchone() is not None


def _row(connection: Connection, turn_id: str) -> Row | None:
    found: Row | None = connection.execute(
        "SELECT * FROM turns WHERE id = ?", (turn_id,)
    ).fetchone()
    return found


def _claim(tx: Connection, token: str, purpose: Purpose, *, now: datetime) -> bool:
    claim = (token, purpose, to_micros(now))
    return tx.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?)", claim).rowcount == 1


def _ready(tx: Connection, chat: Chat, turn_ids: Sequence[str]) -> tuple[Turn, ...]:
    """Find those that can be sent, in the order given, each once."""
    rows = [_row(tx, turn_id) for turn_id in dict.fromkeys(turn_ids)]
    ready = [
        row
        for row in rows
        if row is not None
        and row["chat"] == chat.key
        and row["state"] in {State.ANSWERED, State.PARKED}
    ]
    return _with_answers(tx, ready)


def _sent_by(connection: Connection, chat: Chat, token: str) -> tuple[Turn, ...]:
    rows = connection.execute(
        "SELECT * FROM turns WHERE state = 'sending' AND chat = ? AND token = ? ORDER BY place",
        (chat.key, token),
    ).fetchall()
    return _with_answers(connection, rows)


def _with_answers(connection: Connection, rows: Sequence[Row]) -> tuple[Turn, ...]:
    """Leave out what cannot be shown: erased, or written by a newer version."""
    found = (turn(connection, row) for row in rows)
    return tuple(item for item in found if item.answer is not None)

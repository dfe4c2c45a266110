"""The inbox: each event once, and one worker a chat.

An event lives through the same states as on a laptop: `waiting`, `held` (by `turn`), `done`,
`withdrawn`, `unreadable` and `forgotten`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate

from chalicelib.adapters.storage.dynamodb import items, leases, retention, turns
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.incoming import DynamoDoor
from chalicelib.adapters.storage.dynamodb.items import SHARDS, home
from chalicelib.adapters.storage.dynamodb.values import Item
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.bursts import IsCommand, gather
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Arrival, Lease, State, Turn, Wait

#: How many events make one turn at most: a transaction has 100 writes.
LONGEST_BURST = 80
#: How many bytes of their words: the history keeps them in one item, which has 400 KB.
MOST_WORDS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoInbox(DynamoDoor):
    """`Inbox` in DynamoDB; as `Forgetful` it forgets for the outbox too, which shares its items.

    new_id: makes ids of turns, never the same twice.
    """

    new_id: Callable[[], str]
    is_command: IsCommand

    def lease(self, chat: Chat, lane: Lane, *, until: datetime, now: datetime) -> Lease | None:
        """Become the only owner of a chat's lane; see `Inbox.lease`."""
        return leases.grant(self.table, chat, lane, until=until, now=now)

    def release(self, lease: Lease) -> None:
        """Give a lease back; one that was lost is left alone."""
        leases.give_back(self.table, lease)

    def break_leases(self) -> None:
        """Let every lease lapse; reads the whole table, so it is a tool's and not a function's."""
        leases.break_all(self.table)

    def take(self, lease: Lease, *, now: datetime) -> Turn | Wait | None:
        """Take the chat's next turn and count the attempt; see `Inbox.take`.

        A turn that cannot go on is closed on the way, as an event that cannot be read is set aside.
        """

        def next_one(change: Change) -> tuple[Turn | Wait | None, bool]:
            start = items.WORK[Lane.TURNS]
            rows = self.table.query(home(lease.chat), start, by="pending", limit=LONGEST_BURST)
            begun = [row for row in rows if str(row["sk"]).startswith("turn#")]
            left = _resume(change, begun, now=now)
            if left is not None:
                return left, False
            waiting = _that_fit(_readable(change, rows[len(begun) :]))
            if change.writes or not waiting:
                return None, bool(change.writes)
            group = gather([one for _, one in waiting], now=now, is_command=self.is_command)
            if isinstance(group, Wait):
                return group, False
            return self._freeze(
                change, [row for row, _ in waiting][: len(group)], group, now
            ), False

        taken, look_again = None, True
        while look_again:
            taken, look_again = atomically(self.table, next_one, under=lease)
        return taken

    def taps(self, lease: Lease) -> tuple[Arrival, ...]:
        """Taps that wait in lane `TAPS`, oldest first."""

        def look(change: Change) -> tuple[Arrival, ...]:
            return tuple(one for _, one in _readable(change, self._in_lane(lease.chat, Lane.TAPS)))

        return atomically(self.table, look)

    def finish_tap(self, lease: Lease, event_id: str) -> None:
        """Mark a tap as done. Raises LeaseLost.

        What its token may still be sending is over then: sent, as far as is known.
        """

        def finish(change: Change) -> None:
            tap = self.table.get(home(lease.chat), f"event#{event_id}")
            if tap is None or tap["state"] != "waiting" or tap["lane"] != Lane.TAPS:
                return
            change.put(items.filed_event({**tap, "state": "done"}))
            for item in turns.sent_by(self.table, lease.chat, str(tap.get("token", ""))):
                if item.get("lane") == Lane.TAPS:
                    unsure = "answer" in item
                    change.put(turns.filed({**item, "state": State.SENT, "unsure": unsure}))

        atomically(self.table, finish, under=lease)

    def waiting(self, chat: Chat) -> tuple[Arrival, ...]:
        """Events in lane `TURNS` that no turn holds yet, oldest first."""
        found = (turns.arrival(item) for item in self._in_lane(chat, Lane.TURNS))
        return tuple(one for one in found if one is not None)

    def unfinished(self, chat: Chat) -> tuple[Turn, ...]:
        """Turns that a worker took and nobody has finished; see `Inbox.unfinished`."""
        begun = turns.indexed(self.table, chat, items.UNFINISHED)
        return tuple(turns.read(self.table, item) for item in begun)

    def has_work(self, chat: Chat, lane: Lane) -> bool:
        """Tell whether a worker would find anything to do in this lane."""
        return bool(self.table.query(home(chat), items.WORK[lane], by="pending", limit=1))

    def chats_with_work(self) -> tuple[tuple[Chat, Lane], ...]:
        """Every lane in which something waits or was left unfinished, oldest first."""
        since: dict[tuple[Chat, Lane], int] = {}
        for number in range(SHARDS):
            for item in self.table.due(f"work#{number}"):
                is_event = str(item["sk"]).startswith("event#")
                lane = Lane(str(item["lane"])) if is_event else Lane.TURNS
                work = Chat.parse(str(item["chat"])), lane
                due = int(str(item["due"]))
                since[work] = min(since.get(work, due), due)
        return tuple(sorted(since, key=lambda work: since[work]))

    def depth(self) -> int:
        """How many events wait or are being answered; a turn under way counts as one."""
        return sum(self.table.count(f"work#{number}") for number in range(SHARDS))

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Erase a person's events and turns; see `retention`."""
        retention.forget_person(self.table, user, keep_turn=keep_turn)

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Erase a chat's events and turns; see `retention`."""
        retention.forget_chat(self.table, chat, keep_turn=keep_turn)

    def purge(self, *, now: datetime) -> None:
        """Erase what is older than its promised time, for every store; see `retention`."""
        retention.purge(self.table, now=now)

    def _in_lane(self, chat: Chat, lane: Lane) -> list[Item]:
        return self.table.query(home(chat), items.waiting(lane), by="pending")

    def _freeze(
        self, change: Change, rows: list[Item], group: tuple[Arrival, ...], now: datetime
    ) -> Turn:
        turn_id, chat = self.new_id(), group[0].event.chat
        made: Item = {
            "pk": home(chat),
            "sk": f"turn#{turn_id}",
            "id": turn_id,
            "chat": chat.key,
            "state": State.WORKING.value,
            "attempts": 1,
            "since": to_micros(min(one.received for one in group)),
            "touched": to_micros(now),
            "tick": self.table.tick(),
            "events": [one.event.id for one in group],
        }
        change.put(turns.filed(made))
        for row in rows:
            change.put(items.filed_event({**row, "state": "held", "turn": turn_id}))
        return Turn(id=turn_id, chat=chat, state=State.WORKING, attempts=1, arrivals=group)


def _readable(change: Change, rows: list[Item]) -> list[tuple[Item, Arrival]]:
    """Part what can be read from what cannot, which is set aside, as much as one write holds."""
    pairs = [(row, turns.arrival(row)) for row in rows]
    for row in [row for row, one in pairs if one is None][:LONGEST_BURST]:
        change.put(items.filed_event({**row, "state": "unreadable"}))
    return [(row, one) for row, one in pairs if one is not None]


def _that_fit(waiting: list[tuple[Item, Arrival]]) -> list[tuple[Item, Arrival]]:
    """Leave what is too much for one turn to the next."""
    sizes = accumulate(len(str(row["words"]).encode()) for row, _ in waiting)
    return waiting[: max(sum(size <= MOST_WORDS for size in sizes), 1)]


def _resume(change: Change, begun: list[Item], *, now: datetime) -> Turn | None:
    for item in begun:
        left = turns.read(change.table, item)
        if left.arrivals and (left.answer is not None or left.state is State.WORKING):
            attempts = left.attempts + 1
            again: Item = {**item, "attempts": attempts, "touched": to_micros(now)}
            change.put(turns.filed(again))
            return replace(left, attempts=attempts)
        closed = State.SENT if left.state is State.SENDING else State.FAILED
        change.put(turns.filed({**item, "state": closed.value, "cause": "nothing left"}))
    return None

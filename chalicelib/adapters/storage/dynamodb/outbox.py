"""The outbox: what was said, and the one use of each reply token.

Turns are the inbox's items; here they go from `working` to their end, each time on the condition
that the lease holds and that nobody changed them meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from chalicelib.adapters.storage.dynamodb import history, items, quotes, turns
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import PARKED, UNSURE, home, ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, key, written
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain import messages
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.events import Lane
from chalicelib.domain.messages import Answer
from chalicelib.domain.retention import IDS
from chalicelib.domain.turns import Lease, Purpose, Sending, State, Turn
from chalicelib.ports import Said, Shown

_READY = {State.ANSWERED, State.PARKED}
_OPEN = {State.WORKING, State.ANSWERED, State.PARKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoOutbox:
    """`Outbox` in DynamoDB."""

    table: Table

    def save(
        self, lease: Lease, turn_id: str, answer: Answer, remember: Sequence[Said] = ()
    ) -> None:
        """Keep a turn's answer; see `Outbox.save`.

        A turn that has an answer keeps it: the same call made again changes nothing. One that is
        no longer kept (its person was forgotten) raises Withdrawn too.
        """

        def keep(change: Change) -> None:
            item = turns.found(self.table, lease.chat, turn_id)
            if item is None or item["state"] == State.WITHDRAWN:
                raise Withdrawn(f"turn {turn_id} was withdrawn while it was answered")
            if item["state"] == State.WORKING:
                record = written(messages.to_record(answer))
                saved: Item = {**item, "state": State.ANSWERED.value, "answer": record}
                if answer.cause is not None:
                    saved["cause"] = str(answer.cause)
                change.put(turns.filed(saved))
                if remember:
                    history.add(change, item, remember)

        atomically(self.table, keep, under=lease)

    def adopt(self, lease: Lease, turn_id: str, asked: str) -> Turn | None:
        """Let a turn take over another one's messages; see `Outbox.adopt`."""

        def take_over(change: Change) -> bool:
            own = turns.found(self.table, lease.chat, turn_id)
            other = turns.found(self.table, lease.chat, asked)
            if own is None or other is None or own["state"] != State.WORKING:
                return own is not None
            moved = [one for one in turns.events(self.table, other) if "message" in one]
            if moved and own["id"] != other["id"]:
                gone = {str(one["id"]) for one in moved}
                left = [one for one in items.event_ids(other) if one not in gone]
                theirs = [str(one["id"]) for one in moved]
                change.put({**other, "events": left})
                change.put({**own, "events": [*theirs, *items.event_ids(own)]})
                for one in moved:
                    change.put({**one, "turn": turn_id})
            return True

        known = atomically(self.table, take_over, under=lease)
        return self.turn(lease.chat, turn_id) if known else None

    def claim_note(self, token: str, *, now: datetime) -> bool:
        """Claim a reply token for a note; False if it was claimed before.

        `by` names this very call: trying again after a time-out finds its own claim.
        """
        claim = {**_claim(token, Purpose.NOTE, now=now), "by": uuid4().hex}
        return self.table.put_one(
            claim, only_if="attribute_not_exists(pk) OR #by = :by", values={":by": claim["by"]}
        )

    def begin(
        self, lease: Lease, turn_ids: Sequence[str], sending: Sending, *, now: datetime
    ) -> tuple[Turn, ...]:
        """Claim the token for these turns' answers; see `Outbox.begin`."""

        def go(change: Change) -> tuple[Turn, ...]:
            wanted = turns.places(lease.chat, turn_ids)
            read = self.table.get_many([items.claim(sending.token), *wanted])
            kept = {str(item["sk"]): item for item in read}
            ready = {
                str(item["id"]): self._sent(item, sending, lease, now)
                for item in (kept[sk] for _, sk in wanted if sk in kept)
                if item["state"] in _READY
            }
            going = turns.with_answers(self.table, list(ready.values()))
            if not going or items.CLAIM in kept:
                return ()
            change.put(_claim(sending.token, Purpose.ANSWER, now=now))
            for number, turn in enumerate(going):
                change.put(turns.filed({**ready[turn.id], "place": number}))
            return going

        return atomically(self.table, go, under=lease)

    def claimed(self, token: str) -> Purpose | None:
        """What a token was claimed for, if it was."""
        item = self.table.get(*items.claim(token))
        return None if item is None else Purpose(str(item["purpose"]))

    def under_way(self, lease: Lease, token: str) -> tuple[Turn, ...]:
        """Turns that are `sending` by this token, but for answers that were erased since."""
        return turns.with_answers(self.table, turns.sent_by(self.table, lease.chat, token))

    def settle(
        self, lease: Lease, token: str, *, unsure: bool, shown: Sequence[Shown] = ()
    ) -> None:
        """Mark the turns `sending` by this token as sent; see `Outbox.settle`."""

        def mark(change: Change) -> None:
            going = turns.sent_by(self.table, lease.chat, token)
            quotes.keep(change, lease.chat, going, shown)
            for item in going:
                doubted = unsure and "answer" in item
                change.put(turns.filed({**item, "state": State.SENT.value, "unsure": doubted}))
            for tap in self._taps(lease) if lease.lane is Lane.TAPS else ():
                if tap.get("token") == token:
                    change.put(items.filed_event({**tap, "state": "done"}))

        atomically(self.table, mark, under=lease)

    def shown_again(self, chat: Chat, shown: Sequence[Shown]) -> None:
        """Keep the messages that show parts of answers once more."""

        def keep(change: Change) -> None:
            ids = dict.fromkeys(one.turn_id for one in shown)
            found = [turns.found(self.table, chat, turn_id) for turn_id in ids]
            kept = [item for item in found if item is not None and "answer" in item]
            quotes.keep(change, chat, kept, shown)

        atomically(self.table, keep)

    def park(self, lease: Lease, turn_ids: Sequence[str]) -> None:
        """Keep answers for later; see `Outbox.park`.

        What the other lane is sending is left alone; an answer that was erased while it was under
        way cannot be kept, and its turn is `withdrawn`.
        """

        def parked(item: Item) -> Item | None:
            if item["state"] != State.ANSWERED and not _is_sent_by(item, lease):
                return None
            state = State.PARKED if "answer" in item else State.WITHDRAWN
            return {**items.without(item, "token", "until"), "state": state.value}

        self._each(lease, turn_ids, parked)

    def close(self, lease: Lease, turn_id: str) -> None:
        """Mark an `answered` turn that has nothing to say as sent."""

        def closed(item: Item) -> Item | None:
            return {**item, "state": State.SENT.value} if item["state"] == State.ANSWERED else None

        self._each(lease, [turn_id], closed)

    def fail(self, lease: Lease, turn_id: str, cause: str) -> None:
        """Give a turn up for good; one that is finished, or sent by the other lane, is left."""

        def failed(item: Item) -> Item | None:
            if item["state"] not in _OPEN and not _is_sent_by(item, lease):
                return None
            return {**item, "state": State.FAILED.value, "cause": cause}

        self._each(lease, [turn_id], failed)

    def parked(self, chat: Chat) -> tuple[Turn, ...]:
        """Answers without a token, oldest first."""
        return turns.with_answers(self.table, turns.indexed(self.table, chat, PARKED))

    def unsure(self, chat: Chat) -> tuple[Turn, ...]:
        """Answers that were sent but may not have arrived, oldest first."""
        return turns.with_answers(self.table, turns.indexed(self.table, chat, UNSURE))

    def reassure(self, chat: Chat, turn_ids: Sequence[str]) -> None:
        """Stop doubting that these answers arrived."""

        def calm(change: Change) -> None:
            for item in turns.several(self.table, chat, turn_ids):
                if item.get("unsure"):
                    change.put(turns.filed({**item, "unsure": False}))

        atomically(self.table, calm)

    def turn(self, chat: Chat, turn_id: str) -> Turn | None:
        """One turn of this chat, if it is still kept."""
        item = turns.found(self.table, chat, turn_id)
        return None if item is None else turns.read(self.table, item)

    def turn_of(self, chat: Chat, event_id: str) -> Turn | None:
        """The turn that holds this event, or held it when it was taken back."""
        event = self.table.get(home(chat), f"event#{event_id}")
        return self.turn(chat, str(event["turn"])) if event and "turn" in event else None

    def is_withdrawn(self, chat: Chat, event_id: str) -> bool:
        """Tell whether the event's message was taken back."""
        event = self.table.get(home(chat), f"event#{event_id}")
        return event is not None and event["state"] == "withdrawn"

    def _each(
        self, lease: Lease, turn_ids: Sequence[str], after: Callable[[Item], Item | None]
    ) -> None:
        def step(change: Change) -> None:
            for item in turns.several(self.table, lease.chat, turn_ids):
                changed = after(item)
                if changed is not None:
                    change.put(turns.filed(changed))

        atomically(self.table, step, under=lease)

    def _taps(self, lease: Lease) -> list[Item]:
        return turns.indexed(self.table, lease.chat, items.waiting(Lane.TAPS))

    def _sent(self, item: Item, sending: Sending, lease: Lease, now: datetime) -> Item:
        return {
            **item,
            "state": State.SENDING.value,
            "token": sending.token,
            "until": to_micros(sending.until),
            "lane": lease.lane.value,
            "touched": to_micros(now),
        }


def _is_sent_by(item: Item, lease: Lease) -> bool:
    return item["state"] == State.SENDING and item.get("lane") == lease.lane


def _claim(token: str, purpose: Purpose, *, now: datetime) -> Item:
    return {**key(*items.claim(token)), "purpose": purpose.value, "ttl": ttl(now, IDS)}

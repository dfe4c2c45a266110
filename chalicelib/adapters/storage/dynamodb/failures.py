"""Turns that were given up: what an operator lists, lets begin anew, or drops.

They are found in the index of what is due to be erased, where every turn that is over lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.dynamodb import history, items, turns
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import SHARDS
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat
from chalicelib.domain.turns import CRASHED, DROPPED, State
from chalicelib.ports import GivenUp

_APOLOGIZED = {State.SENT, State.PARKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoFailures:
    """`Failures` in DynamoDB."""

    table: Table

    def given_up(self) -> tuple[GivenUp, ...]:
        """All of them, oldest first."""
        listed = [
            place(entry)
            for number in range(SHARDS)
            for entry in self.table.due(f"due#{number}")
            if str(entry["sk"]).startswith("turn#") and _is_given_up(entry)
        ]
        # The index lags: what it listed may have gone on since.
        found = [item for item in self.table.get_many(listed) if _is_given_up(item)]
        return tuple(self._read(item) for item in sorted(found, key=_worked_on))

    def revive(self, chat: Chat, turn_id: str, *, now: datetime) -> bool:
        """Let a turn begin anew; see `Failures.revive`."""

        def begin(change: Change) -> bool:
            item = self._found(chat, turn_id)
            if item is None or not turns.read(self.table, item).arrivals:
                return False
            bare = items.without(item, "answer", "cause", "token", "until", "lane", "unsure")
            fresh: Item = {"state": State.WORKING.value, "attempts": 0, "touched": to_micros(now)}
            change.put(turns.filed({**bare, **fresh}))
            history.forget_turn(change, item)
            return True

        return atomically(self.table, begin)

    def drop(self, chat: Chat, turn_id: str) -> bool:
        """Take a turn off the list."""

        def silence(change: Change) -> bool:
            item = self._found(chat, turn_id)
            if item is not None:
                change.put({**item, "cause": DROPPED})
            return item is not None

        return atomically(self.table, silence)

    def _found(self, chat: Chat, turn_id: str) -> Item | None:
        item = turns.found(self.table, chat, turn_id)
        return item if item is not None and _is_given_up(item) else None

    def _read(self, item: Item) -> GivenUp:
        return GivenUp(
            turn=turns.read(self.table, item),
            cause=str(item.get("cause", "")),
            at=to_moment(_worked_on(item)),
        )


def _is_given_up(item: Item) -> bool:
    cause = item.get("cause")
    if item.get("state") == State.FAILED:
        return cause != DROPPED
    return item.get("state") in _APOLOGIZED and cause == CRASHED


def _worked_on(item: Item) -> int:
    return int(str(item["touched"]))

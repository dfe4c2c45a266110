"""Counts against limits, such as answers a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.dynamodb.calls import Refused, Write
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.chat import Chat
from chalicelib.domain.digests import digest
from chalicelib.domain.errors import StorageUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoCounters:
    """`Counters` in DynamoDB. A counter's key names its day or minute, so none begins again.

    It names a person too, whom the counter outlives: so the table has a digest of it.
    """

    table: Table

    def spend(
        self,
        amounts: Mapping[str, int],
        limits: Mapping[str, int],
        *,
        until: Mapping[str, datetime],
    ) -> str | None:
        """Add to all counters or to none; see `Counters.spend`."""
        if not amounts:
            return None
        writes = [
            self._add(key, amount, room=limits[key] - amount, until=until[key])
            for key, amount in amounts.items()
        ]
        try:
            self.table.write(*writes)
        except Refused as exc:
            used_up = [key for place, key in enumerate(amounts) if exc.at(place)]
            if not used_up:
                raise StorageUnavailable("dynamodb: a counter could not be read") from exc
            return used_up[0]
        return None

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Leave the numbers: they are needed until they end, or limits could be reset at will."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Leave the numbers, as when a person is forgotten."""

    def purge(self, *, now: datetime) -> None:
        """Leave it to DynamoDB's time to live: a counter holds no words."""

    def _add(self, key: str, amount: int, *, room: int, until: datetime) -> Write:
        unused = "attribute_not_exists(spent) OR " if room >= 0 else ""
        return self.table.change(
            f"counter#{digest(key)}",
            "counter",
            "SET #ttl = :ttl ADD spent :amount",
            {":amount": amount, ":room": room, ":ttl": int(until.timestamp())},
            condition=f"{unused}spent <= :room",
        )

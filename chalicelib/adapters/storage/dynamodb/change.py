"""Changes that depend on several items, as safe as if nobody else were there.

DynamoDB has no lock. What a change depends on is read first, and written back on the condition
that it is still as it was read (`rev`, which every write renews). Where another was quicker, the
whole change is thought over again. A worker's changes hold only while its lease does, which is
one more condition of the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from chalicelib.adapters.storage.dynamodb import leases
from chalicelib.adapters.storage.dynamodb.calls import TRIES, Refused, Write, pause
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.domain.errors import StorageUnavailable, Withdrawn
from chalicelib.domain.turns import Lease

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is going to be written, all of it in one transaction."""

    table: Table
    writes: list[Write] = field(default_factory=list)

    def put(self, item: Item) -> None:
        """Write an item as it should be now, if it is still as it was read (or still absent)."""
        rev = item.get("rev")
        fresh: Item = {**item, "rev": self.table.tick()}
        if rev is None:
            self.writes.append(self.table.put(fresh, only_if="attribute_not_exists(pk)"))
        else:
            self.writes.append(self.table.put(fresh, only_if="rev = :rev", values={":rev": rev}))

    def replace(self, item: Item) -> None:
        """Write an item whatever is there."""
        self.writes.append(self.table.put({**item, "rev": self.table.tick()}))

    def delete(self, item: Item) -> None:
        """Delete an item, if it is still as it was read."""
        same = {":rev": item["rev"]}
        self.writes.append(self.table.delete(*place(item), only_if="rev = :rev", values=same))

    def unchanged(self, item: Item) -> None:
        """Write nothing of all this unless that item is still as it was read."""
        self.writes.append(self.table.check(*place(item), "rev = :rev", {":rev": item["rev"]}))

    def absent(self, pk: str, sk: str) -> None:
        """Write nothing of all this once that item is there."""
        self.writes.append(self.table.check(pk, sk, "attribute_not_exists(pk)"))


def atomically(table: Table, do: Callable[[Change], T], *, under: Lease | None = None) -> T:
    """Think a change over and write it, again and again until nobody else was quicker.

    do: reads what it needs anew each time. under: the lease that must hold. Raises LeaseLost, and
    StorageUnavailable where others are always quicker.
    """
    for number in range(TRIES):
        change = Change(table=table)
        try:
            result = do(change)
        except Withdrawn:
            _hold(table, under)
            raise
        if not change.writes:
            _hold(table, under)
            return result
        held = () if under is None else (leases.held(table, under),)
        try:
            table.write(*held, *change.writes)
        except Refused as exc:
            if under is not None and exc.at(0):
                raise leases.lost(under) from exc
            pause(number)
        else:
            return result
    raise StorageUnavailable("dynamodb: others were always quicker")


def _hold(table: Table, lease: Lease | None) -> None:
    if lease is not None:
        leases.check(table, lease)

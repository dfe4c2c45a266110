"""The table: reads that see the last write, and writes that happen all together or not at all.

Conditions decide, never what was read before; see `change` for those that depend on more than
one item. Reads are consistent, but for the sweep's index, which may lag a moment behind.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.adapters.storage.dynamodb import calls
from chalicelib.adapters.storage.dynamodb.calls import Service, Unmet, Write
from chalicelib.adapters.storage.dynamodb.values import Item, Json, Value, key, pack, unpack
from chalicelib.domain.errors import StorageUnavailable

_BATCH: Final = 100
_MARKED = re.compile(r"#(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. `tick` gives growing numbers: nanoseconds, say."""

    client: Service
    name: str
    tick: Callable[[], int] = time.time_ns

    def get(self, pk: str, sk: str) -> Item | None:
        """Read one item."""
        told = self._call("GetItem", {"Key": pack(key(pk, sk)), "ConsistentRead": True})
        return unpack(told["Item"]) if "Item" in told else None

    def get_many(self, keys: Iterable[tuple[str, str]]) -> list[Item]:
        """Read items, in no order; those that are not there are left out."""
        wanted = [pack(key(pk, sk)) for pk, sk in dict.fromkeys(keys)]
        parts = (wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH))
        return [item for part in parts for item in self._batch(part)]

    def query(
        self,
        pk: str,
        start: str = "",
        *,
        end: str = "",
        by: str = "sk",
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Item]:
        """Read the items of a partition whose sort key begins with `start`, in its order.

        end: read from `start` to there instead, both included. by: ``sk``, or ``pending`` for the
        index of what is unfinished.
        """
        values: Json = {":pk": {"S": pk}}
        condition = "pk = :pk"
        if start and end:
            condition += f" AND {by} BETWEEN :start AND :end"
            values |= {":start": {"S": start}, ":end": {"S": end}}
        elif start:
            condition += f" AND begins_with({by}, :start)"
            values[":start"] = {"S": start}
        request: Json = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
            "ScanIndexForward": not newest_first,
        }
        if by != "sk":
            request["IndexName"] = by
        return list(self._items("Query", request, limit=limit))

    def due(self, shard: str, *, until: int | None = None, limit: int | None = None) -> list[Item]:
        """Read one shard of the sweep's index, oldest first; it may lag a moment behind."""
        request = _shard(shard)
        if until is not None:
            request["KeyConditionExpression"] += " AND due <= :until"
            request["ExpressionAttributeValues"][":until"] = {"N": str(until)}
        return list(self._items("Query", request, limit=limit))

    def count(self, shard: str) -> int:
        """Count one shard of the sweep's index."""
        pages = self._pages("Query", {**_shard(shard), "Select": "COUNT"}, limit=None)
        return sum(int(told["Count"]) for told in pages)

    def scan(self, start: str) -> Iterable[Item]:
        """Read every item of the table whose sort key begins so: for tools, never for a chat."""
        request: Json = {"ConsistentRead": True}
        if start:
            request["FilterExpression"] = "begins_with(sk, :start)"
            request["ExpressionAttributeValues"] = {":start": {"S": start}}
        yield from self._items("Scan", request, limit=None)

    # --- writes --------------------------------------------------------------------------------

    def put(
        self, item: Item, *, only_if: str = "", values: Mapping[str, Value] | None = None
    ) -> Write:
        """Describe a put; `only_if` is the condition that must hold, with its values."""
        return Write(kind="Put", what=self._what({"Item": pack(item)}, only_if, values))

    def delete(
        self, pk: str, sk: str, *, only_if: str = "", values: Mapping[str, Value] | None = None
    ) -> Write:
        """Describe a delete on a condition."""
        what = {"Key": pack(key(pk, sk))}
        return Write(kind="Delete", what=self._what(what, only_if, values))

    def check(
        self, pk: str, sk: str, condition: str, values: Mapping[str, Value] | None = None
    ) -> Write:
        """Describe what must hold for the other writes to happen."""
        what = {"Key": pack(key(pk, sk))}
        return Write(kind="ConditionCheck", what=self._what(what, condition, values))

    def change(
        self, pk: str, sk: str, expression: str, values: Mapping[str, Value], *, condition: str = ""
    ) -> Write:
        """Describe an update expression on a condition."""
        what = {"Key": pack(key(pk, sk)), "UpdateExpression": expression}
        return Write(kind="Update", what=self._what(what, condition, values))

    def write(self, *writes: Write) -> None:
        """Write all of it or nothing. Raises Refused where a condition does not hold.

        The service knows a repeated request by its token, so trying again after a time-out never
        writes twice.
        """
        request = {
            "TransactItems": [{one.kind: one.what} for one in writes],
            "ClientRequestToken": os.urandom(16).hex(),  # `uuid` takes 3 ms to import
        }
        calls.ask(self.client, "TransactWriteItems", request)

    def put_one(self, item: Item, *, only_if: str, values: Mapping[str, Value]) -> bool:
        """Put one item on a condition; False where it does not hold."""
        try:
            calls.ask(self.client, "PutItem", self._what({"Item": pack(item)}, only_if, values))
        except Unmet:
            return False
        return True

    def change_one(
        self, pk: str, sk: str, expression: str, values: Mapping[str, Value], *, condition: str = ""
    ) -> Item:
        """Update one item on a condition; returns it as it is now. Raises Unmet, with the item."""
        request = {
            "Key": pack(key(pk, sk)),
            "UpdateExpression": expression,
            "ReturnValues": "ALL_NEW",
        }
        if condition:
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        told = calls.ask(self.client, "UpdateItem", self._what(request, condition, values))
        return unpack(told["Attributes"])

    def delete_one(self, pk: str, sk: str) -> None:
        """Delete one item, whatever it is."""
        self._call("DeleteItem", {"Key": pack(key(pk, sk))})

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _what(self, what: Json, condition: str, values: Mapping[str, Value] | None) -> Json:
        made = {"TableName": self.name, **what}
        if condition:
            made["ConditionExpression"] = condition
        if values:
            made["ExpressionAttributeValues"] = pack(values)
        # A hash marks a name that is also one of DynamoDB's own words, such as #ttl.
        named = set(_MARKED.findall(f"{condition} {what.get('UpdateExpression', '')}"))
        if named:
            made["ExpressionAttributeNames"] = {f"#{name}": name for name in sorted(named)}
        return made

    def _items(self, action: str, request: Json, *, limit: int | None) -> Iterable[Item]:
        for told in self._pages(action, request, limit=limit):
            yield from (unpack(item) for item in told["Items"])

    def _pages(self, action: str, request: Json, *, limit: int | None) -> Iterable[Json]:
        left = limit
        while left is None or left > 0:
            told = self._call(action, request if left is None else {**request, "Limit": left})
            yield told
            if "LastEvaluatedKey" not in told:
                return
            left = None if left is None else left - len(told["Items"])
            request = {**request, "ExclusiveStartKey": told["LastEvaluatedKey"]}

    def _batch(self, keys: Sequence[Json]) -> list[Item]:
        """Read up to a hundred items; a busy partition tells some of them later."""
        found: list[Item] = []
        for number in range(calls.TRIES):
            request = {"RequestItems": {self.name: {"Keys": keys, "ConsistentRead": True}}}
            told = calls.ask(self.client, "BatchGetItem", request)
            found += [unpack(item) for item in told["Responses"].get(self.name, ())]
            keys = told.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not keys:
                return found
            calls.pause(number)
        raise StorageUnavailable("dynamodb: too busy to read everything")

    def _call(self, action: str, request: Json) -> Json:
        return calls.ask(self.client, action, {"TableName": self.name, **request})


def _shard(shard: str) -> Json:
    """Ask for one shard of the sweep's index."""
    return {
        "IndexName": "sweep",
        "KeyConditionExpression": "sweep = :shard",
        "ExpressionAttributeValues": {":shard": {"S": shard}},
    }

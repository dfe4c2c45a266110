"""The table: reads that see the last write, and writes that happen all together or not at all.

Conditions decide, never what was read before; see `change` for those that depend on more than
one item. Reads are consistent, but for the sweep's index, which may lag a moment behind.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from chalicelib.adapters.aws.client import AwsRefused, Client
from chalicelib.adapters.storage.dynamodb.values import Item, Value, key, pack, unpack
from chalicelib.domain.errors import StorageUnavailable

Json = dict[str, Any]

_BATCH: Final = 100
_TRIES: Final = 12
_FAILED: Final = "ConditionalCheckFailed"
_MARKED = re.compile(r"#(\w+)")


class Refused(Exception):
    """A condition was not met; nothing was written. `codes` has a word for each write."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes

    def at(self, place: int) -> bool:
        """Tell whether it was this write's condition."""
        return len(self.codes) > place and self.codes[place] == _FAILED

    @property
    def is_about_conditions(self) -> bool:
        """Tell whether any condition failed, rather than that two writes came in each other's way.

        The latter says nothing about the items, so the same write may be tried again.
        """
        return _FAILED in self.codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write of a transaction: `kind` is Put, Delete, Update or ConditionCheck."""

    kind: str
    what: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. `tick` gives growing numbers: nanoseconds, say."""

    client: Client
    name: str
    tick: Callable[[], int] = time.time_ns

    def get(self, pk: str, sk: str) -> Item | None:
        """Read one item."""
        told = self._call("GetItem", {"Key": pack(key(pk, sk)), "ConsistentRead": True})
        return unpack(told["Item"]) if "Item" in told else None

    def get_many(self, keys: Sequence[tuple[str, str]]) -> list[Item]:
        """Read up to a hundred items, in no order; those that are not there are left out."""
        wanted = [pack(key(pk, sk)) for pk, sk in keys][:_BATCH]
        found: list[Item] = []
        while wanted:
            request = {"RequestItems": {self.name: {"Keys": wanted, "ConsistentRead": True}}}
            told = self._ask("BatchGetItem", request)
            found += [unpack(item) for item in told["Responses"].get(self.name, ())]
            wanted = told.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
        return found

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
        return list(self._pages("Query", request, limit=limit))

    def due(self, shard: str, *, until: int | None = None, limit: int | None = None) -> list[Item]:
        """Read one shard of the sweep's index, oldest first; it may lag a moment behind."""
        request: Json = {
            "IndexName": "sweep",
            "KeyConditionExpression": "sweep = :shard",
            "ExpressionAttributeValues": {":shard": {"S": shard}},
        }
        if until is not None:
            request["KeyConditionExpression"] += " AND due <= :until"
            request["ExpressionAttributeValues"][":until"] = {"N": str(until)}
        return list(self._pages("Query", request, limit=limit))

    def count(self, shard: str) -> int:
        """Count one shard of the sweep's index."""
        request: Json = {
            "IndexName": "sweep",
            "KeyConditionExpression": "sweep = :shard",
            "ExpressionAttributeValues": {":shard": {"S": shard}},
            "Select": "COUNT",
        }
        found = 0
        while True:
            told = self._call("Query", request)
            found += int(told["Count"])
            if "LastEvaluatedKey" not in told:
                return found
            request["ExclusiveStartKey"] = told["LastEvaluatedKey"]

    def scan(self, start: str) -> Iterable[Item]:
        """Read every item of the table whose sort key begins so: for tools, never for a chat."""
        request: Json = {"ConsistentRead": True}
        if start:
            request["FilterExpression"] = "begins_with(sk, :start)"
            request["ExpressionAttributeValues"] = {":start": {"S": start}}
        yield from self._pages("Scan", request, limit=None)

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
            "ClientRequestToken": str(uuid4()),
        }
        for number in range(_TRIES):
            try:
                self._ask("TransactWriteItems", request)
            except AwsRefused as exc:
                refused = _refused(exc)
                if refused is None:
                    raise _unexpected("TransactWriteItems", exc) from exc
                if refused.is_about_conditions:
                    raise refused from exc
                pause(number)
            else:
                return
        raise StorageUnavailable("dynamodb: too many wrote the same at once")

    def put_one(self, item: Item, *, only_if: str, values: Mapping[str, Value]) -> bool:
        """Put one item on a condition; False where it does not hold."""
        return self._single("PutItem", {"Item": pack(item)}, only_if, values) is not None

    def change_one(
        self, pk: str, sk: str, expression: str, values: Mapping[str, Value], *, condition: str = ""
    ) -> Item | None:
        """Update one item on a condition; returns it as it is now, None where it does not hold."""
        request = {
            "Key": pack(key(pk, sk)),
            "UpdateExpression": expression,
            "ReturnValues": "ALL_NEW",
        }
        told = self._single("UpdateItem", request, condition, values)
        return None if told is None else unpack(told["Attributes"])

    def delete_one(self, pk: str, sk: str) -> None:
        """Delete one item, whatever it is."""
        self._call("DeleteItem", {"Key": pack(key(pk, sk))})

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _single(
        self, action: str, request: Json, condition: str, values: Mapping[str, Value]
    ) -> Json | None:
        body = self._what(request, condition, values)
        for number in range(_TRIES):
            try:
                return self.client.call(action, body)
            except AwsRefused as exc:
                if exc.code == "ConditionalCheckFailedException":
                    return None
                if exc.code != "TransactionConflictException":
                    raise _unexpected(action, exc) from exc
                pause(number)
        raise StorageUnavailable("dynamodb: too many wrote the same at once")

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

    def _pages(self, action: str, request: Json, *, limit: int | None) -> Iterable[Item]:
        left = limit
        while left is None or left > 0:
            told = self._call(action, request if left is None else {**request, "Limit": left})
            yield from (unpack(item) for item in told["Items"])
            if "LastEvaluatedKey" not in told:
                return
            left = None if left is None else left - len(told["Items"])
            request = {**request, "ExclusiveStartKey": told["LastEvaluatedKey"]}

    def _call(self, action: str, request: Json) -> Json:
        return self._ask(action, {"TableName": self.name, **request})

    def _ask(self, action: str, request: Json) -> Json:
        try:
            return self.client.call(action, request)
        except AwsRefused as exc:
            if action == "TransactWriteItems":
                raise
            raise _unexpected(action, exc) from exc


def pause(number: int) -> None:
    """Let others finish, for some milliseconds, after so many tries in vain."""
    time.sleep(random.uniform(0, min(0.005 * 2**number, 0.2)))


def _refused(exc: AwsRefused) -> Refused | None:
    if exc.code != "TransactionCanceledException":
        return None
    return Refused([str(reason.get("Code")) for reason in exc.told.get("CancellationReasons", ())])


def _unexpected(action: str, exc: AwsRefused) -> StorageUnavailable:
    """Tell what only an operator can mend: a missing table or a permission, say."""
    return StorageUnavailable(f"dynamodb refused {action}: {exc.code}")

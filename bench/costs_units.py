"""What DynamoDB and SQS would bill for the calls that a message makes.

A recorder stands between a function and the stand-in for AWS, and sees every call and its answer.
DynamoDB bills a write by each KB of an item, twice in a transaction, and once more for each index
that the item enters, leaves or changes in; a read by each 4 KB, half of it where it may lag.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.aws.accounts import within
from tests.aws.cloud import Cloud
from tests.aws.wsgi import Answer, Environ, body_of, serving

Json = dict[str, Any]
_WRITE, _READ = 1_024, 4_096
_INDEXES = ("pending", "sweep")
_TRANSACTED = 2


@dataclass(slots=True, kw_only=True)
class Units:
    """What was used: DynamoDB's write and read units, and requests to SQS."""

    writes: float = 0
    reads: float = 0
    requests: int = 0
    calls: list[str] = field(default_factory=list)
    _items: dict[tuple[str, str], Json] = field(default_factory=dict)

    def count(self, target: str, asked: Json, told: Json) -> None:
        """Count a call that went well."""
        service, _, action = target.partition(".")
        self.calls.append(action)
        if service == "AmazonSQS":
            self.requests += 1
            return
        match action:
            case "TransactWriteItems":
                for write in asked["TransactItems"]:
                    ((kind, what),) = write.items()
                    self.writes += self._written(kind, what, times=_TRANSACTED)
            case "PutItem" | "UpdateItem" | "DeleteItem":
                self.writes += self._written(action.removesuffix("Item"), asked | told, times=1)
            case "GetItem":
                self.reads += _parts(told.get("Item", {}), _READ)
            case "BatchGetItem":
                found = [item for items in told["Responses"].values() for item in items]
                self.reads += sum(_parts(item, _READ) for item in found) or 1
            case "Query" | "Scan":
                size = sum(map(_size, told.get("Items", ())))
                read = max(math.ceil(size / _READ), 1)
                self.reads += read if asked.get("ConsistentRead") else read / 2

    def _written(self, kind: str, what: Json, *, times: int) -> float:
        key = what.get("Item") or what["Key"]
        place = key["pk"]["S"], key["sk"]["S"]
        before = self._items.get(place, {})
        if kind == "ConditionCheck":
            return times * _parts(before, _WRITE)
        after = what.get("Item") or what.get("Attributes") or ({} if kind == "Delete" else before)
        self._items[place] = after
        size = max(_parts(before, _WRITE), _parts(after, _WRITE))
        return times * size + sum(_moved(before, after, index) for index in _INDEXES)


@contextmanager
def recorded(aws: Cloud) -> Iterator[tuple[str, Units]]:
    """Serve the stand-in once more, without TLS, and count; gives the address and the units."""
    units, ask = Units(), within(aws.account, aws.queues)

    def answer(environ: Environ) -> Answer:
        told = ask(environ)
        target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
        if target and told[0] == 200:
            service = target.partition("_")[0] if "DynamoDB" in target else target.partition(".")[0]
            action = target.partition(".")[2]
            units.count(f"{service}.{action}", json.loads(body_of(environ)), json.loads(told[2]))
        return told

    with serving(answer) as url:
        yield url, units


def _moved(before: Json, after: Json, index: str) -> int:
    """How many writes an index costs: one to leave a place, one to enter another."""
    old, new = before.get(index), after.get(index)
    if old == new:
        return int(old is not None)
    return (old is not None) + (new is not None)


def _parts(item: Json, part: int) -> int:
    return max(math.ceil(_size(item) / part), 1)


def _size(item: Json) -> int:
    return sum(len(name.encode()) + len(json.dumps(value)) for name, value in item.items())

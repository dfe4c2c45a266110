"""Calls to DynamoDB, made again while others are in the way.

Two writes that meet on one item at the same moment come in each other's way, and a busy partition
asks for patience. Neither says anything about the items, so the same call is made again. A
condition that was not met is an answer; all else that is refused only an operator can mend.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalicelib.adapters.aws.client import AwsRefused
from chalicelib.adapters.storage.dynamodb.values import Item, Json, unpack
from chalicelib.domain.errors import StorageUnavailable

#: How often a call is made until it is given up, within about a second.
TRIES: Final = 12
_FAILED: Final = "ConditionalCheckFailed"
#: Why a transaction may be refused that can be carried out in a moment.
_PASSING: Final = frozenset(
    {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)


class Service(Protocol):
    """Whom DynamoDB's actions are asked of."""

    def call(self, action: str, payload: Mapping[str, Any]) -> Json:
        """Make a call. Raises AwsRefused, StorageUnavailable."""

    def close(self) -> None:
        """Close the connections."""


class Refused(Exception):
    """A transaction's condition was not met; nothing was written. `codes`: a word a write."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes

    def at(self, place: int) -> bool:
        """Tell whether it was this write's condition."""
        return len(self.codes) > place and self.codes[place] == _FAILED


class Unmet(Exception):
    """A single write's condition was not met. `item`: what is there, if that was asked for."""

    def __init__(self, item: Item) -> None:
        super().__init__("a condition was not met")
        self.item = item


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write of a transaction: `kind` is Put, Delete, Update or ConditionCheck."""

    kind: str
    what: Json


def ask(service: Service, action: str, request: Json) -> Json:
    """Make a call, again while others are in the way.

    Raises Refused or Unmet where a condition does not hold, and StorageUnavailable.
    """
    for number in range(TRIES):
        try:
            return service.call(action, request)
        except AwsRefused as exc:
            _judge(action, exc)
        pause(number)
    raise StorageUnavailable(f"dynamodb: too many wrote the same at once ({action})")


def pause(number: int) -> None:
    """Let others finish, for some milliseconds, after so many tries in vain."""
    import random  # here, since the first try needs none

    time.sleep(random.uniform(0, min(0.005 * 2**number, 0.2)))


def _judge(action: str, exc: AwsRefused) -> None:
    """Let pass what may be better in a moment; raise what is an answer."""
    if exc.code == "ConditionalCheckFailedException":
        raise Unmet(unpack(exc.told.get("Item", {}))) from exc
    if exc.code == "TransactionConflictException":
        return
    if exc.code != "TransactionCanceledException":
        raise StorageUnavailable(f"dynamodb refused {action}: {exc.code}") from exc
    codes = [str(reason.get("Code")) for reason in exc.told.get("CancellationReasons", ())]
    if _FAILED in codes:
        raise Refused(codes) from exc
    if wrong := sorted(set(codes) - _PASSING):
        raise StorageUnavailable(f"dynamodb refused {action}: {', '.join(wrong)}") from exc

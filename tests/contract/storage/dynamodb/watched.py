"""A table whose requests are watched: written down, and disturbed where a test wants it.

What no stand-in for DynamoDB does by itself (others that are quicker, conflicts, throttling,
answers that never arrive) happens here between two requests of the code under test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from chalicelib.adapters.aws.client import WORKER, Account, AwsRefused
from chalicelib.adapters.aws.client import dynamodb as dynamodb_client
from chalicelib.adapters.storage.dynamodb.calls import Service
from chalicelib.adapters.storage.dynamodb.stores import stores
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item
from chalicelib.ports import Stores
from tests.aws.cloud import Cloud, table
from tests.contract.storage.backends import is_command
from tests.contract.storage.desk import Desk

Json = dict[str, Any]
Happens = Callable[[], object]


@dataclass(slots=True)
class Watched:
    """A client that writes down what it is asked."""

    client: Service
    asked: list[tuple[str, Json]] = field(default_factory=list)
    _next: list[tuple[str, Happens, bool]] = field(default_factory=list)

    def call(self, action: str, payload: Mapping[str, Any]) -> Json:
        self.asked.append((action, dict(payload)))
        due = next((one for one in self._next if one[0] == action), None)
        if due is None:
            return self.client.call(action, payload)
        self._next.remove(due)
        _, happens, afterwards = due
        if afterwards:
            with suppress(AwsRefused):
                self.client.call(action, payload)
        happens()
        return self.client.call(action, payload)

    def before(self, action: str, happens: Happens) -> None:
        """Let something happen just before the next request of this kind."""
        self._next.append((action, happens, False))

    def unheard(self, action: str, meanwhile: Happens = lambda: None) -> None:
        """Carry the next request of this kind out, lose its answer, and make it again."""
        self._next.append((action, meanwhile, True))

    def refuses(self, action: str, code: str, *reasons: str, times: int = 1) -> None:
        """Let the next requests of this kind be refused."""
        told = {"CancellationReasons": [{"Code": reason} for reason in reasons]}

        def refuse() -> None:
            raise AwsRefused(code, told)

        for _ in range(times):
            self.before(action, refuse)

    def forget(self) -> None:
        """Begin a new page, on which nothing is to happen."""
        self.asked.clear()
        self._next.clear()

    def close(self) -> None:
        self.client.close()

    @property
    def actions(self) -> list[str]:
        """What was asked, in order."""
        return [action for action, _ in self.asked]

    @property
    def writes(self) -> list[tuple[str, Json]]:
        """Every single write, those of transactions too, by its kind."""
        found = []
        for action, payload in self.asked:
            for one in payload.get("TransactItems", ()):
                found += list(one.items())
            if action in {"PutItem", "UpdateItem", "DeleteItem"}:
                found.append((action.removesuffix("Item"), payload))
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """A table, the stores over it whose requests are watched, and others' that are not."""

    watched: Watched
    table: Table
    stores: Stores
    others: Stores
    seen: list[Item] = field(default_factory=list)

    @classmethod
    def over(cls, aws: Cloud, name: str) -> Place:
        client = dynamodb_client(Account.read(aws.environment()), WORKER)
        watched = Watched(client)
        return cls(
            watched,
            Table(client=client, name=name),
            _stores(Table(client=watched, name=name)),
            _stores(Table(client=client, name=name)),
        )

    def desk(self) -> Desk:
        """A desk over the stores that are watched."""
        return Desk(self.stores)

    def items(self, start: str = "") -> list[Item]:
        """Every item whose sort key begins so."""
        return list(self.table.scan(start))


def _stores(table: Table) -> Stores:
    return stores(table, new_id=lambda: uuid4().hex, is_command=is_command)


@contextmanager
def place_in(aws: Cloud) -> Iterator[Place]:
    """A table of its own, for as long as a test lasts."""
    with table(aws, f"liao-{uuid4().hex}") as name:
        place = Place.over(aws, name)
        with closing(place.table):
            yield place

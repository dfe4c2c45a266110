"""The backends that every storage contract is run on.

A new backend is one function that opens it and one line in `BACKENDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from chalicelib.adapters.aws.client import WORKER, Account
from chalicelib.adapters.aws.client import dynamodb as dynamodb_client
from chalicelib.adapters.storage.dynamodb import stores as dynamo
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.stores import stores
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import TextSent
from chalicelib.ports import Stores
from tests.aws.cloud import Cloud, cloud, table


class Backend(Protocol):
    """One place where things are kept, for the length of a test."""

    def open(self) -> Stores:
        """Open it as one more process would, beside those that have it open already."""

    def holding(self, words: Iterable[str]) -> list[str]:
        """Tell which of these (ASCII letters) are anywhere in what is stored."""

    def holds(self, words: str) -> bool:
        """Tell whether these words are anywhere in what is stored."""


def is_command(event: TextSent) -> bool:
    """In these tests a command begins with a slash."""
    return event.text.startswith("/")


@dataclass(slots=True)
class SqliteBackend:
    """One file in a folder."""

    folder: Path
    opened: ExitStack = field(default_factory=ExitStack)

    def open(self) -> Stores:
        database = self.opened.enter_context(closing(Database(self.folder / "liao.db")))
        return stores(database, new_id=lambda: uuid4().hex, is_command=is_command)

    def holding(self, words: Iterable[str]) -> list[str]:
        stored = [path.read_bytes() for path in self.folder.iterdir()]
        return [one for one in words if any(one.encode() in each for each in stored)]

    def holds(self, words: str) -> bool:
        return bool(self.holding([words]))


def sqlite(folder: Path, cleanup: ExitStack) -> Backend:
    """A SQLite file in this folder."""
    backend = SqliteBackend(folder)
    cleanup.enter_context(backend.opened)
    return backend


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToLive:
    """DynamoDB's part in forgetting: it deletes what is past its time to live, some day."""

    table: Table

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Do nothing: DynamoDB knows nobody."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Do nothing: DynamoDB knows no chat."""

    def purge(self, *, now: datetime) -> None:
        for item in self.table.scan(""):
            if "ttl" in item and int(str(item["ttl"])) <= now.timestamp():
                self.table.delete_one(str(item["pk"]), str(item["sk"]))


@dataclass(frozen=True, slots=True)
class DynamoBackend:
    """One table in a stand-in for AWS."""

    aws: Cloud
    name: str
    cleanup: ExitStack

    def open(self) -> Stores:
        made = self._table()
        opened = dynamo.stores(made, new_id=lambda: uuid4().hex, is_command=is_command)
        return replace(opened, forgetful=(*opened.forgetful, TimeToLive(table=made)))

    def holding(self, words: Iterable[str]) -> list[str]:
        stored = [str(item) for item in self._table().scan("")]
        return [one for one in words if any(one in each for each in stored)]

    def holds(self, words: str) -> bool:
        return bool(self.holding([words]))

    def _table(self) -> Table:
        account = Account.read(self.aws.environment())
        made = Table(client=dynamodb_client(account, WORKER), name=self.name)
        self.cleanup.enter_context(closing(made))
        return made


def dynamodb(_folder: Path, cleanup: ExitStack) -> Backend:
    """A table of its own."""
    aws = cleanup.enter_context(cloud())
    return DynamoBackend(aws, cleanup.enter_context(table(aws, "liao-test")), cleanup)


BACKENDS: dict[str, Callable[[Path, ExitStack], Backend]] = {
    "sqlite": sqlite,
    "dynamodb": dynamodb,
}

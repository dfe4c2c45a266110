"""The backends that every storage contract is run on.

A new backend is one function that opens it and one line in `BACKENDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.stores import stores
from chalicelib.domain.events import TextSent
from chalicelib.ports import Stores


class Backend(Protocol):
    """One place where things are kept, for the length of a test."""

    def open(self) -> Stores:
        """Open it as one more process would, beside those that have it open already."""

    def holds(self, words: str) -> bool:
        """Tell whether these words (ASCII letters) are anywhere in what is stored."""


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

    def holds(self, words: str) -> bool:
        return any(words.encode() in path.read_bytes() for path in self.folder.iterdir())


def sqlite(folder: Path, cleanup: ExitStack) -> Backend:
    """A SQLite file in this folder."""
    backend = SqliteBackend(folder)
    cleanup.enter_context(backend.opened)
    return backend


BACKENDS: dict[str, Callable[[Path, ExitStack], Backend]] = {"sqlite": sqlite}

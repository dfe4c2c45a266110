"""In which chats of others something of a person is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import home, person
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.chat import Chat


def chats_of(table: Table, user: str) -> list[Chat]:
    """Find those chats."""
    return [Chat.parse(str(item["chat"])) for item in table.query(person(user))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What is forgotten last of a person: until then it leads to all the rest."""

    table: Table

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - any that is left
        """Forget in which chats of others the person was, but for those that still keep something.

        What they wrote since they asked waits on there, and leads to it when they ask again.
        """
        for chat in chats_of(self.table, user):
            atomically(self.table, partial(_leave, user=user, chat=chat))

    def purge(self, *, now: datetime) -> None:
        """Leave it to DynamoDB: such an item holds no words."""


def _leave(change: Change, *, user: str, chat: Chat) -> None:
    item = change.table.get(person(user), home(chat))
    events = change.table.query(home(chat), "event#")
    if item is not None and not any(event.get("user") == user for event in events):
        change.delete(item)

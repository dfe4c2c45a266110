"""In which chats of others something of a person is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters.storage.dynamodb.items import person
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.chat import Chat


def chats_of(table: Table, user: str) -> list[Chat]:
    """Find those chats."""
    return [Chat.parse(str(item["chat"])) for item in table.query(person(user))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What is forgotten last of a person: until then it leads to all the rest."""

    table: Table

    def forget_person(self, user: str, *, keep_turn: str) -> None:  # noqa: ARG002 - nothing of it
        """Forget in which chats of others the person was."""
        for item in self.table.query(person(user)):
            self.table.delete_one(str(item["pk"]), str(item["sk"]))

    def purge(self, *, now: datetime) -> None:
        """Leave it to DynamoDB: such an item holds no words."""

"""In which chats of others something of a person is kept, and whether they have left the bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import home, person
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.chat import Chat, ChatKind

#: The sort key of what is kept of somebody who left, and its part of the sweep's index.
PARTED: Final = "parted"


def chats_of(table: Table, user: str) -> list[Chat]:
    """Find those chats, each once."""
    noted = table.query(person(user))
    return [*dict.fromkeys(Chat.parse(str(item["chat"])) for item in noted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What is forgotten last of a person: until then it leads to all the rest."""

    table: Table

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Forget in which chats of others the person was, but for those that still keep something.

        What they wrote since they asked waits on there, and leads to it when they ask again.
        """
        for chat in chats_of(self.table, user):
            atomically(self.table, partial(_leave, user=user, chat=chat))
        self.forget_chat(Chat(ChatKind.USER, user), keep_turn=keep_turn)

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:  # noqa: ARG002 - turns know nobody
        """Forget that the person of a private chat left: nothing is left to forget.

        Who was in a group is known to their own notes alone, which tell no words and go by
        themselves: as long as anything of theirs may be there, those lead to it.
        """
        self.table.delete_one(home(chat), PARTED)

    def purge(self, *, now: datetime) -> None:
        """Leave it to DynamoDB: such an item holds no words."""


def _leave(change: Change, *, user: str, chat: Chat) -> None:
    item = change.table.get(person(user), home(chat))
    events = change.table.query(home(chat), "event#")
    if item is not None and not any(event.get("user") == user for event in events):
        change.delete(item)

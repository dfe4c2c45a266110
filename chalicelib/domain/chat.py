"""Where a conversation happens: with one person, in a group, or in a room.

A chat's key is what histories, leases and queues are filed under, so it must be one string
that can be read back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChatKind(StrEnum):
    """LINE's three kinds of source."""

    USER = "user"
    GROUP = "group"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation; `id` is LINE's id of the user, group or room."""

    kind: ChatKind
    id: str

    @property
    def key(self) -> str:
        """One string a chat, e.g. ``user:U206d…``; `Chat.parse` reads it back."""
        return f"{self.kind}:{self.id}"

    @property
    def is_private(self) -> bool:
        """True where the bot talks with one person alone."""
        return self.kind is ChatKind.USER

    @classmethod
    def parse(cls, key: str) -> Chat:
        """Read a key back. Raises ValueError when it is none."""
        kind, _, chat_id = key.partition(":")
        if not chat_id:
            raise ValueError(f"not a chat's key: {key!r}")
        return cls(ChatKind(kind), chat_id)

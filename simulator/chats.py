"""Chats, the people in them, and their messages, as the phones show them.

A chat is named by LINE's id: a person's (U…) for a chat with the bot alone, a group's (C…) or a
room's (R…). Each message keeps LINE's own object as its `content`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

KEPT_MESSAGES = 2_000

Json = dict[str, Any]
Delivery = Literal["sending", "waiting", "delivered", "failed"]


@dataclass(slots=True, kw_only=True)
class Message:
    """One bubble.

    user: who wrote it, None for the bot. via: how it came (message, postback, reply, push).
    delivery: of a person's message, how its webhook fares.
    """

    id: str
    chat: str
    user: str | None
    content: Json
    at: int
    via: str
    seq: int = 0
    delivery: Delivery | None = None
    unsent: bool = False
    read: bool = False

    def json(self) -> Json:
        """What tests and the page get; an unsent message has lost its content."""
        return {
            "id": self.id,
            "seq": self.seq,
            "chat": self.chat,
            "from": "user" if self.user else "bot",
            "user": self.user,
            "content": None if self.unsent else self.content,
            "at": self.at,
            "via": self.via,
            "delivery": self.delivery,
            "unsent": self.unsent,
            "read": self.read,
        }


@dataclass(slots=True, kw_only=True)
class Person:
    """A LINE user, as `GET /v2/bot/profile` shows them."""

    id: str
    name: str
    language: str | None = None
    follows: bool = True

    def profile(self) -> Json:
        """The profile; a person who didn't consent has no language."""
        spoken = {"language": self.language} if self.language else {}
        return {"userId": self.id, "displayName": self.name, **spoken}


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat's bubbles, oldest first. `loading_until` (ms) is 0 while no dots are shown."""

    id: str
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))
    people: dict[str, None] = field(default_factory=dict)
    loading_until: int = 0
    seq: int = 0
    latest: int = 0

    def add(self, message: Message) -> Message:
        """Show a message; the dots end with it if it is the bot's."""
        self.seq += 1
        message.seq = self.seq
        self.messages.append(message)
        if message.user:
            self.people[message.user] = None
        else:
            self.loading_until = 0
        return message

    def find(self, message_id: str) -> Message | None:
        """The message of this id, if it is still here."""
        return next((m for m in reversed(self.messages) if m.id == message_id), None)

    def moment(self, now: int) -> int:
        """A time stamp for the next event: now, and later than every one before it."""
        self.latest = max(now, self.latest + 1)
        return self.latest

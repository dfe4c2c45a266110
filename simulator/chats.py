"""Chats, the people in them, and their messages, as the phones show them.

A chat is named by LINE's id: a person's (U…) for a chat with the bot alone, a group's (C…) or a
room's (R…). Each message keeps LINE's own object as its `content`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

KEPT_MESSAGES = 2_000
#: LINE: what people may send of it, and what the bot sends, has a quote token.
QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template", "flex"})

Json = dict[str, Any]
Delivery = Literal["sending", "held", "waiting", "delivered", "failed"]
KINDS = {"U": "user", "C": "group", "R": "room"}


@dataclass(slots=True, kw_only=True)
class Message:
    """One bubble.

    user: who wrote it, None for the bot. via: how it came (message, postback, reply, push).
    delivery: of a person's message, how its webhook fares; event: that webhook's id.
    call: of the bot's message, the request id of the call that brought it, perhaps with others;
    token: the reply token which that call spent.
    quote_token: what quotes it, None where it can't be quoted.
    """

    id: str
    chat: str
    user: str | None
    content: Json
    at: int
    via: str
    seq: int = 0
    delivery: Delivery | None = None
    event: str | None = None
    call: str | None = None
    token: str | None = None
    quote_token: str | None = None
    unsent: bool = False
    edited: bool = False
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
            "event": self.event,
            "call": self.call,
            "token": self.token,
            "quote_token": self.quote_token,
            "unsent": self.unsent,
            "edited": self.edited,
            "read": self.read,
        }


@dataclass(slots=True, kw_only=True)
class Person:
    """A LINE user, as `GET /v2/bot/profile` shows them.

    follows: has the bot as a friend. blocked: did, and shut it out.
    """

    id: str
    name: str
    language: str | None = None
    follows: bool = True
    blocked: bool = False

    def profile(self) -> Json:
        """The profile; a person who didn't consent has no language."""
        spoken = {"language": self.language} if self.language else {}
        return {"userId": self.id, "displayName": self.name, **spoken}

    def json(self) -> Json:
        """What tests and the page get."""
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "follows": self.follows,
            "blocked": self.blocked,
        }


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat's bubbles, oldest first. `loading_until` (ms) is 0 while no dots are shown.

    members: the ids of the people in it, in the order of joining. bot: the bot is in it.
    """

    id: str
    name: str = ""
    members: dict[str, None] = field(default_factory=dict)
    bot: bool = True
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))
    loading_until: int = 0
    seq: int = 0
    latest: int = 0

    @property
    def kind(self) -> str:
        """A chat with one user, a group, or a room."""
        return KINDS[self.id[0]]

    def add(self, message: Message) -> Message:
        """Show a message; the dots end with it if it is the bot's."""
        self.seq += 1
        message.seq = self.seq
        self.messages.append(message)
        if message.user:
            self.members[message.user] = None
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

    def json(self) -> Json:
        """What tests and the page get."""
        last = self.messages[-1].json() if self.messages else None
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "members": list(self.members),
            "bot": self.bot,
            "last": last,
            "count": self.seq,
        }

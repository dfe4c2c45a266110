"""The webhook events LINE makes of what people do: pure functions of values.

Every event has the parts of `event()`; each kind adds its own. Ids, tokens and times are given by
the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

UNANSWERABLE = frozenset({"unsend", "unfollow", "leave", "memberLeft"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who did it, and where: `chat` is the id of a user (U…), a group (C…) or a room (R…)."""

    chat: str
    user: str | None = None

    def json(self) -> Json:
        """The event's `source`."""
        kind, key = KINDS[self.chat[:1]]
        user = {"userId": self.user} if self.user and kind != "user" else {}
        return {"type": kind, key: self.chat, **user}


KINDS = {"U": ("user", "userId"), "C": ("group", "groupId"), "R": ("room", "roomId")}


def event(kind: str, source: Source, *, event_id: str, at: int, token: str | None) -> Json:
    """The parts all events have; `token` is None for kinds that can't be answered."""
    answer = {"replyToken": token} if token else {}
    return {
        "type": kind,
        **answer,
        "mode": "active",
        "timestamp": at,
        "source": source.json(),
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
    }


def text(words: str, *, mention: Json | None = None, quoted: str | None = None) -> Json:
    """A text message's own parts."""
    extra: Json = {}
    if mention:
        extra["mention"] = {"mentionees": [mention]}
    if quoted:
        extra["quotedMessageId"] = quoted
    return {"type": "text", "text": words, **extra}


def mention_of_bot(words: str, *, name: str, bot_id: str) -> Json:
    """Where the bot is mentioned in a text; index and length count UTF-16 code units."""
    called = f"@{name}"
    index = words.index(called)
    return {
        "index": _units(words[:index]),
        "length": _units(called),
        "type": "user",
        "userId": bot_id,
        "isSelf": True,
    }


def sticker(package: str, number: str, *, keywords: list[str]) -> Json:
    """A sticker message's own parts."""
    return {
        "type": "sticker",
        "packageId": package,
        "stickerId": number,
        "stickerResourceType": "STATIC",
        "keywords": keywords,
    }


def _units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2

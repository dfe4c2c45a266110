"""The webhook events LINE makes of what people do: pure functions of values.

Every event has the parts of `event()`; each kind adds its own. Ids, tokens and times are given by
the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.rules import utf16

Json = dict[str, Any]

UNANSWERABLE = frozenset({"unsend", "unfollow", "leave", "memberLeft"})
#: Keywords of the stickers that the page draws; LINE tells none of many others.
KEYWORDS: Mapping[str, list[str]] = {
    "1988": ["Hello", "Hi", "Greeting"],
    "1989": ["Well done", "Good job", "Praise"],
    "1990": ["Laughing", "Haha", "Funny"],
    "1991": ["Thank you", "Thanks", "Love"],
    "1992": ["Thinking", "Hmm", "Wondering"],
    "1993": ["Sad", "Crying", "Tears"],
}


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


def text(words: str, *, mentions: list[Json] | None = None, quoted: str | None = None) -> Json:
    """A text message's own parts."""
    extra: Json = {}
    if mentions:
        extra["mention"] = {"mentionees": mentions}
    if quoted:
        extra["quotedMessageId"] = quoted
    return {"type": "text", "text": words, **extra}


def mention(index: int, length: int, *, user: str | None, bot_id: str) -> Json:
    """Whom a piece of a text mentions; without a user everybody. Counted in UTF-16 code units."""
    place: Json = {"index": index, "length": length}
    if user is None:
        return {**place, "type": "all"}
    return {**place, "type": "user", "userId": user, "isSelf": user == bot_id}


def mention_of_bot(words: str, *, name: str, bot_id: str) -> Json:
    """Where the bot is mentioned in a text that names it."""
    called = f"@{name}"
    before = words[: words.index(called)]
    return mention(utf16(before), utf16(called), user=bot_id, bot_id=bot_id)


def sticker(
    package: str,
    number: str,
    *,
    keywords: list[str] | None = None,
    words: str = "",
    quoted: str | None = None,
) -> Json:
    """A sticker message's own parts; words: what is written on one that can be written on."""
    extra = {"keywords": keywords, "text": words, "quotedMessageId": quoted}
    return {
        "type": "sticker",
        "packageId": package,
        "stickerId": number,
        "stickerResourceType": "MESSAGE" if words else "STATIC",
        **{name: value for name, value in extra.items() if value},
    }


def location(*, latitude: float, longitude: float, title: str = "", address: str = "") -> Json:
    """A location message's own parts; a place may have neither a name nor an address."""
    called = {name: value for name, value in (("title", title), ("address", address)) if value}
    return {"type": "location", **called, "latitude": latitude, "longitude": longitude}

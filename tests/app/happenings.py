"""What LINE tells of, as the events of a webhook: each has an id and a reply token of its own."""

from __future__ import annotations

from typing import Any

from simulator import events, ids
from simulator.events import Source

Json = dict[str, Any]
AMY = ids.user_id("Amy")
GROUP = "C" + "5" * 32
BOT = "U8e742f61d673b39c7fff3cecb7536ef0"


def text(words: str, *, chat: str = AMY, user: str = AMY) -> Json:
    """A person writes; in a group the bot is not mentioned."""
    return happening("message", chat=chat, user=user, message={**events.text(words), **_id(chat)})


def mention(words: str, *, chat: str = GROUP, user: str = AMY) -> Json:
    """A person writes in a group, and mentions the bot in front."""
    said = f"@Liao {words}"
    called = events.mention_of_bot(said, name="Liao", bot_id=BOT)
    content = {**events.text(said, mentions=[called]), **_id(chat)}
    return happening("message", chat=chat, user=user, message=content)


def happening(kind: str, *, chat: str = AMY, user: str = AMY, **parts: Json) -> Json:
    """Any event, with its own parts."""
    base = events.event(
        kind,
        Source(chat=chat, user=user),
        event_id=ids.event_id(),
        at=ids.now_ms(),
        token=ids.reply_token(),
    )
    return {**base, **parts}


def _id(chat: str) -> Json:
    return {"id": ids.message_id(), "quoteToken": ids.quote_token(chat)}

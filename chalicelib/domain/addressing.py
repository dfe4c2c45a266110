"""Who a message in a group is for: the bot answers when it is meant, and else holds its tongue.

It is meant where it is mentioned, quoted, called by a name or given a command. A name calls only at
the beginning and with something behind it that parts it from what follows: ``小聊，幾點了`` is a
call, ``小聊一下`` is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto

from chalicelib.domain.events import (
    AudioSent,
    ImageSent,
    LocationSent,
    Sent,
    TextSent,
)

_PARTS = r"[\s,，、:：;；!！?？~～.。…]+"
#: What is answered in a group that lets the bot answer everything.
_ANSWERABLE = (TextSent, ImageSent, AudioSent, LocationSent)


class Attention(Enum):
    """What becomes of an event: it is answered, kept as a line of a group's history, or dropped."""

    ANSWERED = auto()
    OVERHEARD = auto()
    IGNORED = auto()


def called(event: TextSent, names: Sequence[str]) -> TextSent:
    """The message without a name that calls the bot, as if it was mentioned; else as it is."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        found = re.match(rf"\s*@?{re.escape(name)}{_PARTS}", event.text, re.IGNORECASE)
        if found:
            return replace(event, text=event.text[found.end() :], to_bot=True)
    return event


def attention(event: Sent, *, listens: bool, remembers: bool) -> Attention:
    """Decide about a message in a group that isn't meant for the bot.

    listens: everything in the group is answered. remembers: what is said in the group is kept.
    """
    if listens and isinstance(event, _ANSWERABLE):
        return Attention.ANSWERED
    if remembers and isinstance(event, TextSent):
        return Attention.OVERHEARD
    return Attention.IGNORED

"""What people of a group are called, so that a model knows who said what.

LINE tells names one by one. They are kept in this process for an hour and nowhere else, so there
is nothing to delete when somebody asks to be forgotten.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.chat import Chat
from chalicelib.ports import Clock, Messenger

_FRESH = timedelta(hours=1)
#: Of more people nothing is remembered: the oldest go.
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Finds out what people are called; safe for many threads."""

    messenger: Messenger
    clock: Clock
    _known: dict[tuple[Chat, str], tuple[str, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def name(self, chat: Chat, user: str | None) -> str:
        """What somebody is called in a chat; "" where LINE doesn't tell."""
        if user is None:
            return ""
        now = self.clock.now()
        name, until = self._known.get((chat, user), ("", now))
        if now < until:
            return name
        messenger = self.messenger
        told = messenger.profile(user) if chat.is_private else messenger.member(chat, user)
        name = " ".join(told.name.split()) if told else ""
        with self._lock:
            self._known[chat, user] = (name, now + _FRESH)
            while len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        return name

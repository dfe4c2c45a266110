"""Reply tokens: each is good for one reply, for a short time.

LINE: a reply token works once, within one minute of its webhook; after a redelivery one minute
again, unless used, and at most 20 minutes after the event.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator import ids


class InvalidReplyToken(Exception):
    """The token is unknown, used or too old."""


@dataclass(slots=True)
class _Token:
    chat: str
    born: float
    sent: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ReplyTokens:
    """Every token that may still be used; those past `longest` are forgotten."""

    life: float
    longest: float
    clock: Callable[[], float] = time.monotonic
    _tokens: dict[str, _Token] = field(default_factory=dict)

    def issue(self, chat: str) -> str:
        """Make a token for a chat; its life begins now."""
        now = self.clock()
        self._forget_the_old(now)
        token = ids.reply_token()
        self._tokens[token] = _Token(chat, born=now, sent=now)
        return token

    def renew(self, token: str) -> None:
        """Begin the token's life anew: its webhook is being delivered again."""
        if token in self._tokens:
            self._tokens[token].sent = self.clock()

    def chat_of(self, token: str) -> str:
        """Name the chat a token still answers. Raises InvalidReplyToken."""
        known = self._tokens.get(token)
        now = self.clock()
        if known is None or known.used:
            raise InvalidReplyToken
        if now - known.sent > self.life or now - known.born > self.longest:
            raise InvalidReplyToken
        return known.chat

    def spend(self, token: str) -> str:
        """Use the token up and name its chat. Raises InvalidReplyToken."""
        chat = self.chat_of(token)
        self._tokens[token].used = True
        return chat

    def expire(self, token: str) -> bool:
        """End a token's life now; False where there is no such token."""
        return self._tokens.pop(token, None) is not None

    def expire_all(self) -> int:
        """End the life of every token; returns how many there were."""
        count = len(self._tokens)
        self._tokens.clear()
        return count

    def _forget_the_old(self, now: float) -> None:
        while self._tokens:
            oldest = next(iter(self._tokens))
            if now - self._tokens[oldest].born <= self.longest:
                return
            del self._tokens[oldest]

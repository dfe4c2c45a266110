"""Access tokens: the channel's own long-lived one, and those issued from its id and secret."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.channel import Channel

#: Seconds of life. LINE: a stateless token lives 15 minutes, a short-lived one 30 days.
STATELESS = 15 * 60
LONG = 30 * 24 * 3_600


@dataclass(slots=True)
class Access:
    """Every token that opens this channel."""

    channel: Channel
    clock: Callable[[], float] = time.monotonic
    _ends: dict[str, float] = field(default_factory=dict)
    _stateless: set[str] = field(default_factory=set)

    def issue(self, life: int) -> str:
        """Make a token that lives so many seconds."""
        now = self.clock()
        self._ends = {token: end for token, end in self._ends.items() if end > now}
        self._stateless &= self._ends.keys()
        token = secrets.token_urlsafe(48)
        self._ends[token] = now + life
        if life == STATELESS:
            self._stateless.add(token)
        return token

    def valid(self, token: str) -> bool:
        """True where the token opens the channel."""
        return token == self.channel.access_token or self.left(token) is not None

    def left(self, token: str) -> int | None:
        """How many seconds an issued token still lives; None where it doesn't."""
        left = self._ends.get(token, 0) - self.clock()
        return int(left) if left > 0 else None

    def revoke(self, token: str) -> None:
        """End a token's life; LINE: a stateless one's ends by itself alone."""
        if token not in self._stateless:
            self._ends.pop(token, None)

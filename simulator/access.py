"""Access tokens: the channel's own, and those issued from its id and secret."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.channel import Channel


@dataclass(slots=True)
class Access:
    """Every token that opens this channel."""

    channel: Channel

    def valid(self, token: str) -> bool:
        """True where the token opens the channel."""
        return token == self.channel.access_token

"""The people who write to the bot, and the LINE they do it in.

The simulator makes each message, so that its reply token is good, but does not deliver it: the load
generator does that, on its own schedule and over connections that stay open. What came back is read
from the chats, as a person would: one answer for each message, no more and no less.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from simulator.channel import Channel
from simulator.ids import user_id
from simulator.load.crowd import QUESTION
from simulator.server import Address
from simulator.webhooks import pack, sign

Json = dict[str, Any]

_PATIENCE = 30.0


class Broken(Exception):
    """Something answered as it never should, so nothing was measured; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One signed webhook with one message, ready to be sent.

    place: the message's place in its chat; what the bot answers stands behind it.
    """

    chat: str
    event: str
    place: int
    body: bytes = field(repr=False)
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A simulator that runs elsewhere, and its channel."""

    address: Address
    channel: Channel = field(default_factory=Channel)

    def hold_webhooks(self) -> None:
        """Let the simulator deliver nothing by itself."""
        self._ask("PUT", "/webhook", {"active": False})

    def think(self, seconds: float) -> None:
        """Let the model take so long for each answer."""
        self._ask("PUT", "/model", {"delay": seconds})

    def written(self, people: Sequence[str], words: str = QUESTION) -> list[Webhook]:
        """Let each of these people write once, to the bot alone."""
        return [self._write(user_id(name), words) for name in people]

    def answers(self, webhook: Webhook) -> list[float]:
        """When the bot's answers behind a message appeared, in seconds since the epoch.

        The bubbles of one call are one answer. LINE's times are whole milliseconds; each is counted
        to its end.
        """
        bubbles = self._ask("GET", f"/chats/{webhook.chat}?after={webhook.place}")["messages"]
        calls = {one["call"]: one["at"] for one in reversed(bubbles) if one["from"] == "bot"}
        return sorted((at + 1) / 1_000 for at in calls.values())

    def answered(
        self, webhooks: Sequence[Webhook], *, within: float, look_every: float = 0.02
    ) -> dict[str, list[float]]:
        """Wait for an answer to each, at most `within` seconds in all; the times, by event."""
        ends = time.monotonic() + within
        found = {}
        for webhook in webhooks:
            while not (times := self.answers(webhook)) and time.monotonic() < ends:
                time.sleep(look_every)
            found[webhook.event] = times
        return found

    def asked(self) -> int:
        """How often the model was asked up to now."""
        return int(self._ask("GET", "/model/requests?after=1000000000")["count"])

    def thought(self, after: int) -> list[float]:
        """How long the model itself took for each question after the first so many, in seconds."""
        requests = self._ask("GET", f"/model/requests?after={after}")["requests"]
        return [request["ms"] / 1_000 for request in requests]

    def _write(self, user: str, words: str) -> Webhook:
        made = self._ask("POST", "/text", {"user": user, "text": words})
        body = pack(self.channel.bot_id, [made["event"]])
        return Webhook(
            chat=user,
            event=made["event"]["webhookEventId"],
            place=made["message"]["seq"],
            body=body,
            signature=sign(body, self.channel.secret),
        )

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        netloc = urlsplit(self.address.url).netloc
        with closing(http.client.HTTPConnection(netloc, timeout=_PATIENCE)) as connection:
            asked = None if body is None else json.dumps(body)
            headers = {"content-type": "application/json"}
            connection.request(method, f"/sim{path}", asked, headers)
            response = connection.getresponse()
            raw = response.read()
        if response.status != http.client.OK:
            raise Broken(f"the simulator answers {method} {path} with {response.status}: {raw!r}")
        return dict(json.loads(raw))

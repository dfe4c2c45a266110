"""Webhooks out: signed as LINE signs them, sent once more when the bot didn't take them.

LINE waits two seconds for an answer. With redelivery on, an event whose webhook failed comes
again with the same id and the same reply token, marked `isRedelivery`. The schedule here is short,
so that it doesn't matter which of bot and simulator starts first.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from simulator import ids
from simulator.chats import Delivery as State

Json = dict[str, Any]
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one attempt went: the status, or 0 and an error."""

    status: int
    reason: str
    ms: float
    error: str | None = None

    @property
    def taken(self) -> bool:
        """True where the bot acknowledged the webhook."""
        return 200 <= self.status < 300


def sign(body: bytes, secret: str) -> str:
    """Sign raw bytes as LINE does, for `x-line-signature`."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def pack(destination: str, events: list[Json]) -> bytes:
    """Make a webhook's body."""
    body = {"destination": destination, "events": events}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def post(url: str, body: bytes, signature: str, *, timeout: float) -> Outcome:
    """POST a webhook and read the whole answer within `timeout` seconds; never raises."""
    start = time.perf_counter()
    try:
        async with asyncio.timeout(timeout):
            status, reason = await _exchange(url, body, signature)
    except TimeoutError:
        return Outcome(status=0, reason="request_timeout", ms=_ms(start), error="no answer in time")
    except (OSError, ValueError, OverflowError) as exc:
        return Outcome(status=0, reason="could_not_connect", ms=_ms(start), error=str(exc))
    return Outcome(status=status, reason=reason, ms=_ms(start))


async def _exchange(url: str, body: bytes, signature: str) -> tuple[int, str]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    reader, writer = await asyncio.open_connection(host, port, ssl=secure or None)
    try:
        head = (
            f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
            "User-Agent: LineBotWebhook/2.0\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nx-line-signature: {signature}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readline()
        await reader.read(MOST_BYTES)
    finally:
        writer.close()
    words = answer.decode("latin-1").split(None, 2)
    if len(words) < 2 or not words[1].isdigit():
        raise ValueError("the bot's answer is not HTTP")
    return int(words[1]), words[2].strip() if len(words) > 2 else ""


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1_000, 1)


@dataclass(slots=True, kw_only=True)
class Delivery:
    """An event on its way: what was tried, and how it stands. `at` is when it happened, in ms."""

    event: Json
    chat: str
    at: int
    seq: int = 0
    state: State = "sending"
    attempts: list[Json] = field(default_factory=list)

    def json(self) -> Json:
        """What tests and the page get."""
        return {
            "seq": self.seq,
            "at": self.at,
            "id": self.event["webhookEventId"],
            "type": self.event["type"],
            "chat": self.chat,
            "state": self.state,
            "attempts": self.attempts,
            "event": self.event,
        }


@dataclass(slots=True, kw_only=True)
class Postman:
    """Delivers events to one webhook URL.

    changed: called with a delivery when it begins and after each attempt. renew: called with the
    reply token before each redelivery. hold: seconds every webhook waits before it is sent.
    copies: how often each is sent; LINE may send one twice even with redelivery off.
    """

    secret: str = field(repr=False)
    destination: str
    timeout: float
    delays: tuple[float, ...]
    changed: Callable[[Delivery], None]
    renew: Callable[[str], None]
    url: str | None = None
    active: bool = True
    hold: float = 0
    copies: int = 1
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def send(self, delivery: Delivery) -> asyncio.Task[None]:
        """Begin to deliver; the task ends with the first attempt, redeliveries follow by it."""
        return self._begin(self._first(delivery))

    async def attempt(self, delivery: Delivery, *, redelivery: bool) -> bool:
        """Try once, now. True where the bot took it."""
        event, at = delivery.event, ids.now_ms()
        if redelivery:
            event = {**event, "deliveryContext": {"isRedelivery": True}}
            self.renew(event.get("replyToken", ""))
        outcome = await self.call([event])
        delivery.attempts.append(
            {
                "at": at,
                "redelivery": redelivery,
                "status": outcome.status,
                "ms": outcome.ms,
                "error": outcome.error,
            }
        )
        if outcome.taken:
            delivery.state = "delivered"
        return outcome.taken

    async def call(self, events: list[Json], *, url: str | None = None) -> Outcome:
        """Send events in one signed webhook."""
        url = url or self.url
        if url is None or not self.active:
            return Outcome(status=0, reason="inactive", ms=0, error="no webhook URL is set")
        body = pack(self.destination, events)
        return await post(url, body, sign(body, self.secret), timeout=self.timeout)

    def json(self) -> Json:
        """What tests and the page get."""
        return {"url": self.url, "active": self.active, "delay": self.hold, "copies": self.copies}

    def stop(self) -> None:
        """Forget everything under way."""
        for task in tuple(self._under_way):
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _first(self, delivery: Delivery) -> None:
        if self.hold:
            delivery.state = "held"
        self.changed(delivery)
        if self.hold:
            await asyncio.sleep(self.hold)
            delivery.state = "sending"
            self.renew(delivery.event.get("replyToken", ""))
        copies = (self.attempt(delivery, redelivery=False) for _ in range(self.copies))
        if not any(await asyncio.gather(*copies)):
            delivery.state = "waiting" if self.delays else "failed"
            self._begin(self._again(delivery))
        self.changed(delivery)

    async def _again(self, delivery: Delivery) -> None:
        for left, delay in enumerate(self.delays, start=1 - len(self.delays)):
            await asyncio.sleep(delay)
            if delivery.state == "delivered":
                return
            taken = await self.attempt(delivery, redelivery=True)
            if not taken and left == 0:
                delivery.state = "failed"
            self.changed(delivery)
            if taken:
                return

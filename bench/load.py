"""Sends webhooks as LINE does, over connections that stay open, and measures each answer.

A few clients share one list. Each takes the next webhook when it is free, and not before it is due:
where the bot is slow the schedule slips, and no client piles up requests that would only measure
their own queue.
"""

from __future__ import annotations

import http.client
import queue
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from bench.people import Broken, Webhook

CLIENTS = 8
PATIENCE = 60.0

_Schedule = queue.SimpleQueue[tuple[float, Webhook]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One webhook that got its 200: when it was begun (seconds since the epoch), how long it took.

    `seconds` go from the first byte sent to the last byte read.
    """

    webhook: Webhook
    at: float
    seconds: float


def send_all(
    url: str, webhooks: Sequence[Webhook], *, clients: int = CLIENTS, rate: float | None = None
) -> list[Sent]:
    """Send all webhooks, `rate` a second, or as fast as the clients can; in the order of sending.

    Raises Broken where one isn't answered with 200.
    """
    schedule: _Schedule = queue.SimpleQueue()
    start = time.monotonic()
    for number, webhook in enumerate(webhooks):
        schedule.put((start + number / rate if rate else start, webhook))
    with ThreadPoolExecutor(clients) as pool:
        try:
            work = [pool.submit(partial(_client, url, schedule)) for _ in range(clients)]
            done = [sent for each in work for sent in each.result()]
        finally:
            _clear(schedule)  # whatever breaks off one client ends the others
    return sorted(done, key=lambda sent: sent.at)


def _client(url: str, schedule: _Schedule) -> list[Sent]:
    """One client's share. The connection is opened before anything is measured."""
    done: list[Sent] = []
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)) as connection:
        connection.connect()
        while True:
            try:
                due, webhook = schedule.get_nowait()
            except queue.Empty:
                return done
            time.sleep(max(due - time.monotonic(), 0))
            done.append(_send(connection, webhook))


def _clear(schedule: _Schedule) -> None:
    with suppress(queue.Empty):
        while True:
            schedule.get_nowait()


def _send(connection: http.client.HTTPConnection, webhook: Webhook) -> Sent:
    headers = {"content-type": "application/json", "x-line-signature": webhook.signature}
    at, begun = time.time(), time.perf_counter()
    try:
        connection.request("POST", "/callback", webhook.body, headers)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as exc:
        raise Broken(f"the bot broke off a webhook: {type(exc).__name__}: {exc}") from exc
    seconds = time.perf_counter() - begun
    if response.status != http.client.OK:
        raise Broken(f"the bot answers a webhook with {response.status}: {body[:200]!r}")
    return Sent(webhook=webhook, at=at, seconds=seconds)

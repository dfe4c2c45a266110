"""A stand-in for a bot: takes webhooks, keeps them, answers them as told. And how tests wait."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

Json = dict[str, Any]
T = TypeVar("T")
PATIENCE = 15.0
STEP = 0.01


def wait_until(look: Callable[[], T], *, timeout: float = PATIENCE, what: str = "it") -> T:
    """Look again and again until there is something true; return it. Raises AssertionError."""
    end = time.monotonic() + timeout
    while not (seen := look()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {timeout} s; last seen: {seen!r}")
        time.sleep(STEP)
    return seen


@dataclass(slots=True, kw_only=True)
class Receiver:
    """A stand-in for a bot: keeps the webhooks it got, answers as told.

    statuses: what it answers next; 200 when there are none left. delay: seconds before it answers.
    does: called with each event, once the webhook was answered with 200.
    """

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0
    does: Callable[[Json], None] = lambda event: None

    def events(self) -> list[Json]:
        """All events received, in order."""
        return [event for _, raw in tuple(self.got) for event in json.loads(raw)["events"]]

    def wait_for_events(self, count: int = 1, *, timeout: float = PATIENCE) -> list[Json]:
        """Wait until at least so many events came; return them."""
        return wait_until(
            lambda: seen if len(seen := self.events()) >= count else [],
            timeout=timeout,
            what=f"{count} events",
        )


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Start a stand-in for a bot on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.statuses.pop(0) if receiver.statuses else 200
            time.sleep(receiver.delay)
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((headers, raw))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()
            for event in json.loads(raw)["events"] if status == 200 else ():
                receiver.does(event)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/callback"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()

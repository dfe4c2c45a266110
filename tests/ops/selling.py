"""A vendor of models as a real server on this machine, which lists what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True, kw_only=True)
class Vendor:
    """A vendor: what it answers to `GET /v1/models`, and to one of the names that only it knows.

    signed: whether a request's headers hold its key. heard: the paths that were asked for.
    """

    url: str = ""
    answer: Any = None
    status: int = 200
    unlisted: frozenset[str] = frozenset()
    signed: Callable[[Message], bool] = lambda headers: True
    heard: list[str] = field(default_factory=list)

    def lists(self, *names: str) -> None:
        """Let it list these."""
        self.answer = {"object": "list", "data": [{"id": name} for name in names]}


@contextmanager
def selling() -> Iterator[Vendor]:
    """Open a vendor on a free port."""
    vendor = Vendor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            vendor.heard.append(self.path)
            name = self.path.removeprefix("/v1/models").removeprefix("/")
            status, answer = vendor.status, vendor.answer
            if name:
                status, answer = (200, {"id": name}) if name in vendor.unlisted else (404, {})
            if not vendor.signed(self.headers):
                status, answer = 401, {"error": {"message": "no such key"}}
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        vendor.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield vendor
        finally:
            server.shutdown()
            thread.join()

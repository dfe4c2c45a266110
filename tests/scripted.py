"""A small real HTTP server that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: a body as it is, or a value as JSON.

    hangs: nothing is answered until the server is closed. breaks: the connection is reset once the
    request was read. drips: so many spaces come before the body, a hundredth of a second apart.
    """

    status: int = 200
    body: bytes | Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    breaks: bool = False
    drips: int = 0

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(slots=True, kw_only=True)
class Scripted:
    """The running server. `replies` are used up in order, then `usual` answers."""

    url: str = ""
    usual: Reply = field(default_factory=Reply)
    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away, or was sent away, is what some tests are about."""


def _handler(script: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 5  # so that a test that fails ends, though its connection is still open

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            asked = Asked(method=self.command, path=self.path, headers=headers, body=body)
            script.asked.append(asked)
            self.answer(script.replies.pop(0) if script.replies else script.usual)

        do_GET = do_PUT = do_POST  # noqa: N815 - http.server's naming

        def answer(self, reply: Reply) -> None:
            if reply.hangs:
                script.closing.wait(10)
                self.close_connection = True
                return
            if reply.breaks:
                now = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
                self.connection.close()
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(reply.drips + len(reply.raw)))
            self.end_headers()
            self.drip(reply.drips)
            self.wfile.write(reply.raw)

        def drip(self, times: int) -> None:
            for _ in range(times):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    self.close_connection = True
                    return
                script.closing.wait(0.01)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler


@contextmanager
def scripted(usual: Reply | None = None) -> Iterator[Scripted]:
    """Start a server on a free port; it is closed, and its threads are joined, at the end."""
    script = Scripted(usual=usual or Reply())

    with _Server(("127.0.0.1", 0), _handler(script)) as server:
        script.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield script
        finally:
            script.closing.set()
            server.shutdown()
            thread.join()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

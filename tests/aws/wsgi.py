"""A web server that keeps connections open, as AWS does, for applications made of functions.

moto comes with a development server that closes every connection after one answer: with it no
test would ever see a kept connection, and every call would look slower than it is. This one keeps
them, reads each request whole, answers in one write without Nagle's pause, and can speak TLS with
a handshake a connection, each in its own thread.
"""

from __future__ import annotations

import io
import socket
import ssl
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Any, cast

from moto.moto_server.werkzeug_app import MotoRequestHandler

HOST = "127.0.0.1"

Environ = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
#: What answers: from a request, in WSGI's words, to status, headers and body.
Application = Callable[[Environ], Answer]

#: The server's own; an answer's length and connection are its business.
_OWN = frozenset({"content-length", "connection", "transfer-encoding"})


class Unanswered(Exception):
    """An application's way to close the connection instead of answering."""


def plain(app: Callable[..., Iterable[bytes]]) -> Application:
    """Make of a WSGI application a function that returns the whole answer."""

    def ask(environ: Environ) -> Answer:
        told: list[tuple[str, list[tuple[str, str]]]] = []
        parts = app(environ, lambda status, headers, _=None: told.append((status, headers)))
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        status, headers = told[-1]
        return int(status.split()[0]), dict(headers), body

    return ask


def body_of(environ: Environ) -> bytes:
    """The body of a request, however often it is asked for."""
    return cast("io.BytesIO", environ["wsgi.input"]).getvalue()


def with_body(environ: Environ, body: bytes) -> Environ:
    """The same request with another body."""
    return {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}


class _Handler(MotoRequestHandler):
    """One connection: one request after the other until either side ends it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        given, is_chunked = environ["wsgi.input"], environ.get("wsgi.input_terminated")
        body = given.read() if is_chunked else given.read(int(environ.get("CONTENT_LENGTH") or 0))
        server = cast("_Server", self.server)
        try:
            status, headers, answer = server.ask(with_body(environ, body))
        except Unanswered:
            self.close_connection = True
            return
        except Exception:  # noqa: BLE001 - whoever asked is told, and so is the test's log
            answer = traceback.format_exc().encode()
            sys.stderr.write(answer.decode())
            status, headers = HTTPStatus.INTERNAL_SERVER_ERROR, {"Content-Type": "text/plain"}
        is_head = self.command == "HEAD"
        length = headers.get("Content-Length") if is_head else None
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(answer)))
        self.end_headers()
        self.wfile.write(b"" if is_head else answer)
        self.wfile.flush()

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError, ssl.SSLError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()


class _Server(ThreadingHTTPServer):
    """Serves one application; at its end every connection is closed and every thread joined."""

    daemon_threads = False
    request_queue_size = 256
    multithread, multiprocess = True, False
    _server_version = "AWS"

    def __init__(self, ask: Application, tls: ssl.SSLContext | None) -> None:
        super().__init__((HOST, 0), _Handler)
        self.ask = ask
        self.ssl_context = tls
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        sock, peer = super().get_request()
        if self.ssl_context:
            # the handshake is made by the first read, in the connection's own thread
            sock = self.ssl_context.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
        self._open.add(sock)
        return sock, peer

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        with suppress(OSError):
            super().shutdown_request(request)

    def end(self) -> None:
        self.shutdown()
        for sock in list(self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.server_close()


@contextmanager
def serving(ask: Application, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve an application on a free port of this machine until the block ends; gives its URL."""
    server = _Server(ask, tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://{HOST}:{server.server_port}"
    finally:
        server.end()
        thread.join()

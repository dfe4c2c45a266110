"""Connections that are kept between calls, that threads share, and that nobody waits for too long.

A webhook must answer LINE within two seconds, so its calls have short time-outs, which bound the
whole call and not only each silence in it. A container that was frozen between two requests wakes
with connections that the other side gave up long ago: one that was closed is noticed before it is
used, and the first failure on any other is tried again on a fresh one at once.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlsplit

from chalicelib.adapters.aws.trust import trust
from chalicelib.adapters.aws.wire import Waits, Wire
from chalicelib.domain.errors import StorageUnavailable

T = TypeVar("T")
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call may take, in seconds.

    silence: how long nothing may come, be it a connection or an answer. total: all tries and
    pauses together. tries: how many at most; after one that failed, the next is on a fresh
    connection.
    """

    silence: float
    total: float
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, signed. target: path and query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, whole; its headers' names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TryAgain(Exception):
    """An answer that another try may better; the words say what was wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Connections to one address, such as ``https://sqs.eu-west-1.amazonaws.com``."""

    url: str
    patience: Patience
    _idle: list[_Connection] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def connect(self) -> None:
        """Open a connection for the first request to find. Raises OSError."""
        ends = time.monotonic() + self.patience.total
        connection = _Connection(self.url, self.patience.silence, ends)
        with self._lock:
            self._idle.append(connection)

    def ask(self, request: Callable[[], Request], read: Callable[[Answer], T], *, named: str) -> T:
        """Make a request, and return what `read` makes of the answer.

        request: makes it, anew for each try, since a signature ages. read: may raise TryAgain; what
        else it raises is passed on. named: who does what, for the error. Raises StorageUnavailable
        where there is no such answer within the patience; all may have been carried out then.
        """
        ends = time.monotonic() + self.patience.total
        trouble: Exception = TimeoutError("no time left")
        for number in range(self.patience.tries):
            if number and isinstance(trouble, TryAgain):
                time.sleep(min(_pause(number), max(ends - time.monotonic(), 0)))
            try:
                return read(self._answer(request(), ends))
            except (TryAgain, OSError) as exc:
                trouble = exc
            if time.monotonic() >= ends:
                break
        told = str(trouble) if isinstance(trouble, TryAgain) else type(trouble).__name__
        raise StorageUnavailable(f"{named}: no answer: {told}") from trouble

    def close(self) -> None:
        """Close the connections that are not in use."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _answer(self, request: Request, ends: float) -> Answer:
        """Ask once. What fails takes the connections with it that were kept beside it."""
        connection = self._kept() or _Connection(self.url, self.patience.silence, ends)
        is_good = False
        try:
            answer = connection.ask(request, ends)
            is_good = answer.status < _SERVER_ERROR
        finally:
            if not is_good:
                connection.close()
                self.close()
        if connection.is_open:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _kept(self) -> _Connection | None:
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if connection.is_quiet:
                    return connection
                connection.close()
        return None


class _Connection:
    """One connection, made at once. Raises OSError."""

    def __init__(self, url: str, silence: float, ends: float) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        # As bytes: the codec for other names than ASCII's takes 1 ms to import.
        host, port = (parts.hostname or "").encode(), parts.port or (443 if secure else 80)
        self._waits = Waits(silence=silence, ends=ends)
        self._was_asked = False
        self._socket = _connected(host, port, self._waits, secure=secure)
        self._wire = Wire(self._socket, self._waits)

    def ask(self, request: Request, ends: float) -> Answer:
        """Ask once, until a moment of the monotonic clock. Raises OSError."""
        self._waits.ends, self._was_asked = ends, True
        status, headers, body = self._wire.ask(
            request.method, request.target, request.headers, request.body
        )
        return Answer(status=status, headers=headers, body=body)

    @property
    def is_open(self) -> bool:
        """Tell whether it may be used again; the other side may have asked to close it."""
        return self._wire.is_open

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing came unasked: on an idle connection that can only be its end.

        On one that was never used it can be TLS's tickets as well, so that one is always tried.
        """
        if not self._was_asked:
            return True
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        """Close it, used or not."""
        self._wire.close()


def _connected(host: bytes, port: int, waits: Waits, *, secure: bool) -> socket.socket:
    """Connect to the first of a host's addresses that answers. Raises OSError."""
    trouble: OSError = TimeoutError("no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(waits.next())
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return trust().wrap_socket(sock, server_hostname=host) if secure else sock
        except OSError as exc:
            sock.close()
            trouble = exc
    raise trouble


def _pause(number: int) -> float:
    """Wait before another try, in seconds: at first hardly at all."""
    import random  # here, since the first try needs none

    return random.uniform(0, min(0.05 * 2 ** (number - 1), 1.0))

"""Connections that are kept between calls, that threads share, and that nobody waits for too long.

A webhook must answer LINE within two seconds, so its calls have short time-outs, which bound the
whole call and not only each silence in it. A container that was frozen between two requests wakes
with connections that the other side gave up long ago: one that was closed is noticed before it is
used, and the first failure on any other is tried again on a fresh one at once.
"""

from __future__ import annotations

import http.client
import io
import random
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from chalicelib.adapters.aws.trust import trust
from chalicelib.domain.errors import StorageUnavailable

T = TypeVar("T")
_SERVER_ERROR: Final = 500
_PIECE: Final = 65_536


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
            except (TryAgain, OSError, http.client.HTTPException) as exc:
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
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        self._waits = _Waits(silence=silence, ends=ends)
        self._was_asked = False
        self._socket = _connected(host, port, self._waits, secure=secure)
        self._http = http.client.HTTPConnection(host, port)
        self._http.sock = _Bounded(self._socket, self._waits)

    def ask(self, request: Request, ends: float) -> Answer:
        """Ask once, until a moment of the monotonic clock. Raises OSError, HTTPException."""
        self._waits.ends, self._was_asked = ends, True
        self._http.request(
            request.method, request.target, request.body or None, dict(request.headers)
        )
        answer = self._http.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(status=answer.status, headers=headers, body=answer.read())

    @property
    def is_open(self) -> bool:
        """Tell whether it may be used again; the other side may have asked to close it."""
        return self._http.sock is not None

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
        self._http.close()
        self._socket.close()


class _Waits:
    """How long may be waited for the next thing, and until when for the last."""

    __slots__ = ("ends", "silence")

    def __init__(self, *, silence: float, ends: float) -> None:
        self.silence, self.ends = silence, ends

    def next(self) -> float:
        """Seconds; more than none. Raises TimeoutError where the time is up."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time left")
        return min(self.silence, left)


class _Bounded:
    """A socket, as far as http.client uses one, whose every wait is bounded."""

    def __init__(self, sock: socket.socket, waits: _Waits) -> None:
        self._sock, self._waits = sock, waits

    def sendall(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            self._sock.settimeout(self._waits.next())
            left = left[self._sock.send(left[:_PIECE]) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._sock, self._waits))

    def close(self) -> None:
        self._sock.close()


class _Reading(io.RawIOBase):
    """What comes from a socket. It stays readable when the socket is closed before it."""

    def __init__(self, sock: socket.socket, waits: _Waits) -> None:
        self._sock, self._waits = sock, waits
        self._raw: Any = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._waits.next())
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


def _connected(host: str, port: int, waits: _Waits, *, secure: bool) -> socket.socket:
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
    return random.uniform(0, min(0.05 * 2 ** (number - 1), 1.0))

"""HTTP/1.1 over one socket, as far as AWS speaks it, with every wait bounded.

`http.client` reads headers with the parser of e-mail, which takes 6 ms to import: a tenth of what a
webhook adds to a cold start. And its waits are bounded one by one, not the answer as a whole.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from typing import Final

#: Bytes that are sent or asked for at once, and the longest line of a head.
_PIECE: Final = 65_536
_MOST_HEADERS: Final = 100
_CONTINUES: Final = range(100, 200)
_WITHOUT_BODY: Final = (204, 304)


class Malformed(OSError):
    """The other side broke off, or what it says is no HTTP."""


class Waits:
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


class Wire:
    """A connection that is open; `is_open` tells whether it may be used again."""

    def __init__(self, sock: socket.socket, waits: Waits) -> None:
        self._sock, self._waits = sock, waits
        self._came = bytearray()
        self.is_open = True

    def ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask once; returns status, headers by lower-case names, and body. Raises OSError."""
        all_headers = {**headers, "content-length": str(len(body)), "accept-encoding": "identity"}
        lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in all_headers.items())]
        self._send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        is_new, status = self._status()
        told = dict(self._headers())
        while status in _CONTINUES:
            is_new, status = self._status()
            told = dict(self._headers())
        self.is_open = is_new and told.get("connection", "").lower() != "close"
        is_bare = method == "HEAD" or status in _WITHOUT_BODY
        answer = b"" if is_bare else self._body(told)
        if self._came:  # more than was asked for: whose it is nobody knows
            self.is_open = False
        return status, told, answer

    def close(self) -> None:
        """Close it."""
        self.is_open = False
        self._sock.close()

    def _send(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            self._sock.settimeout(self._waits.next())
            left = left[self._sock.send(left[:_PIECE]) :]

    def _status(self) -> tuple[bool, int]:
        """Read the first line: whether the connection stays by itself, and the status."""
        version, _, rest = self._line().partition(" ")
        code = rest[:3]
        if not version.startswith("HTTP/1.") or not (code.isascii() and code.isdigit()):
            raise Malformed("no HTTP")
        return version != "HTTP/1.0", int(code)

    def _headers(self) -> Iterator[tuple[str, str]]:
        for _ in range(_MOST_HEADERS):
            line = self._line()
            if not line:
                return
            name, _, value = line.partition(":")
            yield name.strip().lower(), value.strip()
        raise Malformed("headers without end")

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        if "content-length" in headers:
            return self._exactly(_number(headers["content-length"], base=10))
        self.is_open = False
        while self._more():
            pass
        return self._exactly(len(self._came))

    def _chunks(self) -> Iterator[bytes]:
        while size := _number(self._line().partition(";")[0], base=16):
            yield self._exactly(size)
            self._line()
        for _ in self._headers():
            pass

    def _line(self) -> str:
        while (end := self._came.find(b"\n")) < 0:
            if len(self._came) > _PIECE or not self._more():
                raise Malformed("a line without end")
        return self._exactly(end + 1).decode("latin-1").rstrip("\r\n")

    def _exactly(self, size: int) -> bytes:
        while len(self._came) < size:
            if not self._more():
                raise Malformed("it broke off")
        found = bytes(self._came[:size])
        del self._came[:size]
        return found

    def _more(self) -> bool:
        """Wait for more; False where the other side has ended."""
        self._sock.settimeout(self._waits.next())
        piece = self._sock.recv(_PIECE)
        self._came += piece
        return bool(piece)


def _number(text: str, *, base: int) -> int:
    try:
        number = int(text, base)
    except ValueError as exc:
        raise Malformed("no size") from exc
    if number < 0:
        raise Malformed("no size")
    return number

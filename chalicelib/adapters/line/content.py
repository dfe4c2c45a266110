"""What people sent that is no text, fetched from LINE without holding more of it than is wanted.

The SDK reads every answer whole, however large it is, so its connections are used here without its
methods. LINE prepares long recordings first: the content answers 202 until then, and beside it can
be asked how far that is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import chain, repeat
from typing import Any, Final
from urllib.parse import quote

from chalicelib.adapters.line.access import Access, opened
from chalicelib.adapters.line.calls import Calls, Timeout
from chalicelib.adapters.line.failures import Answered, of_answer, parsed
from chalicelib.domain.errors import (
    ContentBusy,
    ContentGone,
    ContentTooLarge,
    DeliveryError,
    SendBusy,
)
from chalicelib.domain.media import Medium, kind_of
from chalicelib.ports import Telemetry

_TIMEOUT: Final[Timeout] = (2, 5)
#: Seconds before a call that failed is made once more.
_AGAIN: Final = 0.3
#: Seconds between two looks whether it is prepared; then always the last.
_PAUSES: Final = (0.3, 0.5, 1.0, 2.0)
#: Bytes that are waited for at once, and the most that tell how far LINE is.
_PIECE: Final = 65_536
_DIGITS: Final = 18
_UNKNOWN: Final = "application/octet-stream"

_OK: Final = 200
_PREPARING: Final = 202
_FORBIDDEN: Final = (401, 403)
_BAD_REQUEST: Final = 400
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LineContent:
    """Implements `ports.Content`; safe for many threads. `connect` makes one.

    clock: seconds that only go on.
    """

    access: Access
    calls: Calls
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def connect(cls, *, access: Access, base_url: str, telemetry: Telemetry) -> LineContent:
        """Import the SDK, which takes about a second, and set it up; no request is made yet.

        base_url: LINE has a host of its own for content.
        """
        import linebot.v3.messaging as sdk  # type: ignore[import-untyped]

        return cls(access=access, calls=Calls.connect(sdk, base_url=base_url, telemetry=telemetry))

    def close(self) -> None:
        """Close the connections that are kept open."""
        self.calls.close()

    def fetch(self, message_id: str, *, within: timedelta, most: int) -> Medium:
        """Fetch it whole, waiting while LINE still prepares it; see `ports.Content`."""
        ends = self.clock() + within.total_seconds()
        get = partial(self._get, message_id, ends=ends)
        answered = get("content", most=most)
        pauses = chain(_PAUSES, repeat(_PAUSES[-1]))
        while answered.status == _PREPARING:
            self._pause(next(pauses), ends, "LINE still prepares it")
            state = parsed(get("content/transcoding", most=_PIECE).body).get("status")
            if state == "failed":
                raise ContentGone("LINE could not prepare it")
            if state != "processing":
                answered = get("content", most=most)
        return _medium(answered, most)

    def _get(self, message_id: str, part: str, *, most: int, ends: float) -> Answered:
        """Get a part of a message, at the second try if need be. Raises ContentBusy."""
        path = f"/v2/bot/message/{quote(message_id, safe='')}/{part}"
        named = f"GET /v2/bot/message/{{messageId}}/{part}"
        try:
            try:
                return self._once(path, named, most, ends)
            except SendBusy as exc:
                self._pause(_AGAIN, ends, str(exc))
            return self._once(path, named, most, ends)
        except DeliveryError as exc:
            raise ContentBusy(str(exc)) from exc

    def _once(self, path: str, named: str, most: int, ends: float) -> Answered:
        """Make one call. Raises SendBusy where LINE failed, and SendForbidden."""
        send = _Download(client=self.calls.client, most=most, ends=ends, clock=self.clock)
        answered = opened(self.access, self.calls, send, path, named=named, timeout=_TIMEOUT)
        if answered.status == _TOO_MANY or answered.status >= _SERVER_ERROR:
            raise of_answer(answered)
        return answered

    def _pause(self, seconds: float, ends: float, why: str) -> None:
        """Wait. Raises ContentBusy, which says why, where there is no time for it."""
        if self.clock() + seconds >= ends:
            raise ContentBusy(why)
        self.sleep(seconds)


def _medium(answered: Answered, most: int) -> Medium:
    """What an answer brought. Raises a ContentError."""
    status, raw = answered.status, answered.raw
    if status >= _BAD_REQUEST and status not in _FORBIDDEN:
        raise ContentGone(f"{status}: LINE has no content of this message")
    if status == _OK and (len(raw) > most or not _fits(answered.headers, most)):
        raise ContentTooLarge(f"more than {most} bytes")
    if status != _OK or not raw:
        raise ContentBusy(f"{status}: LINE gave no content")
    told = answered.headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = told if told not in ("", _UNKNOWN) else kind_of(raw) or _UNKNOWN
    return Medium(content=raw, content_type=kind)


def _fits(headers: Mapping[str, str], most: int) -> bool:
    """Tell whether a body has at most so many bytes, as far as its headers tell."""
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return True
    return len(length) <= _DIGITS and int(length) <= most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """An answer, by the names that the SDK gives to its parts."""

    status_code: int
    headers: Mapping[str, str]
    raw_data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Download:
    """Called like one of the SDK's methods, but it reads one byte over `most` at most.

    ends: when all of it must be there. A body that is known to be larger is not read at all.
    """

    client: Any = field(repr=False)
    most: int
    ends: float
    clock: Callable[[], float]

    def __call__(
        self, path: str, *, _request_auth: Mapping[str, str], _request_timeout: Timeout, **_: Any
    ) -> _Came:
        import urllib3

        connect, silence = (self._left(seconds) for seconds in _request_timeout)
        response = self.client.rest_client.pool_manager.request(
            "GET",
            self.client.configuration.host + path,
            headers={"Authorization": _request_auth["value"], "User-Agent": self.client.user_agent},
            timeout=urllib3.Timeout(connect=connect, read=silence),
            preload_content=False,
            redirect=False,  # the token is for LINE alone
        )
        try:
            raw = self._read(response, silence) if _fits(response.headers, self.most) else b""
            return _Came(status_code=response.status, headers=response.headers, raw_data=raw)
        finally:
            response.close()
            response.release_conn()

    def _read(self, response: Any, silence: float) -> bytes:
        """Read a body, a byte over `most` at most. Raises what urllib3 does, or TimeoutError."""
        raw = bytearray()
        while left := self.most + 1 - len(raw):
            seconds = self._left(silence)
            if response.connection and response.connection.sock:  # else it keeps its first patience
                response.connection.sock.settimeout(seconds)
            piece = response.read1(min(left, _PIECE), decode_content=False)
            if not piece:
                break
            raw += piece
        return bytes(raw)

    def _left(self, seconds: float) -> float:
        """So many seconds, or what is left of them. Raises TimeoutError where nothing is."""
        left = self.ends - self.clock()
        if left <= 0:
            raise TimeoutError("no time left")
        return min(seconds, left)

"""An HTTP client whose calls end in time, whatever the server does.

HTTP time-outs are per read: a proxy that sends a space every ten seconds, to keep a connection
open, is waited for without end. Here each wait on the network gets what is left of the whole call,
so there is no timer to cancel and no thread to leave behind. A call's connection is used by the
call's own thread alone, so the call is a context variable.

This module imports the HTTP library: import it together with the SDK, not before.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from ssl import SSLContext
from typing import Any, Final

import httpcore2
import httpx2

#: Seconds that a connection, and one write, may take at most.
_CONNECT: Final = 5.0
_WRITE: Final = 10.0
#: Workers that may call one vendor at the same time, with room to spare.
_CONNECTIONS: Final = 32


@dataclass(slots=True, kw_only=True)
class Bounds:
    """One call: when it ends, the time-outs to go with it, and whether an answer began to come."""

    ends: float
    timeout: httpx2.Timeout
    answered: bool = False


_call: ContextVar[Bounds] = ContextVar("call")


@contextmanager
def ending(within: timedelta) -> Iterator[Bounds]:
    """Bound everything that a client of `bounded_client` does inside."""
    seconds = max(within.total_seconds(), 0.0)
    timeout = httpx2.Timeout(
        connect=min(_CONNECT, seconds), read=seconds, write=_WRITE, pool=_CONNECT
    )
    call = Bounds(ends=time.monotonic() + seconds, timeout=timeout)
    reset = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(reset)


def bounded_client() -> httpx2.Client:
    """Make a client for calls inside `ending`.

    It follows no redirects, which would carry people's words to a host nobody chose, and reads no
    proxy from the environment, just as the LINE SDK doesn't.
    """
    return httpx2.Client(transport=_Transport(), trust_env=False)


class _Transport(httpx2.HTTPTransport):
    """httpx2's own transport, on connections that know when a call ends."""

    def __init__(self) -> None:
        context = httpx2.create_ssl_context()
        super().__init__(verify=context)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            keepalive_expiry=_CONNECT,
            network_backend=_Backend(),
        )


class _Backend(httpcore2.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout)
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options))


class _Stream(httpcore2.NetworkStream):
    """A connection; every wait is at most what is left of the call."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = self._inner.read(max_bytes, _left(timeout))
        _call.get().answered |= bool(piece)
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None) -> float:
    """Seconds this wait may take. Raises ReadTimeout when the call's time is up."""
    left = _call.get().ends - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the whole call took too long")
    return left if timeout is None else min(timeout, left)

"""HTTP as AWS speaks it, read from a socket: whole, or not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from chalicelib.adapters.aws.wire import Malformed, Waits, Wire

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@contextmanager
def hearing(answer: bytes, *, ends: bool = False) -> Iterator[tuple[Wire, list[bytes]]]:
    """A wire whose other side says this, and then closes or waits; gives what it heard."""
    ours, theirs = socket.socketpair()
    heard: list[bytes] = []

    def speak() -> None:
        heard.append(theirs.recv(65_536))
        with suppress(OSError):  # who has heard enough may hang up
            theirs.sendall(answer)
            if ends:
                theirs.shutdown(socket.SHUT_WR)

    with ours, theirs:
        thread = threading.Thread(target=speak)
        thread.start()
        try:
            yield Wire(ours, Waits(silence=1, ends=time.monotonic() + 5)), heard
        finally:
            ours.close()
            thread.join()


def ask(answer: bytes, *, method: str = "GET", ends: bool = False) -> tuple[int, bytes, bool]:
    with hearing(answer, ends=ends) as (wire, _):
        status, _headers, body = wire.ask(method, "/", {"host": "x"}, b"")
        return status, body, wire.is_open


def test_a_request_is_sent_as_it_was_signed() -> None:
    with hearing(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (wire, heard):
        _, headers, _ = wire.ask("POST", "/a?b=c", {"host": "x", "x-amz-date": "now"}, b"{}")
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[:3] == [b"POST /a?b=c HTTP/1.1", b"host: x", b"x-amz-date: now"]
    assert b"content-length: 2" in head.split(b"\r\n")
    assert body == b"{}"
    assert headers == {"content-length": "0"}


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200\r\nCONTENT-LENGTH:3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\ncontent-length: 3\n\nabc", b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx", b"x"),
        (
            CHUNKED + b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nx-after: 1\r\n\r\n",
            b"abc0123456789",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b""),
    ],
)
def test_an_answer_is_read_whole_and_its_connection_kept(answer: bytes, body: bytes) -> None:
    assert ask(answer)[1:] == (body, True)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (b"HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 1\r\n\r\nx", False),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", False),
        (b"HTTP/1.1 200 OK\r\n\r\nx", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx and more", False),
    ],
)
def test_a_connection_that_may_not_be_used_again_is_not(answer: bytes, *, ends: bool) -> None:
    assert ask(answer, ends=ends) == (200, b"x", False)


def test_who_asks_for_the_head_gets_no_body() -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n"
    assert ask(answer, method="HEAD") == (200, b"", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1",
        b"not HTTP\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2oo OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        CHUNKED + b"5\r\nab",
        CHUNKED + b"zz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 200,
        b"HTTP/1.1 200 OK\r\nx-a: " + b"b" * 200_000,
    ],
)
def test_what_is_no_answer_is_told_apart(answer: bytes) -> None:
    with pytest.raises(Malformed):
        ask(answer, ends=True)


def test_no_wait_is_longer_than_what_is_left() -> None:
    waits = Waits(silence=5, ends=time.monotonic() + 0.2)
    assert 0 < waits.next() <= 0.2
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        Wire(ours, waits).ask("GET", "/", {}, b"")
    with pytest.raises(TimeoutError, match="no time left"):
        Waits(silence=5, ends=time.monotonic()).next()

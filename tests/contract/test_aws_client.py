"""Calls to AWS end in time, are tried again where that helps, and fail in two ways only."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from chalicelib.adapters.aws.client import (
    WEBHOOK,
    WORKER,
    Account,
    AwsRefused,
    Client,
    Patience,
    dynamodb,
    sqs,
)
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable
from tests.aws.cloud import cloud
from tests.running import PROJECT
from tests.scripted import free_port

ENV = {
    "AWS_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "the-secret",
    "AWS_SESSION_TOKEN": "the-token",
}
#: As patient as a webhook, in fifths of the time: what is measured here need not take long.
HASTY = Patience(silence=0.1, total=0.3, tries=2)

#: What a server does with a connection it got a request on; False ends the connection.
Act = Callable[[socket.socket], bool]


def answers(told: object, status: int = 200) -> Act:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return sends(b"HTTP/1.1 %d x\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body))


def sends(data: bytes, *, then: bool = True) -> Act:
    def act(connection: socket.socket) -> bool:
        connection.sendall(data)
        return then

    return act


def drips(data: bytes, *, every: float) -> Act:
    """Send a byte at a time, never silent for long."""

    def act(connection: socket.socket) -> bool:
        with suppress(OSError):
            for byte in data:
                connection.sendall(bytes([byte]))
                time.sleep(every)
        return False

    return act


def closes(_connection: socket.socket) -> bool:
    return False


def is_silent(connection: socket.socket) -> bool:
    """Answer nothing until the other side gives up."""
    connection.settimeout(5)
    connection.recv(1)
    return False


@dataclass(slots=True)
class Server:
    """A server of the test's own, socket by socket. `acts` are used up; then `usual` answers."""

    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    acts: list[Act] = field(default_factory=list)
    usual: Act = field(default_factory=lambda: answers({"ok": 1}))
    asked: list[bytes] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    together: threading.Barrier | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections.append(connection)
                self.run(self.serve, connection)

    def run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self.threads.append(thread)
        thread.start()

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while request := self.read(connection):
                self.asked.append(request)
                if self.together:
                    self.together.wait()
                act = self.acts.pop(0) if self.acts else self.usual
                if not act(connection):
                    connection.shutdown(socket.SHUT_RDWR)
                    return

    def read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65_536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
        while len(body) < int(lengths[0].split(b":")[1]):
            body += connection.recv(65_536)
        return head + b"\r\n\r\n" + body

    def end(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.run(made.accept)
    yield made
    made.end()


@contextmanager
def client(url: str, patience: Patience = WORKER) -> Iterator[Client]:
    made = sqs(Account.read({**ENV, "AWS_ENDPOINT_URL": url}), patience)
    yield made
    made.close()


@contextmanager
def within(least: float, most: float) -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert least <= time.monotonic() - begun <= most


# --- what goes over the wire -------------------------------------------------------------------


def test_a_call_names_its_action_and_is_signed(server: Server) -> None:
    with client(server.url) as made:
        assert made.call("GetQueueUrl", {"QueueName": "q"}) == {"ok": 1}
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST / HTTP/1.1"
    assert json.loads(body) == {"QueueName": "q"}
    assert "x-amz-target: AmazonSQS.GetQueueUrl" in lines
    assert "content-type: application/x-amz-json-1.0" in lines
    assert "x-amz-security-token: the-token" in lines
    assert [line for line in lines if line.lower().startswith("host:")] == [
        f"host: {server.url.removeprefix('http://')}"
    ]
    assert "the-secret" not in head.decode()


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("ap-northeast-1", "https://sqs.ap-northeast-1.amazonaws.com"),
        ("cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_service_is_called_in_the_functions_region(region: str, url: str) -> None:
    assert Account.read({**ENV, "AWS_REGION": region}).url("sqs") == url


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_an_account_that_is_not_whole_says_what_is_missing(name: str) -> None:
    with pytest.raises(SettingInvalid, match=name):
        Account.read({**ENV, name: ""})


def test_no_secret_is_seen_where_a_client_is_printed(server: Server) -> None:
    with client(server.url) as made:
        assert "the-secret" not in repr(made)
        assert "the-token" not in repr(made)


# --- connections -------------------------------------------------------------------------------


def test_calls_after_each_other_share_a_connection(server: Server) -> None:
    with client(server.url) as made:
        for _ in range(3):
            made.call("A", {})
    assert len(server.connections) == 1


def test_threads_share_connections_and_never_one_at_a_time(server: Server) -> None:
    server.together = threading.Barrier(4, timeout=5)
    with client(server.url) as made, ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            asked = [pool.submit(made.call, "A", {"n": n}) for n in range(4)]
            assert [each.result(5) for each in asked] == [{"ok": 1}] * 4
    assert len(server.connections) == 4


def test_an_answer_that_ends_its_connection_is_read_whole(server: Server) -> None:
    body = json.dumps({"long": "x" * 200_000}).encode()
    server.acts = [sends(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + body, then=False)]
    with client(server.url) as made:
        assert made.call("A", {}) == json.loads(body)
        assert made.call("A", {}) == {"ok": 1}
    assert len(server.connections) == 2


def test_a_connection_that_was_closed_meanwhile_is_not_even_tried(server: Server) -> None:
    with client(server.url, Patience(silence=1, total=2, tries=1)) as made:
        made.call("A", {})
        server.connections[0].shutdown(socket.SHUT_RDWR)
        with within(0, 0.5):
            assert made.call("A", {}) == {"ok": 1}
    assert len(server.asked) == 2


def test_a_kept_connection_that_dies_when_it_is_used_is_followed_by_a_fresh_one_at_once(
    server: Server,
) -> None:
    server.together = threading.Barrier(2, timeout=5)
    with client(server.url, WEBHOOK) as made, ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(made.call, "A", {}) for _ in range(2)]:
            each.result(5)
        server.together, server.acts = None, [closes]
        with within(0, 0.5):
            assert made.call("A", {}) == {"ok": 1}
    # the one that was kept beside it is as dead: neither of both was asked again
    assert len(server.connections) == 3


def test_a_kept_connection_that_fell_silent_costs_half_a_second(server: Server) -> None:
    with client(server.url, WEBHOOK) as made:
        made.call("A", {})
        server.acts = [is_silent]
        with within(0.5, 1.5):
            assert made.call("A", {}) == {"ok": 1}
    assert len(server.connections) == 2


# --- time --------------------------------------------------------------------------------------


def test_a_webhook_waits_half_a_second_and_asks_once_more() -> None:
    assert Patience(silence=0.5, total=1.5, tries=2) == WEBHOOK


def test_who_hears_nothing_gives_up_after_two_silences(server: Server) -> None:
    server.usual = is_silent
    with (
        client(server.url, HASTY) as made,
        within(0.2, 0.8),
        pytest.raises(StorageUnavailable, match="sqs SendMessage: no answer: TimeoutError"),
    ):
        made.call("SendMessage", {})
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nx-a: " + b"a" * 500 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + b" " * 500,
    ],
)
def test_an_answer_that_drips_is_given_up_when_the_time_is_over(
    server: Server, answer: bytes
) -> None:
    server.usual = drips(answer, every=0.005)
    with (
        client(server.url, HASTY) as made,
        within(0.3, 1.2),
        pytest.raises(StorageUnavailable),
    ):
        made.call("A", {})


def test_who_does_not_read_is_given_up_too(server: Server) -> None:
    never = socket.create_server(("127.0.0.1", 0))
    with (
        never,
        client(f"http://127.0.0.1:{never.getsockname()[1]}", HASTY) as made,
        within(0.2, 1.2),
        pytest.raises(StorageUnavailable),
    ):
        made.call("A", {"long": "x" * 20_000_000})


@pytest.mark.parametrize("patience", [HASTY, WEBHOOK])
def test_nobody_listening_is_a_store_that_is_not_there(patience: Patience) -> None:
    with (
        client(f"http://127.0.0.1:{free_port()}", patience) as made,
        within(0, patience.total + 0.5),
        pytest.raises(StorageUnavailable, match="ConnectionRefusedError"),
    ):
        made.call("A", {})


def test_a_host_that_does_not_take_connections_is_given_up_in_time() -> None:
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    address = full.getsockname()
    waiting = [socket.socket() for _ in range(3)]
    for each in waiting:  # nobody accepts, so that the queue is full
        each.setblocking(False)
        each.connect_ex(address)
    with (
        client(f"http://127.0.0.1:{address[1]}", HASTY) as made,
        within(0.2, 1.2),
        pytest.raises(StorageUnavailable, match="TimeoutError"),
    ):
        made.call("A", {})
    for each in (*waiting, full):
        each.close()


# --- what an answer means ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        answers({"__type": "InternalServerError"}, 500),
        answers({}, 503),
        answers(b"<html>Bad Gateway</html>", 502),
        answers({"__type": "com.amazon.coral.availability#ThrottlingException"}, 400),
        answers({"__type": "com.amazonaws.sqs#RequestThrottled"}, 403),
        answers({}, 429),
        answers(b"<html>", 200),
        answers(b'{"QueueUrl": "htt', 200),
        answers(b"[]", 200),
        answers(b"[" * 100_000, 200),
        sends(b'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"half"', then=False),
        sends(b"not HTTP at all\r\n\r\n", then=False),
    ],
)
def test_what_may_pass_is_tried_again_and_then_no_answer(server: Server, answer: Act) -> None:
    with client(server.url, WEBHOOK) as made:
        server.acts = [answer]
        assert made.call("A", {}) == {"ok": 1}
        server.acts = [answer, answer]
        with pytest.raises(StorageUnavailable) as caught:
            made.call("A", {})
        assert "sqs A: no answer: " in str(caught.value)
    assert len(server.asked) == 4


def test_a_worker_is_more_patient(server: Server) -> None:
    server.acts = [answers({}, 500)] * 3
    with client(server.url) as made:
        assert made.call("A", {}) == {"ok": 1}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("com.amazonaws.sqs#QueueDoesNotExist", "QueueDoesNotExist"),
        ("AccessDeniedException", "AccessDeniedException"),
    ],
)
def test_a_no_is_told_by_its_name_and_not_asked_for_again(
    server: Server, told: str, code: str
) -> None:
    server.acts = [answers({"__type": told, "message": "no"}, 400)]
    with client(server.url) as made:
        with pytest.raises(AwsRefused) as caught:
            made.call("A", {})
        assert made.call("A", {}) == {"ok": 1}
    assert (caught.value.code, caught.value.told["message"]) == (code, "no")
    assert len(server.asked) == 2
    assert len(server.connections) == 1


# --- TLS ---------------------------------------------------------------------------------------

LIST = """
import os
from chalicelib.adapters.aws.client import WORKER, Account, Patience, dynamodb
from chalicelib.domain.errors import StorageUnavailable
made = dynamodb(Account.read(os.environ), Patience(silence=3, total=5, tries=2))
try:
    print(made.call("ListTables", {}), made.call("ListTables", {}), len(made.connections._idle))
except StorageUnavailable as exc:
    print(exc)
made.close()
"""


def test_tls_trusts_whom_the_system_trusts_and_nobody_else() -> None:
    with cloud(tls=True) as aws:
        told = {
            trusts: subprocess.run(
                [sys.executable, "-W", "error", "-c", LIST],
                cwd=PROJECT,
                env={**aws.environment(), **({} if trusts else {"SSL_CERT_FILE": "/dev/null"})},
                capture_output=True,
                text=True,
                timeout=20,
                check=True,
            ).stdout.strip()
            for trusts in (True, False)
        }
    assert told[True] == "{'TableNames': []} {'TableNames': []} 1"
    assert told[False] == "dynamodb ListTables: no answer: SSLCertVerificationError"


def test_a_real_refusal_is_read() -> None:
    with cloud() as aws:
        made = dynamodb(Account.read(aws.environment()), WORKER)
        with pytest.raises(AwsRefused) as caught:
            made.call("DescribeTable", {"TableName": "nothing"})
        made.close()
    assert caught.value.code == "ResourceNotFoundException"

"""A call to one of AWS's JSON services: DynamoDB, SQS or SSM.

A webhook must answer LINE within two seconds, so its calls have short time-outs. A container that
was frozen between two requests wakes with a connection that the other side gave up long ago: the
first failure on a kept connection is tried again on a fresh one at once. Every action that is
called through here may safely be made twice; see the adapters.
"""

from __future__ import annotations

import http.client
import json
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from chalicelib.adapters.aws.signer import Credentials, Scope, Signer
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable

Json = dict[str, Any]
_OK: Final = 200
_SERVER_ERROR: Final = 500
#: Errors that say: come again in a moment. Their names come with and without a prefix.
_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


class AwsRefused(Exception):
    """AWS understood and said no. `code` is the error's name, `told` all that came with it."""

    def __init__(self, code: str, told: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call may take, in seconds.

    silence: how long nothing may come, be it a connection or an answer. total: all tries and
    pauses together. tries: how many at most; each after the first is on a fresh connection.
    """

    silence: float
    total: float
    tries: int


#: LINE waits 2 s for a webhook; a worker has minutes.
WEBHOOK = Patience(silence=0.5, total=1.5, tries=2)
WORKER = Patience(silence=3.0, total=15.0, tries=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where calls go and who makes them; read from a function's environment."""

    region: str
    credentials: Credentials
    endpoint: str = ""

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Account:
        """Read what Lambda sets. Raises SettingInvalid where there is no region or no key."""
        region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or ""
        key_id, secret = env.get("AWS_ACCESS_KEY_ID", ""), env.get("AWS_SECRET_ACCESS_KEY", "")
        if not (region and key_id and secret):
            raise SettingInvalid(
                "LIAO_BACKEND=aws needs AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "which Lambda sets by itself; on a laptop use LIAO_BACKEND=local"
            )
        token = env.get("AWS_SESSION_TOKEN", "")
        return cls(
            region=region,
            credentials=Credentials(key_id=key_id, secret=secret, token=token),
            endpoint=env.get("AWS_ENDPOINT_URL", ""),
        )

    def url(self, service: str) -> str:
        """The base address of a service."""
        suffix = ".cn" if self.region.startswith("cn-") else ""
        return self.endpoint or f"https://{service}.{self.region}.amazonaws.com{suffix}"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Calls one service over a few kept connections, which threads share in turns.

    target: what the service's actions are called under, such as ``AmazonSQS``.
    """

    account: Account
    service: str
    target: str
    version: str
    patience: Patience
    clock: Callable[[], datetime] = _now
    _idle: list[http.client.HTTPConnection] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, action: str, payload: Mapping[str, Any]) -> Json:
        """Make a call; returns what it answered.

        Raises AwsRefused where AWS says no for good, StorageUnavailable where there is no answer
        within the patience; the call may then have been carried out all the same.
        """
        body = json.dumps(payload, separators=(",", ":")).encode()
        ends = time.monotonic() + self.patience.total
        trouble = "no time left"
        connection = self._kept()
        for number in range(self.patience.tries):
            within = min(self.patience.silence, ends - time.monotonic())
            if within <= 0:
                break
            try:
                connection = connection or self._fresh(within)
                status, told = self._ask(connection, action, body, within=within)
            except (OSError, http.client.HTTPException, ValueError) as exc:
                trouble = type(exc).__name__
                self.close()  # what was kept beside it has died as well
            else:
                code = _code(told)
                if status == _OK:
                    return told
                if status < _SERVER_ERROR and code not in _BUSY:
                    raise AwsRefused(code, told)
                trouble = code or str(status)
                time.sleep(min(_pause(number), max(ends - time.monotonic(), 0)))
            connection = None
        raise StorageUnavailable(f"{self.service} did not answer {action}: {trouble}")

    def close(self) -> None:
        """Close the connections that are not in use."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _ask(
        self, connection: http.client.HTTPConnection, action: str, body: bytes, *, within: float
    ) -> tuple[int, Json]:
        host = urlsplit(self.account.url(self.service)).netloc
        signer = Signer(
            credentials=self.account.credentials,
            scope=Scope(region=self.account.region, service=self.service),
        )
        headers = {
            "host": host,
            "content-type": f"application/x-amz-json-{self.version}",
            "x-amz-target": f"{self.target}.{action}",
        }
        signed = signer.headers("POST", "/", headers=headers, body=body, now=self.clock())
        try:
            connection.sock.settimeout(within)
            connection.request("POST", "/", body, signed)
            answer = connection.getresponse()
            told = json.loads(answer.read() or b"{}")
        except BaseException:
            connection.close()
            raise
        if answer.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.append(connection)
        return answer.status, told if isinstance(told, dict) else {}

    def _kept(self) -> http.client.HTTPConnection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _fresh(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.account.url(self.service))
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                parts.netloc, timeout=timeout, context=_trust()
            )
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
        connection.connect()
        return connection


@cache
def _trust() -> ssl.SSLContext:
    """Whom to trust; made once, since reading all certificates takes 25 ms."""
    return ssl.create_default_context()


def _pause(number: int) -> float:
    """Wait before the next try, in seconds: at first hardly at all."""
    return random.uniform(0, min(0.05 * 2**number, 1.0))


def _code(told: Mapping[str, Any]) -> str:
    return str(told.get("__type", "")).rpartition("#")[2]


def dynamodb(account: Account, patience: Patience) -> Client:
    """Speak to DynamoDB."""
    return Client(
        account=account,
        service="dynamodb",
        target="DynamoDB_20120810",
        version="1.0",
        patience=patience,
    )


def sqs(account: Account, patience: Patience) -> Client:
    """Speak to SQS."""
    return Client(
        account=account, service="sqs", target="AmazonSQS", version="1.0", patience=patience
    )


def ssm(account: Account, patience: Patience) -> Client:
    """Speak to SSM, which keeps parameters."""
    return Client(
        account=account, service="ssm", target="AmazonSSM", version="1.1", patience=patience
    )

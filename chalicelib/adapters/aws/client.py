"""A call to one of AWS's JSON services: DynamoDB, SQS or SSM.

`connections` has how long a call may take and what is tried again. Every action that is called
through here may safely be made twice; see the adapters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from chalicelib.adapters.aws.connections import Answer, Connections, Request, TryAgain
from chalicelib.adapters.aws.connections import Patience as Patience  # who makes a client gives it
from chalicelib.adapters.aws.signer import Credentials, Scope, Signer
from chalicelib.domain.errors import SettingInvalid

Json = dict[str, Any]
_SUCCESS: Final = 2
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429
#: Errors that say: come again in a moment. Their names come with and without a prefix.
_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "KMSThrottling",
        "KmsThrottled",
        "LimitExceededException",
        "OverLimit",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


class AwsRefused(Exception):
    """AWS understood and said no. `code` is the error's name, `told` all that came with it."""

    def __init__(self, code: str, told: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


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

    def url(self, service: str, *, bucket: str = "") -> str:
        """Where a service listens; S3's buckets have an address each."""
        suffix = ".cn" if self.region.startswith("cn-") else ""
        host = f"{bucket}.{service}" if bucket else service
        return self.endpoint or f"https://{host}.{self.region}.amazonaws.com{suffix}"

    def signer(self, service: str) -> Signer:
        """What signs requests to a service."""
        scope = Scope(region=self.region, service=service)
        return Signer(credentials=self.credentials, scope=scope)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Calls one service. target: what its actions are called under, such as ``AmazonSQS``."""

    service: str
    target: str
    version: str
    connections: Connections
    signer: Signer
    clock: Callable[[], datetime] = _now

    def connect(self) -> None:
        """Connect ahead of the first call. Raises OSError; the call then connects by itself."""
        self.connections.connect()

    def call(self, action: str, payload: Mapping[str, Any]) -> Json:
        """Make a call; returns what it answered.

        Raises AwsRefused where AWS says no for good, StorageUnavailable where there is no answer
        within the patience; the call may then have been carried out all the same.
        """
        body = json.dumps(payload, separators=(",", ":")).encode()
        headers = {
            "host": urlsplit(self.connections.url).netloc,
            "content-type": f"application/x-amz-json-{self.version}",
            "x-amz-target": f"{self.target}.{action}",
        }

        def signed() -> Request:
            all_headers = self.signer.headers(
                "POST", "/", headers=headers, body=body, now=self.clock()
            )
            return Request(method="POST", target="/", headers=all_headers, body=body)

        return self.connections.ask(signed, _told, named=f"{self.service} {action}")

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.connections.close()


def judged(answer: Answer, code: str, told: Mapping[str, Any]) -> None:
    """Let a success pass. Raises TryAgain where AWS is busy or broken, else AwsRefused."""
    if answer.status // 100 == _SUCCESS:
        return
    if answer.status >= _SERVER_ERROR or answer.status == _TOO_MANY or code in _BUSY:
        raise TryAgain(code or str(answer.status))
    raise AwsRefused(code, told)


def _told(answer: Answer) -> Json:
    """Read an answer. Raises TryAgain where it holds no JSON object."""
    try:
        told = json.loads(answer.body or b"{}")
    except (ValueError, RecursionError) as exc:
        raise TryAgain(f"{answer.status} without JSON") from exc
    if not isinstance(told, dict):
        raise TryAgain(f"{answer.status} without an object")
    judged(answer, str(told.get("__type", "")).rpartition("#")[2], told)
    return told


def dynamodb(account: Account, patience: Patience) -> Client:
    """Speak to DynamoDB."""
    return _client(account, patience, "dynamodb", "DynamoDB_20120810", "1.0")


def sqs(account: Account, patience: Patience) -> Client:
    """Speak to SQS."""
    return _client(account, patience, "sqs", "AmazonSQS", "1.0")


def ssm(account: Account, patience: Patience) -> Client:
    """Speak to SSM, which keeps parameters."""
    return _client(account, patience, "ssm", "AmazonSSM", "1.1")


def _client(
    account: Account, patience: Patience, service: str, target: str, version: str
) -> Client:
    return Client(
        service=service,
        target=target,
        version=version,
        connections=Connections(url=account.url(service), patience=patience),
        signer=account.signer(service),
    )

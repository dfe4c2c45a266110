"""AWS behind one door: one session, a client a service, and errors that say what to do.

`AWS_ENDPOINT_URL`, profiles and regions are read by the SDK as everywhere else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)

from ops.trouble import Trouble

_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 4}
)
_SIGN_IN: Final = (
    "Sign in to AWS (`aws configure`, `aws sso login`, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY in the environment) and run this again."
)
_DENIED: Final = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden")
_EXPIRED: Final = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "RequestExpired",
)


@dataclass(slots=True, kw_only=True)
class Aws:
    """One account in one region. `connect` makes one; `close` ends its connections."""

    session: Any = field(repr=False)
    account: str
    region: str
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def connect(cls) -> Aws:
        """Find credentials and region, and ask AWS whose they are. Raises Trouble."""
        with explained("signing in to AWS"):
            # The SDK for Python knows AWS_DEFAULT_REGION alone, AWS's other tools this one too.
            session = boto3.session.Session(region_name=os.environ.get("AWS_REGION") or None)
            region = session.region_name
            if not region:
                raise NoRegionError
            aws = cls(session=session, account="", region=region)
            try:
                aws.account = str(aws.client("sts").get_caller_identity()["Account"])
            except BaseException:
                aws.close()
                raise
            return aws

    def environment(self) -> dict[str, str]:
        """What a process of its own needs to work in the same region."""
        return {**os.environ, "AWS_DEFAULT_REGION": self.region}

    def client(self, service: str) -> Any:
        """The SDK's client of a service, made once."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, config=_CONFIG)
        return self._clients[service]

    def pages(self, service: str, operation: str, key: str, **asked: Any) -> Iterator[Any]:
        """Everything a listing holds, page after page."""
        for page in self.client(service).get_paginator(operation).paginate(**asked):
            yield from page.get(key, [])

    @property
    def endpoint(self) -> str:
        """Where all of AWS is instead of at its own addresses; "" where it is there."""
        return os.environ.get("AWS_ENDPOINT_URL", "")

    def close(self) -> None:
        """Close the connections that are kept open."""
        for client in self._clients.values():
            client.close()


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn the SDK's errors into Trouble; doing: what was being done, for the sentence."""
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError, TokenRetrievalError) as exc:
        raise Trouble("there are no credentials for AWS", _SIGN_IN) from exc
    except NoRegionError as exc:
        raise Trouble(
            "no AWS region is chosen", "Set AWS_REGION, e.g. AWS_REGION=ap-northeast-1 (Tokyo)."
        ) from exc
    except ProfileNotFound as exc:
        raise Trouble(
            str(exc), "Set AWS_PROFILE to one that `aws configure list-profiles` names."
        ) from exc
    except EndpointConnectionError as exc:
        raise Trouble(
            f"{doing}: AWS can't be reached ({exc})", "Check the network and AWS_REGION."
        ) from exc
    except ClientError as exc:
        raise _refused(doing, exc) from exc
    except BotoCoreError as exc:
        raise Trouble(f"{doing}: {exc}", "Run this again; it goes on where it stopped.") from exc


def code(exc: ClientError) -> str:
    """What AWS calls an error, e.g. NoSuchBucket."""
    return str(exc.response.get("Error", {}).get("Code", ""))


def says(exc: ClientError) -> str:
    """What AWS says of an error."""
    return str(exc.response.get("Error", {}).get("Message", exc)).partition("\n")[0]


def _refused(doing: str, exc: ClientError) -> Trouble:
    name = code(exc)
    if name in _EXPIRED:
        return Trouble(f"AWS does not accept the credentials ({name})", _SIGN_IN)
    call = exc.operation_name
    if name in _DENIED:
        return Trouble(
            f"{doing}: AWS does not allow these credentials to call {call}",
            f"Let an administrator allow it. AWS says: {says(exc)}",
        )
    return Trouble(f"{doing}: AWS refused {call} ({name}): {says(exc)}")

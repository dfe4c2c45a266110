"""A topic of SNS: who hears of it, and what is published.

Of the services here SNS alone speaks AWS's older protocol, in which a form goes in and XML comes
out. Two fields of it are needed, so it is read without a parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from chalicelib.adapters.aws.client import Account, judged
from chalicelib.adapters.aws.connections import Answer, Connections, Patience, Request, TryAgain
from chalicelib.adapters.aws.signer import Signer, queried

_VERSION: Final = "2010-03-31"
_FAILED: Final = 300
_CODE = re.compile(rb"<Code>(\w+)</Code>")
_CONFIRMED = re.compile(rb"<key>SubscriptionsConfirmed</key>\s*<value>(\d+)</value>")
_PUBLISHED = re.compile(rb"<MessageId>([^<]+)</MessageId>")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic, by its ARN.

    Every call raises AwsRefused where SNS says no for good, and StorageUnavailable where there is
    no answer in time; it may have been carried out then.
    """

    arn: str
    connections: Connections
    signer: Signer
    clock: Callable[[], datetime] = _now

    def confirmed(self) -> int:
        """How many subscribers have confirmed that they want to hear."""
        return int(self._ask("GetTopicAttributes", {}, _CONFIRMED))

    def publish(self, subject: str, message: str) -> None:
        """Publish to whoever is subscribed; what is tried again may come twice.

        subject: ASCII without control characters, under 100. message: 256 KiB at most in UTF-8.
        """
        self._ask("Publish", {"Subject": subject, "Message": message}, _PUBLISHED)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.connections.close()

    def _ask(self, action: str, values: Mapping[str, str], wanted: re.Pattern[bytes]) -> str:
        """Make a call; returns what is wanted of the answer."""
        form = {"Action": action, "Version": _VERSION, "TopicArn": self.arn, **values}
        body = queried(form).encode()
        headers = {
            "host": urlsplit(self.connections.url).netloc,
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        }

        def signed() -> Request:
            every = self.signer.headers("POST", "/", headers=headers, body=body, now=self.clock())
            return Request(method="POST", target="/", headers=every, body=body)

        def read(answer: Answer) -> str:
            code = _CODE.search(answer.body) if answer.status >= _FAILED else None
            judged(answer, code[1].decode() if code else str(answer.status), {})
            found = wanted.search(answer.body)
            if found is None:
                raise TryAgain(f"{answer.status} without what was asked for")
            return found[1].decode()

        return self.connections.ask(signed, read, named=f"sns {action}")


def topic(account: Account, patience: Patience, arn: str) -> Topic:
    """Speak to SNS about a topic."""
    return Topic(
        arn=arn,
        connections=Connections(url=account.url("sns"), patience=patience),
        signer=account.signer("sns"),
    )

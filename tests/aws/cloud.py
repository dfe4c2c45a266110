"""AWS on this machine: one address that answers as its services do, for as long as a block lasts.

    with cloud() as aws, table(aws, "liao-test"), queue(aws, "liao-test-wakes.fifo") as wakes:
        aws.client("dynamodb").put_item(TableName="liao-test", Item={…})
        bot = process([…], environment=environment(home, **aws.environment()), …)

It is moto, mended where it is not like AWS in what this project leans on; `mended`, `strict`,
`topics` and `fifo` say how. Each has an account of its own, so that several may be up side by side.

Where it is still unlike AWS:

- nothing is ever throttled, and no size or rate limit but an item's is held;
- TTL deletes nothing, and an index is always consistent with its table;
- an IAM policy is stored, and never asked;
- an event source mapping and a schedule only exist: `poller` plays them;
- a topic mails nobody, and only confirms addresses by `topics`;
- CloudFormation reports success and skips what it can't make.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.aws.accounts import account, forget, within
from tests.aws.certificates import trust
from tests.aws.fifo import Clock
from tests.aws.mended import Transactions, for_chalice, moto, one_at_a_time
from tests.aws.queues import Queues
from tests.aws.strict import strict
from tests.aws.topics import counted
from tests.aws.wsgi import HOST, serving

REGION = "ap-northeast-1"
#: No account's: they name nobody.
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "only-for-this-machine"

_session = botocore.session.get_session()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """A running stand-in. `clock` is the queues': move it on instead of waiting."""

    url: str
    queues: Queues = field(repr=False)
    transactions: Transactions = field(repr=False)
    account: str
    bundle: Path | None = None
    region: str = REGION

    @property
    def clock(self) -> Clock:
        """The queues' clock."""
        return self.queues.clock

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to take this for AWS."""
        told = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if self.bundle:
            told |= {"AWS_CA_BUNDLE": str(self.bundle), "SSL_CERT_FILE": str(self.bundle)}
        return told

    def client(self, service: str) -> Any:
        """A client as boto3 makes it; it gives up soon and asks once."""
        return _session.create_client(
            service,
            region_name=self.region,
            endpoint_url=self.url,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
            verify=str(self.bundle) if self.bundle else None,
            config=Config(
                connect_timeout=2,
                read_timeout=30,
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
            ),
        )

    def reset(self) -> None:
        """Forget everything."""
        self.queues.reset()
        self.transactions.reset()
        forget(self.account)


@contextmanager
def cloud(*, tls: bool = False) -> Iterator[Cloud]:
    """Start a stand-in for AWS on a free port; with `tls` behind a certificate of our own."""
    with tempfile.TemporaryDirectory(prefix="liao-cloud-") as folder, account() as owner:
        trusted = trust(Path(folder), HOST) if tls else None
        transactions = Transactions(counted(strict(moto())))
        queues = Queues(one_at_a_time(for_chalice(transactions)))
        with serving(within(owner, queues), trusted.context if trusted else None) as url:
            yield Cloud(
                url=url,
                queues=queues,
                transactions=transactions,
                account=owner,
                bundle=trusted.bundle if trusted else None,
            )
            queues.hurry()


@contextmanager
def table(aws: Cloud, name: str) -> Iterator[str]:
    """Make the table of Liao's, with its indexes, for as long as the block lasts; gives its name.

    The same as `infra/stack.yaml` declares, which moto can't make whole.
    """
    dynamodb = aws.client("dynamodb")
    kinds = {"pk": "S", "sk": "S", "pending": "S", "sweep": "S", "due": "N"}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in kinds.items()
        ],
        KeySchema=_keys("pk", "sk"),
        LocalSecondaryIndexes=[
            {
                "IndexName": "pending",
                "KeySchema": _keys("pk", "pending"),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "sweep",
                "KeySchema": _keys("sweep", "due"),
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": ["chat", "lane", "state", "cause"],
                },
            }
        ],
    )
    try:
        yield name
    finally:
        with suppress(ClientError):  # a reset took it along
            dynamodb.delete_table(TableName=name)


def _keys(partition: str, order: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": order, "KeyType": "RANGE"},
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wakes:
    """The URLs of a queue and of its dead-letter queue."""

    url: str
    dead: str


@contextmanager
def queue(aws: Cloud, name: str) -> Iterator[Wakes]:
    """Make a queue named `….fifo` and its `…-dead.fifo` for as long as the block lasts."""
    sqs = aws.client("sqs")
    fifo = {"FifoQueue": "true"}
    per_group = {
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }
    dead_name = f"{name.removesuffix('.fifo')}-dead.fifo"
    made = sqs.create_queue(
        QueueName=dead_name, Attributes={**fifo, **per_group, "MessageRetentionPeriod": "1209600"}
    )
    told = sqs.get_queue_attributes(QueueUrl=made["QueueUrl"], AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": told["Attributes"]["QueueArn"], "maxReceiveCount": 3}
    wakes = sqs.create_queue(
        QueueName=name,
        Attributes={
            **fifo,
            **per_group,
            "VisibilityTimeout": "180",
            "RedrivePolicy": json.dumps(redrive),
        },
    )
    try:
        yield Wakes(url=wakes["QueueUrl"], dead=made["QueueUrl"])
    finally:
        for url in (wakes["QueueUrl"], made["QueueUrl"]):
            with suppress(ClientError):
                sqs.delete_queue(QueueUrl=url)

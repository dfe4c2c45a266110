"""An event source mapping on this machine: from a FIFO queue to a function, as Lambda polls SQS.

    with polling(aws, wakes.url, worker.invoke, maximum_concurrency=5) as poller:
        …
        assert poller.handled == 3

It takes one message at a time, `maximum_concurrency` of them side by side, deletes a message when
its function returned, and leaves it where it is when it failed: it comes back after the queue's
visibility time-out, which is what the queue's clock is for. moto's own mappings only exist.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tests.aws.cloud import Cloud
from tests.aws.lambda_runtime import Done

Json = dict[str, Any]
Invoke = Callable[[Json], Done]
_WAIT: Final = 1


@dataclass(slots=True, kw_only=True)
class Poller:
    """One mapping. `done` is what came of each event, in the order in which they ended."""

    aws: Cloud
    url: str
    arn: str
    invoke: Invoke
    client: Any = field(repr=False)
    done: list[tuple[Json, Done]] = field(default_factory=list)
    most_at_once: int = 0
    _at_work: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ends: threading.Event = field(default_factory=threading.Event)
    _goes: threading.Event = field(default_factory=threading.Event)

    @property
    def handled(self) -> int:
        """How many events went well."""
        return sum(done.error is None for _, done in list(self.done))

    @property
    def failed(self) -> list[Json]:
        """The errors of those that didn't."""
        return [done.error for _, done in list(self.done) if done.error is not None]

    def pause(self) -> None:
        """Take no more messages; what is at work goes on."""
        self._goes.clear()

    def go_on(self) -> None:
        """Take messages again."""
        self._goes.set()

    def end(self) -> None:
        """Stop; whoever polls ends after what is at work."""
        self._ends.set()
        self._goes.set()

    def poll(self) -> None:
        """Poll until the end."""
        while self._goes.wait() and not self._ends.is_set():
            try:
                told = self.client.receive_message(
                    QueueUrl=self.url,
                    MaxNumberOfMessages=1,
                    WaitTimeSeconds=_WAIT,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                )
                for message in told.get("Messages", []):
                    self._handle(message)
            except (BotoCoreError, ClientError):
                if not self._ends.wait(0.05):  # Lambda, too, tries for ever
                    continue

    def _handle(self, message: Json) -> None:
        with self._lock:
            self._at_work += 1
            self.most_at_once = max(self.most_at_once, self._at_work)
        event = sqs_event(message, self.arn)
        try:
            done = self.invoke(event)
        finally:
            with self._lock:
                self._at_work -= 1
        if done.error is None:
            with suppress(ClientError):  # too late: the message is visible again
                self.client.delete_message(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"]
                )
        self.done.append((event, done))


@contextmanager
def polling(
    aws: Cloud, url: str, invoke: Invoke, *, maximum_concurrency: int = 5
) -> Iterator[Poller]:
    """Poll a queue until the block ends, and what is at work then with it."""
    client = aws.client("sqs")
    told = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    made = Poller(
        aws=aws, url=url, arn=told["Attributes"]["QueueArn"], invoke=invoke, client=client
    )
    made.go_on()
    threads = [threading.Thread(target=made.poll) for _ in range(maximum_concurrency)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        made.end()
        aws.queues.hurry()
        for thread in threads:
            thread.join()
        client.close()


def sqs_event(message: Json, arn: str) -> Json:
    """What Lambda makes of a message: an event of one record."""
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }
    return {"Records": [record]}


def scheduled_event(rule: str, *, account: str, region: str) -> Json:
    """What EventBridge sends to a function by a rule's schedule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{account}:rule/{rule}"],
        "detail": {},
    }

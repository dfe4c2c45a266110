"""The queues that the contract is run on, and a worker's side of each.

A new queue is one class and one line in `QUEUES`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from chalicelib.adapters.aws.client import WORKER, Account, sqs
from chalicelib.adapters.queue.local import LocalQueue
from chalicelib.adapters.queue.sqs import SqsQueue, from_entry
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.ports import Queue
from tests.aws.cloud import Cloud, Wakes, cloud
from tests.aws.cloud import queue as made_queue

NAME = "liao-test-wakes.fifo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A wake that a worker has. done: tells the queue that it was worked off."""

    chat: Chat
    lane: Lane
    done: Callable[[], None]


class Post(Protocol):
    """A queue, and the workers that it wakes."""

    @property
    def queue(self) -> Queue:
        """The queue."""

    def take(self, lane: Lane) -> Taken | None:
        """What the next worker of a lane gets at this moment; None where nothing is for it."""


@dataclass(frozen=True, slots=True)
class LocalPost:
    """The laptop's. Its workers take a wake for good."""

    queue: LocalQueue = field(default_factory=LocalQueue)

    def take(self, lane: Lane) -> Taken | None:
        if not self.queue.is_pressed(lane):
            return None
        chat = self.queue.next(lane)
        return Taken(chat=chat, lane=lane, done=lambda: None) if chat else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsPost:
    """SQS. One function takes both lanes, each wake in an entry of its own."""

    aws: Cloud
    wakes: Wakes
    queue: SqsQueue
    client: Any
    others: list[Taken] = field(default_factory=list)

    def take(self, lane: Lane) -> Taken | None:
        while not any(each.lane is lane for each in self.others):
            told = self.received()
            if told is None:
                return None
            self.others.append(told)
        found = next(each for each in self.others if each.lane is lane)
        self.others.remove(found)
        return found

    def received(self) -> Taken | None:
        told = self.client.receive_message(QueueUrl=self.wakes.url, MaxNumberOfMessages=1)
        for message in told.get("Messages", ()):
            chat, lane = from_entry(message["Body"])
            return Taken(chat=chat, lane=lane, done=partial(self.delete, message["ReceiptHandle"]))
        return None

    def delete(self, receipt: str) -> None:
        self.client.delete_message(QueueUrl=self.wakes.url, ReceiptHandle=receipt)

    def entries(self) -> list[dict[str, Any]]:
        """Every entry that waits, with what SQS sees of it; each is taken by that."""
        told = self.client.receive_message(
            QueueUrl=self.wakes.url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
        )
        return list(told.get("Messages", ()))


def local(_cleanup: ExitStack) -> Post:
    """The laptop's queue."""
    return LocalPost()


def on_sqs(cleanup: ExitStack) -> SqsPost:
    """A queue of its own in a stand-in for AWS."""
    aws = cleanup.enter_context(cloud())
    wakes = cleanup.enter_context(made_queue(aws, NAME))
    account = Account.read(aws.environment())
    queue = SqsQueue(client=sqs(account, WORKER), name=NAME, new_id=lambda: uuid4().hex)
    cleanup.enter_context(closing(queue))
    return SqsPost(aws=aws, wakes=wakes, queue=queue, client=aws.client("sqs"))


QUEUES: dict[str, Callable[[ExitStack], Post]] = {"local": local, "sqs": on_sqs}

"""A FIFO queue by SQS's rules, which moto's is not.

What a test must be able to rely on, each from AWS's guide to FIFO queues:

- a deduplication id is remembered for 5 minutes, even when its message was deleted long before;
  within a group only, where the queue's scope is `messageGroup`;
- a group stands still while one of its messages is out, and keeps its order when one comes back;
- a message that was handed out `maxReceiveCount` times and comes back again goes to the
  dead-letter queue, at the next look at the queue;
- a receipt is good for the latest hand-out alone, and only until the visibility time-out.

Time is a clock that tests move on: 180 seconds pass at once.
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

#: How long SQS remembers a deduplication id, in seconds.
REMEMBERED: Final = 300.0
LONGEST_VISIBILITY: Final = 43_200

_numbers = itertools.count(18_870_000_000_000_000_000)


class Clock:
    """Seconds since the epoch, which a test may move on."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self.moved: list[Callable[[], None]] = []

    def __call__(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += seconds
        for tell in self.moved:
            tell()


class Refusal(Exception):
    """What SQS says instead of doing it: the error's name, and why."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(told)
        self.code, self.told = code, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A queue's attributes, in seconds; without a limit nothing goes to a dead-letter queue."""

    visibility: float = 30.0
    retention: float = 345_600.0
    wait: float = 0.0
    max_receive_count: int | None = None
    by_group: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """One message, and how often and until when it was handed out."""

    body: str
    group: str
    deduplication_id: str
    sent: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    number: str = field(default_factory=lambda: str(next(_numbers)))
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    received: int = 0
    first_received: float | None = None
    receipt: str = ""
    out_until: float | None = None
    source_arn: str | None = None

    def is_out(self, now: float) -> bool:
        """Whether somebody has it and still may."""
        return self.out_until is not None and self.out_until > now


@dataclass(slots=True, kw_only=True)
class Fifo:
    """The messages of one queue, in order. Every method happens at one moment: hold a lock."""

    arn: str
    clock: Clock
    messages: list[Message] = field(default_factory=list)
    _seen: dict[tuple[str, str], tuple[float, Message]] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)

    def send(self, message: Message, terms: Terms) -> Message:
        """Take a message in; returns the earlier one in its place where its id is remembered."""
        now = self.clock()
        key = (message.group if terms.by_group else "", message.deduplication_id)
        at, earlier = self._seen.get(key, (0.0, message))
        if earlier is not message and now - at < REMEMBERED:
            return earlier
        self._seen[key] = (now, message)
        self.messages.append(message)
        return message

    def receive(
        self, terms: Terms, most: int, visibility: float, dead_letters: Fifo | None
    ) -> list[Message]:
        """Hand out up to `most` messages, oldest first, none of a group that has one out."""
        now = self.clock()
        self._forget_old(terms, now)
        self._move_the_dead(terms, now, dead_letters)
        still = {message.group for message in self.messages if message.is_out(now)}
        handed = [message for message in self.messages if message.group not in still][:most]
        for message in handed:
            message.received += 1
            message.first_received = message.first_received or now
            message.receipt = f"{message.id}.{uuid.uuid4().hex}"
            message.out_until = now + visibility
        return handed

    def delete(self, receipt: str) -> None:
        """Delete what was handed out with this receipt. Raises Refusal where it is too late."""
        message = self._by_receipt(receipt)
        if message is None:
            return
        if not message.is_out(self.clock()):
            raise Refusal(
                "InvalidParameterValue",
                f"Value {receipt} for parameter ReceiptHandle is invalid. "
                "Reason: The receipt handle has expired.",
            )
        self.messages.remove(message)
        self._gone.add(message.id)

    def change_visibility(self, receipt: str, seconds: float) -> None:
        """Let it come back at another time, counted from now; 0 is at once. Raises Refusal."""
        if not 0 <= seconds <= LONGEST_VISIBILITY:
            raise Refusal(
                "InvalidParameterValue",
                f"Value {seconds} for parameter VisibilityTimeout is invalid. "
                "Reason: Must be between 0 and 43200.",
            )
        message, now = self._by_receipt(receipt), self.clock()
        if message is None or not message.is_out(now):
            raise Refusal("AWS.SimpleQueueService.MessageNotInflight", "The message is not out.")
        message.out_until = now + seconds

    def purge(self) -> None:
        """Delete every message; what was seen is remembered all the same."""
        self._gone.update(message.id for message in self.messages)
        self.messages.clear()

    def drain_to(self, other: Fifo) -> int:
        """Move whatever is not out to another queue, as new messages; returns how many."""
        now = self.clock()
        moved = [message for message in self.messages if not message.is_out(now)]
        for message in moved:
            self.messages.remove(message)
            other.messages.append(
                Message(
                    body=message.body,
                    group=message.group,
                    deduplication_id=message.deduplication_id,
                    attributes=message.attributes,
                    sent=now,
                )
            )
        return len(moved)

    def counts(self) -> tuple[int, int]:
        """How many messages wait, and how many are out."""
        now = self.clock()
        out = sum(message.is_out(now) for message in self.messages)
        return len(self.messages) - out, out

    def next_return(self) -> float | None:
        """When the next message that is out comes back."""
        now = self.clock()
        times = (m.out_until for m in self.messages if m.out_until is not None)
        return min((at for at in times if at > now), default=None)

    def _forget_old(self, terms: Terms, now: float) -> None:
        self.messages = [m for m in self.messages if now - m.sent < terms.retention]

    def _move_the_dead(self, terms: Terms, now: float, dead_letters: Fifo | None) -> None:
        if terms.max_receive_count is None or dead_letters is None:
            return
        for message in list(self._worn_out(terms.max_receive_count, now)):
            self.messages.remove(message)
            message.source_arn, message.out_until = self.arn, None
            message.sent, message.number = now, str(next(_numbers))
            dead_letters.messages.append(message)

    def _worn_out(self, most: int, now: float) -> Iterator[Message]:
        return (m for m in self.messages if m.received >= most and not m.is_out(now))

    def _by_receipt(self, receipt: str) -> Message | None:
        """The message of a receipt, None where it is deleted already. Raises Refusal."""
        name = receipt.partition(".")[0]
        found = next((message for message in self.messages if message.id == name), None)
        if found is None and name not in self._gone:
            raise Refusal("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        if found is not None and found.receipt != receipt:
            raise Refusal(
                "InvalidParameterValue",
                f"Value {receipt} for parameter ReceiptHandle is invalid. "
                "Reason: The receipt handle has expired.",
            )
        return found

"""Amazon SQS: a FIFO queue that wakes one worker a chat, while other chats go on side by side.

An entry names a chat and a lane, never words. The chat is the message group, so that SQS hands out
one of its entries at a time; taps have a group of their own, since they wait for nobody. SQS drops
an entry whose deduplication id it saw within five minutes, even after it was worked off, so the
id is the newest event's only where that event is new.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters.aws.client import AwsRefused, Client
from chalicelib.domain.chat import Chat
from chalicelib.domain.digests import digest
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.events import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsQueue:
    """`Queue` in SQS. new_id: makes ids that are never the same twice."""

    client: Client
    name: str
    new_id: Callable[[], str]
    _url: list[str] = field(default_factory=list)

    def wake(self, chat: Chat, lane: Lane, *, once: str | None = None) -> None:
        """Ask for a worker. Raises StorageUnavailable if the wake could not be kept."""
        entry = {
            "Id": "0",
            "MessageBody": to_entry(chat, lane),
            # SQS takes 128 characters of ASCII, and needs no ids of people.
            "MessageGroupId": digest(f"{chat.key}:{lane}"),
            "MessageDeduplicationId": digest(f"{lane}:{once or self.new_id()}"),
        }
        told = self._call("SendMessageBatch", {"QueueUrl": self._address(), "Entries": [entry]})
        # A batch is answered with 200 even where an entry of it was not taken.
        if failed := told.get("Failed"):
            raise StorageUnavailable(f"sqs took no wake on {self.name}: {failed[0].get('Code')}")

    def is_pressed(self, lane: Lane) -> bool:  # noqa: ARG002 - Lambda brings workers as needed
        """False: workers come as they are needed."""
        return False

    def connect(self) -> None:
        """Ask for the queue's address, ahead of the first wake. Raises StorageUnavailable."""
        self._address()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _address(self) -> str:
        """The queue's URL, which holds the account's number; asked for once a container."""
        if not self._url:
            told = self._call("GetQueueUrl", {"QueueName": self.name}).get("QueueUrl")
            if not told:
                raise StorageUnavailable(f"sqs told no address of {self.name}")
            self._url.append(str(told))
        return self._url[0]

    def _call(self, action: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self.client.call(action, request)
        except AwsRefused as exc:
            raise StorageUnavailable(f"sqs refused {action} on {self.name}: {exc.code}") from exc


def to_entry(chat: Chat, lane: Lane) -> str:
    """Write what an entry says."""
    return json.dumps({"chat": chat.key, "lane": lane.value})


def from_entry(body: str) -> tuple[Chat, Lane]:
    """Read it back. Raises ValueError for what is no entry of ours; it quotes nothing of it."""
    try:
        told = json.loads(body)
        return Chat.parse(told["chat"]), Lane(told["lane"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("an entry of the queue is not a wake") from None

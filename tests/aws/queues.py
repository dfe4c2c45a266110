"""SQS's protocol for FIFO queues, in front of moto's.

moto keeps a queue's name and attributes, however it was made (CloudFormation makes them without
a request); what concerns messages is answered here by `fifo`. Standard queues are moto's alone.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from moto.sqs.models import Queue

from tests.aws.accounts import account_of, region_of
from tests.aws.fifo import Clock, Fifo, Refusal
from tests.aws.sqs_words import (
    JSON,
    Json,
    bad_batch,
    each,
    feeding,
    known_queue,
    md5,
    message,
    name_in,
    refused,
    shown,
    terms_of,
    with_counts,
)
from tests.aws.wsgi import Answer, Application, Environ, body_of

_MOST_AT_ONCE: Final = 10


@dataclass(slots=True)
class Queues:
    """Answers what concerns messages of FIFO queues; the rest goes to `rest`."""

    rest: Application
    clock: Clock = field(default_factory=Clock)
    _fifos: dict[str, Fifo] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _refusals: list[str] = field(default_factory=list)
    _hurried: int = 0

    def __post_init__(self) -> None:
        self.clock.moved.append(self._wake)

    def __call__(self, environ: Environ) -> Answer:
        target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
        action = _ACTIONS.get(target.removeprefix("AmazonSQS."))
        if not target.startswith("AmazonSQS.") or action is None:
            return self.rest(environ)
        asked = json.loads(body_of(environ))
        queue = known_queue(account_of(environ), region_of(environ), name_in(asked))
        if queue is None or not queue.fifo_queue:
            return self.rest(environ)
        try:
            told = action(self, queue, asked)
        except Refusal as exc:
            return refused(exc)
        if target.endswith((".GetQueueAttributes", ".DeleteQueue")):
            return with_counts(self.rest(environ), told)
        return 200, JSON, json.dumps(told).encode()

    def refuse(self, times: int, code: str = "InternalError") -> None:
        """Put the next entries of batches into `Failed`, in an answer that says 200."""
        self._refusals += [code] * times

    def of(self, queue: Queue) -> Fifo:
        """The messages of a queue."""
        key = str(queue.queue_arn)
        return self._fifos.setdefault(key, Fifo(arn=key, clock=self.clock))

    def reset(self) -> None:
        """Forget every message."""
        with self._changed:
            self._fifos.clear()
            self._refusals.clear()
            self._changed.notify_all()

    def hurry(self) -> None:
        """Let whoever waits for a message wait no longer."""
        with self._changed:
            self._hurried += 1
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # -- what SQS does ---------------------------------------------------------------------

    def _send(self, queue: Queue, asked: Json) -> Json:
        with self._changed:
            sent = self.of(queue).send(message(queue, asked, self.clock()), terms_of(queue))
            self._changed.notify_all()
        told = {"MessageId": sent.id, "MD5OfMessageBody": md5(asked["MessageBody"])}
        return {**told, "SequenceNumber": sent.number}

    def _send_batch(self, queue: Queue, asked: Json) -> Json:
        entries = asked.get("Entries") or []
        ids = [entry["Id"] for entry in entries]
        if not entries:
            raise bad_batch("EmptyBatchRequest", "There should be at least one entry.")
        if len(entries) > _MOST_AT_ONCE:
            raise bad_batch("TooManyEntriesInBatchRequest", "Maximum number of entries is 10.")
        if len(set(ids)) < len(ids):
            raise bad_batch("BatchEntryIdsNotDistinct", "An id is there twice.")
        good, bad = [], []
        for entry in entries:
            name = entry["Id"]
            if self._refusals:
                code = self._refusals.pop(0)
                bad.append({"Id": name, "Code": code, "SenderFault": False, "Message": "Try again"})
                continue
            try:
                good.append({"Id": name, **self._send(queue, entry)})
            except Refusal as exc:
                bad.append({"Id": name, "Code": exc.code, "SenderFault": True, "Message": exc.told})
        return {"Successful": good, "Failed": bad}

    def _receive(self, queue: Queue, asked: Json) -> Json:
        most = int(asked.get("MaxNumberOfMessages", 1))
        if not 1 <= most <= _MOST_AT_ONCE:
            raise Refusal("InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10.")
        terms = terms_of(queue)
        ends = time.monotonic() + float(asked.get("WaitTimeSeconds", terms.wait))
        visibility = float(asked.get("VisibilityTimeout", terms.visibility))
        wanted = {*asked.get("AttributeNames", []), *asked.get("MessageSystemAttributeNames", [])}
        dead = queue.dead_letter_queue
        with self._changed:
            before = self._hurried
            while True:
                here = self.of(queue)
                found = here.receive(terms, most, visibility, self.of(dead) if dead else None)
                left = ends - time.monotonic()
                if found or left <= 0 or self._hurried > before:
                    return {"Messages": [shown(m, wanted) for m in found]} if found else {}
                back = here.next_return()
                self._changed.wait(min(left, max(back - self.clock(), 0.001)) if back else left)

    def _delete(self, queue: Queue, asked: Json) -> Json:
        with self._changed:
            self.of(queue).delete(asked["ReceiptHandle"])
            self._changed.notify_all()
        return {}

    def _delete_batch(self, queue: Queue, asked: Json) -> Json:
        return each(asked, lambda entry: self._delete(queue, entry))

    def _change(self, queue: Queue, asked: Json) -> Json:
        with self._changed:
            seconds = float(asked["VisibilityTimeout"])
            self.of(queue).change_visibility(asked["ReceiptHandle"], seconds)
            self._changed.notify_all()
        return {}

    def _change_batch(self, queue: Queue, asked: Json) -> Json:
        return each(asked, lambda entry: self._change(queue, entry))

    def _purge(self, queue: Queue, asked: Json) -> Json:
        with self._changed:
            self.of(queue).purge()
        return {}

    def _delete_queue(self, queue: Queue, asked: Json) -> Json:
        with self._changed:
            self._fifos.pop(str(queue.queue_arn), None)
        return {}

    def _counts(self, queue: Queue, asked: Json) -> Json:
        with self._changed:
            waiting, out = self.of(queue).counts()
        return {
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(out),
        }

    def _move(self, queue: Queue, asked: Json) -> Json:
        """Move dead letters back to the queue they came from, at once."""
        sources = feeding(queue)
        to = asked.get("DestinationArn", "").rpartition(":")[2] or sources[0].name
        target = known_queue(queue.account_id, queue.region, to)
        if target is None:
            raise Refusal("ResourceNotFoundException", "There is no such queue.")
        with self._changed:
            self.of(queue).drain_to(self.of(target))
            self._changed.notify_all()
        return {"TaskHandle": f"{queue.queue_arn}#moved"}


_ACTIONS: Final[dict[str, Callable[[Queues, Queue, Json], Json]]] = {
    "SendMessage": Queues._send,
    "SendMessageBatch": Queues._send_batch,
    "ReceiveMessage": Queues._receive,
    "DeleteMessage": Queues._delete,
    "DeleteMessageBatch": Queues._delete_batch,
    "ChangeMessageVisibility": Queues._change,
    "ChangeMessageVisibilityBatch": Queues._change_batch,
    "PurgeQueue": Queues._purge,
    "DeleteQueue": Queues._delete_queue,
    "GetQueueAttributes": Queues._counts,
    "StartMessageMoveTask": Queues._move,
}

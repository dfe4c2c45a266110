"""SQS's words: requests, answers and errors of its JSON protocol, as botocore reads them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

from moto.sqs.models import Queue, sqs_backends

from tests.aws.fifo import Message, Refusal, Terms
from tests.aws.wsgi import Answer

Json = dict[str, Any]
JSON: Final = {"Content-Type": "application/x-amz-json-1.0"}
_SENDER: Final = "AIDAIT2UOQQY3AUEKVGXU"


def name_in(asked: Json) -> str:
    """The queue a request names: by URL, or by ARN where messages are moved."""
    return str(asked.get("QueueUrl") or asked.get("SourceArn", "").replace(":", "/")).split("/")[-1]


def known_queue(account: str, region: str, name: str) -> Queue | None:
    """What moto knows of a queue."""
    found: Queue | None = sqs_backends[account][region].queues.get(name)
    return found


def feeding(dead_letters: Queue) -> list[Queue]:
    """The queues whose dead letters come here. Raises Refusal where there is none."""
    known = sqs_backends[dead_letters.account_id][str(dead_letters.region)].queues.values()
    found = [other for other in known if other.dead_letter_queue is dead_letters]
    if not found:
        raise Refusal("InvalidParameterValue", "Source queue must be a dead-letter queue.")
    return found


def terms_of(queue: Queue) -> Terms:
    """A queue's attributes that say what becomes of its messages."""
    known: Any = queue  # moto sets its fields by their names
    redrive = getattr(known, "redrive_policy", None)
    return Terms(
        visibility=float(known.visibility_timeout),
        retention=float(known.message_retention_period),
        wait=float(known.receive_message_wait_time_seconds),
        max_receive_count=int(redrive["maxReceiveCount"]) if redrive else None,
        by_group=known.deduplication_scope == "messageGroup",
    )


def shown(message: Message, wanted: set[str]) -> Json:
    """A message as it is handed out, with the attributes asked for."""
    every = {
        "SenderId": _SENDER,
        "SentTimestamp": str(int(message.sent * 1000)),
        "ApproximateReceiveCount": str(message.received),
        "ApproximateFirstReceiveTimestamp": str(int((message.first_received or 0) * 1000)),
        "MessageDeduplicationId": message.deduplication_id,
        "MessageGroupId": message.group,
        "SequenceNumber": message.number,
        **({"DeadLetterQueueSourceArn": message.source_arn} if message.source_arn else {}),
    }
    attributes = {n: v for n, v in every.items() if n in wanted or "All" in wanted}
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": md5(message.body),
        "Body": message.body,
        **({"Attributes": attributes} if attributes else {}),
        **({"MessageAttributes": message.attributes} if message.attributes else {}),
    }


def each(asked: Json, do: Callable[[Json], Json]) -> Json:
    """Do something with each entry of a batch, and tell which failed."""
    good, bad = [], []
    for entry in asked["Entries"]:
        try:
            do(entry)
        except Refusal as exc:
            told = {"Code": exc.code, "SenderFault": True, "Message": exc.told}
            bad.append({"Id": entry["Id"], **told})
        else:
            good.append({"Id": entry["Id"]})
    return {"Successful": good, "Failed": bad}


def bad_batch(name: str, told: str) -> Refusal:
    """What SQS says to a batch that it doesn't look into."""
    return Refusal(f"AWS.SimpleQueueService.{name}", told)


def refused(exc: Refusal) -> Answer:
    """An error in both of SQS's spellings: the JSON protocol's, and the older one in a header."""
    kind = exc.code.rpartition(".")[2]
    told = {"__type": f"com.amazonaws.sqs#{kind}", "message": exc.told}
    headers = {**JSON, "x-amzn-query-error": f"{exc.code};Sender"}
    return 400, headers, json.dumps(told).encode()


def with_counts(answer: Answer, counts: Json) -> Answer:
    """What moto tells of a queue, with our counts where it told its own."""
    status, headers, body = answer
    told = json.loads(body or b"{}")
    attributes = told.get("Attributes")
    if attributes is None:
        return answer
    told["Attributes"] = {**attributes, **{n: v for n, v in counts.items() if n in attributes}}
    return status, headers, json.dumps(told).encode()


def md5(text: str) -> str:
    """The digest by which clients check what they get."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def message(queue: Queue, asked: Json, now: float) -> Message:
    """Read a message to be sent. Raises Refusal where SQS would."""
    if not asked.get("MessageGroupId"):
        raise Refusal("MissingParameter", "The request must contain MessageGroupId.")
    if asked.get("DelaySeconds"):
        raise Refusal("InvalidParameterValue", "A FIFO queue has no delay of one message.")
    body = asked["MessageBody"]
    by_content = queue.content_based_deduplication  # type: ignore[attr-defined]
    digest = hashlib.sha256(body.encode()).hexdigest() if by_content else None
    known_as = asked.get("MessageDeduplicationId", digest)
    if not known_as:
        raise Refusal(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly",
        )
    return Message(
        body=body,
        group=asked["MessageGroupId"],
        deduplication_id=known_as,
        attributes=asked.get("MessageAttributes", {}),
        sent=now,
    )

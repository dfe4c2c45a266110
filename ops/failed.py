"""What failed for good, in one list: turns that were given up, and wakes whose worker died.

A turn is in the table: LINE refused its answer, or it broke its worker three times and the person
got an apology. A wake is in the dead-letter queue: its worker died three times without a word,
which the sweep made good unless the cause is still there. Both can be replayed or dropped, and
neither is harmed by being replayed once too often: the inbox knows what was answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.adapters.aws.client import WORKER
from chalicelib.adapters.aws.client import sqs as sqs_client
from chalicelib.adapters.queue.sqs import SqsQueue, from_entry
from chalicelib.adapters.storage.dynamodb.failures import DynamoFailures
from chalicelib.bootstrap.backends import new_id
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.domain.names import Names
from chalicelib.domain.turns import Turn
from chalicelib.ports import Failures, Queue
from ops import stores
from ops.aws import Aws, explained
from ops.stores import readable
from ops.trouble import Trouble

#: SQS gives ten at a time; a look goes on until nothing comes, or so often.
_AT_ONCE: Final = 10
_LOOKS: Final = 50
#: Seconds for which a wake is out of others' sight: what it was taken by is good for as long.
_HIDDEN: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One entry. `turn` is there for a turn, `receipt` for a wake.

    cause: why. at: when it happened. tries: how often, where that is known.
    """

    id: str
    kind: str
    chat: Chat | None
    lane: Lane
    cause: str
    at: datetime
    tries: int | None
    turn: Turn | None = None
    receipt: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where failures are looked at and settled. `opened` makes one.

    held: what is needed to settle each wake that was looked at, by its id.
    """

    failures: Failures
    queue: Queue
    sqs: Any = field(repr=False)
    dead_letters: str
    held: dict[str, str] = field(default_factory=dict, repr=False)

    def all(self) -> list[Failed]:
        """Everything, oldest first; what was looked at before is looked at again."""
        with explained("reading what failed"), readable():
            turns = [_of_turn(one.turn, one.cause, one.at) for one in self.failures.given_up()]
            return sorted([*turns, *self._wakes()], key=lambda one: one.at)

    def chosen(self, ids: Sequence[str], *, everything: bool) -> list[Failed]:
        """Those that are named, by their ids or what these begin with. Raises Trouble."""
        known = self.all()
        if everything:
            return known
        if not ids:
            raise Trouble("nothing is named", "Name ids of `failed list`, or say --all.")
        return [_named(known, one) for one in dict.fromkeys(ids)]

    def replay(self, failed: Failed) -> str:
        """Let it be worked on again; returns what was done."""
        with explained("replaying"), readable():
            if failed.chat is None:
                raise Trouble(f"{failed.id} is no wake of ours", "Drop it.")
            if failed.turn is not None:
                now = datetime.now(UTC)
                if not self.failures.revive(failed.chat, failed.id, now=now):
                    raise Trouble(
                        f"nothing is left to answer in {failed.id}: its words were erased, or the "
                        "person asked again",
                        "Drop it.",
                    )
            self.queue.wake(failed.chat, failed.lane)
            self._delete(failed)
        return "it begins anew" if failed.turn else "its chat is woken"

    def drop(self, failed: Failed) -> str:
        """Take it off the list; returns what was done."""
        with explained("dropping"), readable():
            if failed.turn is not None and failed.chat is not None:
                self.failures.drop(failed.chat, failed.id)
            self._delete(failed)
        return "off the list"

    def let_go(self) -> None:
        """Let others see the wakes that are left, at once."""
        for receipt in self.held.values():
            self.sqs.change_message_visibility(
                QueueUrl=self.dead_letters, ReceiptHandle=receipt, VisibilityTimeout=0
            )

    def _delete(self, failed: Failed) -> None:
        if self.held.pop(failed.id, None):
            self.sqs.delete_message(QueueUrl=self.dead_letters, ReceiptHandle=failed.receipt)

    def _wakes(self) -> list[Failed]:
        found: dict[str, Failed] = {}
        for _ in range(_LOOKS):
            told = self.sqs.receive_message(
                QueueUrl=self.dead_letters,
                MaxNumberOfMessages=_AT_ONCE,
                VisibilityTimeout=_HIDDEN,
                AttributeNames=["All"],
            )
            messages = told.get("Messages", [])
            if not messages:
                break
            found |= {message["MessageId"]: _of_wake(message) for message in messages}
        self.held.update({one.id: one.receipt for one in found.values()})
        return list(found.values())


@contextmanager
def opened(aws: Aws, names: Names) -> Iterator[Desk]:
    """Open a stage's desk. Raises Trouble where the stage is not there."""
    own = sqs_client(stores.account(aws), WORKER)
    queue = SqsQueue(client=own, name=names.queue, new_id=new_id)
    with closing(queue), stores.table(aws, names) as table:
        with explained("finding the dead-letter queue"):
            sqs = aws.client("sqs")
            url = str(sqs.get_queue_url(QueueName=names.dead_letters)["QueueUrl"])
        failures = DynamoFailures(table=table)
        desk = Desk(failures=failures, queue=queue, sqs=sqs, dead_letters=url)
        try:
            yield desk
        finally:
            desk.let_go()


def _named(known: Sequence[Failed], start: str) -> Failed:
    found = [one for one in known if one.id.startswith(start)]
    if len(found) != 1:
        what = "fits more than one" if found else "is not on the list"
        raise Trouble(f"{start} {what}", "See `python -m ops failed list` for the ids.")
    return found[0]


def _of_turn(turn: Turn, cause: str, at: datetime) -> Failed:
    return Failed(
        id=turn.id,
        kind="turn",
        chat=turn.chat,
        lane=Lane.TURNS,
        cause=cause,
        at=at,
        tries=turn.attempts,
        turn=turn,
    )


def _of_wake(message: dict[str, Any]) -> Failed:
    attributes = message.get("Attributes", {})
    try:
        chat, lane = from_entry(message["Body"])
    except ValueError:
        chat, lane = None, Lane.TURNS
    sent = int(attributes.get("SentTimestamp", 0)) / 1000
    return Failed(
        id=message["MessageId"],
        kind="wake",
        chat=chat,
        lane=lane,
        cause="its worker died" if chat else "no wake of ours",
        at=datetime.fromtimestamp(sent, tz=UTC),
        tries=None,  # SQS counts our own looks too
        receipt=message["ReceiptHandle"],
    )

"""A deployed stage and the people who write to it, on which everything may go wrong.

stage.asks("Is tea good?")
stage.gate.once(REPLY, Moment.ARRIVES, stage.bot.worker.kill).wait()
stage.passes(SHOWN_AGAIN)
assert stage.answers() == {…: 1}
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from tests.aws.poller import Poller
from tests.faults.gate import Gate
from tests.production.live import NAMES, Live
from tests.production.place import CHANNEL, Site
from tests.simulated import Sent, Simulated, wait_until

Json = dict[str, Any]
#: How long a wake is out of sight, and a moment; whoever had it died or is out of time then.
SHOWN_AGAIN: Final = 181.0
#: How long anything may take on a busy machine.
PATIENT: Final = 40.0
#: Moments in the table, in microseconds since the epoch.
_MOMENTS: Final = ("received", "touched", "since", "until", "ends", "due")
_MICROS: Final = 1_000_000
_numbers = itertools.count(1)


@dataclass(slots=True, kw_only=True)
class Stage:
    """A site on which Amy writes, and the queue wakes workers."""

    site: Site
    amy: str
    asked: list[str] = field(default_factory=list)
    _expired: set[str] = field(default_factory=set, repr=False)
    _polling: ExitStack = field(default_factory=ExitStack, repr=False)
    _poller: Poller | None = field(default=None, repr=False)

    @property
    def sim(self) -> Simulated:
        """LINE and the model."""
        return self.site.sim

    @property
    def gate(self) -> Gate:
        """What the functions say passes it."""
        return self.site.gate

    @property
    def bot(self) -> Live:
        """What runs."""
        return self.site.bot

    @property
    def poller(self) -> Poller:
        """Who wakes the workers."""
        assert self._poller is not None, "nobody polls the queue"
        return self._poller

    def goes_on(self) -> None:
        """The queue wakes workers from now on."""
        self._poller = self._polling.enter_context(self.bot.woken())

    def rests(self) -> None:
        """The queue wakes no worker any more; who is at work ends that."""
        self._polling.close()
        self._poller = None

    def person(self, name: str) -> str:
        """Somebody who never wrote before."""
        return self.sim.user(f"{name} {next(_numbers)}", language="zh-TW")

    def asks(self, words: str = "這題怎麼解？") -> Sent:
        """Amy asks something that nobody asked before, and the bot takes it."""
        question = f"第 {next(_numbers):03} 題：{words}"
        self.asked.append(question)
        sent = self.sim.text(self.amy, question, wait=True)
        self.sim.wait_until_delivered(sent, timeout=PATIENT)
        return sent

    def answers(self) -> dict[str, int]:
        """How many of the bot's bubbles answer each of Amy's questions."""
        bubbles = self.sim.texts(self.amy)
        return {question: sum(question in b for b in bubbles) for question in self.asked}

    def model_calls(self, question: str) -> int:
        """How often the model was asked a question."""
        every = self.sim.model_requests()
        return sum(question in str(it["body"]["messages"][-1]["content"]) for it in every)

    def settles(self) -> None:
        """Wait until LINE has nothing to deliver any more, and the queue holds no wake."""
        self.settles_deliveries()
        wait_until(lambda: self.wakes() == (0, 0), timeout=PATIENT, what="an empty queue")
        wait_until(lambda: not self.bot.worker.running, timeout=PATIENT, what="rest")

    def settles_deliveries(self) -> None:
        """Wait until LINE has nothing to deliver any more."""
        wait_until(self._is_delivered, timeout=PATIENT, what="every delivery")

    def dies(self) -> None:
        """Every worker dies, whatever it does."""
        self.bot.worker.kill()

    def dead(self, count: int) -> None:
        """Wait until so many workers have died."""
        wait_until(lambda: len(self.poller.failed) >= count, timeout=PATIENT, what="a death")
        for error in self.poller.failed:
            assert error["errorType"] == "Runtime.ExitError", error

    def passes(self, seconds: float, *, again: Sent | None = None) -> None:
        """Let time pass: what Amy's chat holds gets older, LINE's tokens end, the queue's clock
        goes on.

        again: what LINE will deliver once more, so that its token's life begins anew.
        """
        if seconds > CHANNEL.reply_life:
            tokens = {webhook["event"].get("replyToken") for webhook in self.sim.webhooks()}
            for token in tokens - self._expired - {again.token if again else None, None}:
                self.sim.expire(token)
                self._expired.add(token)
        dynamodb = self.site.aws.client("dynamodb")
        for item in self.site.chat(self.amy):
            if older := _older(item, int(seconds * _MICROS)):
                dynamodb.update_item(
                    TableName=NAMES.table,
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in older),
                    ExpressionAttributeNames={f"#{name}": name for name in older},
                    ExpressionAttributeValues={f":{n}": {"N": at} for n, at in older.items()},
                )
        self.site.aws.clock.advance(seconds)

    def wakes(self, queue: str = NAMES.queue) -> tuple[int, int]:
        """How many wakes wait in a queue, and how many are out."""
        sqs = self.site.aws.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        out = told["ApproximateNumberOfMessagesNotVisible"]
        return int(told["ApproximateNumberOfMessages"]), int(out)

    def dead_letters(self) -> int:
        """How many wakes are in the dead-letter queue."""
        return sum(self.wakes(NAMES.dead_letters))

    def failed(self) -> list[list[str]]:
        """The lines of `ops failed list`, in words; none where nothing failed."""
        told = self.site.ops("failed", "list")
        return [line.split() for line in told.splitlines()[1:]]

    def _is_delivered(self) -> bool:
        return {webhook["state"] for webhook in self.sim.webhooks()} <= {"delivered"}


@contextmanager
def stage_of(at: Site) -> Iterator[Stage]:
    """A new person before the bot, a LINE and a model that behave, and an empty queue."""
    at.gate.open()
    at.door.stop = None
    at.sim.reset()
    at.sim.no_faults()
    at.sim.usual_model()
    at.bot.dying = 0
    sqs = at.aws.client("sqs")
    for queue in (NAMES.queue, NAMES.dead_letters):
        sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"])
    made = Stage(site=at, amy=at.sim.user(f"Amy {next(_numbers)}", language="zh-TW"))
    made.goes_on()
    try:
        yield made
    finally:
        made.rests()
    assert at.door.refused == [], "a policy doesn't allow what a function does"


def answered_at(request: Json) -> tuple[int, int]:
    """When a request to the model began and ended, in milliseconds."""
    return request["at"], request["at"] + round(request["ms"])


def _older(item: Json, micros: int) -> dict[str, str]:
    moments = {name: int(item[name]["N"]) for name in _MOMENTS if "N" in item.get(name, {})}
    return {name: str(at - micros) for name, at in moments.items() if at > micros}

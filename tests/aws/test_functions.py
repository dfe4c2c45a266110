"""The functions on AWS, called as Lambda calls them: a webhook, a worker that is woken, a sweep."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import source
from chalicelib.domain.names import Names
from tests.aws.cloud import Cloud, Wakes, queue, table
from tests.aws.gateway import gateway
from tests.aws.lambda_runtime import Done
from tests.aws.poller import sqs_event
from tests.running import PROJECT, settings_behind, unset
from tests.simulated import Simulated, simulated

NAMES = Names(stage="prod")


MINUTE = {
    "version": "0",
    "id": "89d1a02d-5ec7-412e-82f5-13505f849b41",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-25T10:00:00Z",
    "region": "ap-northeast-1",
    "resources": ["arn:aws:events:ap-northeast-1:123456789012:rule/liao-prod-sweep-event"],
    "detail": {},
}


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda tells a function of its invocation."""

    function_name: str = "liao-prod"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:ap-northeast-1:123456789012:function:liao-prod"
    aws_request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    seconds_left: int = 150

    def get_remaining_time_in_millis(self) -> int:
        return self.seconds_left * 1_000


@dataclass(slots=True, kw_only=True)
class Stage:
    """A stage whose functions are called in this process."""

    aws: Cloud
    wakes: Wakes
    sim: Simulated
    app: Any
    monkeypatch: pytest.MonkeyPatch
    sqs: Any = field(repr=False)

    def webhook(self, event: dict[str, Any]) -> Done:
        """A request comes through API Gateway."""
        begun = time.monotonic()
        result = self.app.app(event, Context())
        took = time.monotonic() - begun
        return Done(result=result, error=None, was_cold=False, seconds=took, init=0, ran=took)

    def worker(self) -> int:
        """Lambda hands every wake to the worker; returns how many there were."""
        self.becomes("worker")
        count = 0
        while message := self._next():
            self.app.worker(sqs_event(message, "arn:aws:sqs:ap-northeast-1:1:q.fifo"), Context())
            handle = message["ReceiptHandle"]
            self.sqs.delete_message(QueueUrl=self.wakes.url, ReceiptHandle=handle)
            count += 1
        self.becomes("webhook")
        return count

    def sweep(self) -> None:
        """A minute has passed, and Lambda leaves no time to stay with what is unfinished."""
        self.becomes("sweep")
        self.app.sweep(MINUTE, Context(seconds_left=10))
        self.becomes("webhook")

    def loses_wakes(self) -> None:
        """The queue forgets everything."""
        while message := self._next():
            handle = message["ReceiptHandle"]
            self.sqs.delete_message(QueueUrl=self.wakes.url, ReceiptHandle=handle)

    def becomes(self, role: str) -> None:
        """What is called next runs in a container of its own."""
        if bootstrap._liao is not None:
            bootstrap._liao.close()
        if source._parameters.cache_info().currsize:
            source._parameters().client.close()
        source._parameters.cache_clear()
        self.monkeypatch.setattr(bootstrap, "_liao", None)
        self.monkeypatch.setenv("LIAO_ROLE", role)

    def _next(self) -> dict[str, Any] | None:
        told = self.sqs.receive_message(QueueUrl=self.wakes.url, AttributeNames=["All"])
        messages: list[dict[str, Any]] = told.get("Messages", [])
        return messages[0] if messages else None


@pytest.fixture
def stage(aws: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with simulated() as sim, table(aws, NAMES.table), queue(aws, NAMES.queue) as wakes:
        given = settings_behind(sim, tmp_path)
        for name in unset():
            monkeypatch.delenv(name, raising=False)
        ssm = aws.client("ssm")
        for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "DEMO_API_KEY"):
            ssm.put_parameter(
                Name=f"{NAMES.parameters}{name}", Value=given.pop(name), Type="SecureString"
            )
        plain = {"LIAO_BACKEND": "aws", "LIAO_STAGE": "prod"}
        function = {"AWS_LAMBDA_FUNCTION_NAME": "liao-prod"}
        for name, value in {**given, **plain, **function, **aws.environment()}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.syspath_prepend(PROJECT)
        monkeypatch.delitem(sys.modules, "app", raising=False)
        monkeypatch.delitem(sys.modules, "chalicelib.bootstrap.functions", raising=False)
        made = Stage(
            aws=aws,
            wakes=wakes,
            sim=sim,
            app=importlib.import_module("app"),
            monkeypatch=monkeypatch,
            sqs=aws.client("sqs"),
        )
        made.becomes("webhook")
        with gateway(made.webhook, routes={"/callback": {"POST"}}) as api:
            sim.webhook(f"{api.url}/callback")
            yield made
        made.becomes("none")


def test_a_message_is_stored_wakes_a_worker_and_is_answered(stage: Stage) -> None:
    amy = stage.sim.user("Amy", language="en")
    stage.sim.text(amy, "Is tea good?", wait=True)
    assert stage.sim.replies(amy) == []
    assert stage.worker() == 1
    assert "Is tea good?" in "".join(stage.sim.wait_for_texts(amy))
    assert stage.worker() == 0


def test_a_wake_that_was_lost_is_made_good_by_the_sweep(stage: Stage) -> None:
    amy = stage.sim.user("Amy", language="en")
    stage.sim.text(amy, "Is tea good?", wait=True)
    stage.loses_wakes()
    stage.sweep()
    assert stage.worker() == 1
    assert len(stage.sim.wait_for_replies(amy)) == 1


def test_the_sweep_stays_with_what_nobody_answers_and_saves_its_token(stage: Stage) -> None:
    stage.monkeypatch.setenv("LIAO_REPLY_DEADLINE", "3")
    amy = stage.sim.user("Amy", language="en")
    stage.sim.text(amy, "Is tea good?", wait=True)
    stage.loses_wakes()
    stage.sweep()
    assert stage.sim.texts(amy) == ["Still thinking. It will be here when it's ready."]


def test_a_redelivery_is_answered_once(stage: Stage) -> None:
    amy = stage.sim.user("Amy", language="en")
    sent = stage.sim.text(amy, "Is tea good?", wait=True)
    stage.sim.redeliver(sent.event_id, duplicate=True)
    stage.sim.wait_until_delivered(sent)
    assert stage.worker() >= 1
    assert len(stage.sim.replies(amy)) == 1


def test_a_secret_that_was_changed_meanwhile_is_read_again(stage: Stage) -> None:
    amy = stage.sim.user("Amy", language="en")
    name, ssm = f"{NAMES.parameters}LINE_CHANNEL_SECRET", stage.aws.client("ssm")
    ssm.put_parameter(Name=name, Value="an-older-one", Type="SecureString", Overwrite=True)
    stage.becomes("webhook")
    stage.sim.text(amy, "One", wait=True)
    ssm.put_parameter(Name=name, Value=stage.sim.secret, Type="SecureString", Overwrite=True)
    source._parameters()._read_at = -100.0
    stage.sim.text(amy, "Two", wait=True)
    assert stage.worker() >= 1
    assert "Two" in "".join(stage.sim.texts(amy))


def test_an_entry_holds_no_words(stage: Stage) -> None:
    stage.sim.text(stage.sim.user("Amy"), "Xylophonic tea?", wait=True)
    message = stage._next()
    assert message is not None
    assert set(json.loads(message["Body"])) == {"chat", "lane"}
    assert "ylophonic" not in json.dumps(message, default=str)

"""Nothing secret reaches a log line where webhooks come in, nor where AWS is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters import shipped
from chalicelib.adapters.aws.client import Account, Patience, dynamodb, sqs, ssm
from chalicelib.adapters.line.webhook import LineWebhookReader
from chalicelib.adapters.queue.sqs import SqsQueue, from_entry
from chalicelib.adapters.secrets.parameters import Parameters
from chalicelib.adapters.storage.dynamodb.stores import stores
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.assistant.receive import Receive
from chalicelib.domain.commands import CommandList
from chalicelib.domain.events import Lane
from simulator.webhooks import sign
from tests import secrecy
from tests.logged import ADAPTERS
from tests.scripted import Reply, Scripted, scripted
from tests.secrecy import ECHO, Stage, leaks, staged

BOT = "U0000000000000000000000000000b07b"


@pytest.fixture(params=ADAPTERS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with staged(ADAPTERS[request.param], tmp_path) as made:
        yield made


# --- webhooks ----------------------------------------------------------------------------------

SOURCE = {"type": "user", "userId": secrecy.USER}
TEXT = {
    "type": "message",
    "mode": "active",
    "timestamp": 1462629479859,
    "source": SOURCE,
    "replyToken": secrecy.REPLY_TOKEN,
    "webhookEventId": "01H",
    "deliveryContext": {"isRedelivery": False},
    "message": {"id": "1", "type": "text", "text": secrecy.WORDS},
}
ODD_EVENTS: tuple[Any, ...] = (
    TEXT,
    # Kinds are LINE's own words, which it signs: a new one is named in the log.
    {**TEXT, "type": "hologram", "hologram": ECHO},
    {**TEXT, "mode": "standby"},
    {**TEXT, "timestamp": ECHO},
    {**TEXT, "source": {**SOURCE, "type": "planet"}},
    {**TEXT, "source": ECHO},
    {**TEXT, "replyToken": [secrecy.REPLY_TOKEN]},
    {**TEXT, "message": {"id": "1", "type": "hologram", "text": ECHO}},
    {**TEXT, "message": {"type": "text", "text": [ECHO]}},
    {**TEXT, "type": "postback", "postback": {"data": [ECHO], "params": ECHO}},
    {**TEXT, "type": "postback", "postback": {"data": secrecy.POSTBACK}},
    {**TEXT, "type": "unsend", "unsend": ECHO},
    {ECHO: ECHO},
    ECHO,
    None,
)
BODIES = [json.dumps({"destination": BOT, "events": [event]}).encode() for event in ODD_EVENTS]
ODD_BODIES = [
    *BODIES,
    json.dumps({"destination": ECHO, "events": []}).encode(),
    json.dumps({"events": ECHO}).encode(),
    json.dumps([ECHO]).encode(),
    ECHO.encode(),
    b"\xff" + ECHO.encode(),
]


def receiving(stage: Stage) -> Receive:
    offered = stage.bot.parts.bot.commands
    return Receive(
        reader=LineWebhookReader(secret=secrecy.CHANNEL_SECRET, own_id=BOT),
        inbox=stage.bot.parts.stores.inbox,
        book=lambda: stage.bot.parts.stores.chats,
        media=lambda: stage.bot.parts.media,
        queue=stage.bot.parts.queue,
        is_command=CommandList.offering(offered, shipped.commands()).gives,
        names=lambda: stage.bot.parts.bot.called,
        clock=stage.bot.clock,
        telemetry=stage.log.adapter,
    )


def test_nothing_is_told_by_a_webhook_however_odd(stage: Stage) -> None:
    receive = receiving(stage)
    for body in ODD_BODIES:
        signature = sign(body, secrecy.CHANNEL_SECRET)
        for given in (signature, secrecy.CHANNEL_SECRET, ECHO, None):
            stage.runs(partial(receive, body, given, origin="https://bot.example"))
        assert leaks(stage.everything()) == [], body
    assert {"event_accepted", "event_skipped", "invocation_failed"} <= stage.facts()


# --- AWS ---------------------------------------------------------------------------------------

HASTE = Patience(silence=0.5, total=1.0, tries=1)


def refusal(kind: str, **more: Any) -> Reply:
    """AWS says no, and quotes what it was sent."""
    body = {"__type": f"com.amazonaws#{kind}", "message": ECHO, "Message": ECHO, **more}
    return Reply(status=400, body=body)


AWS_SAYS = (
    refusal("ValidationException"),
    refusal("AccessDeniedException"),
    refusal("ProvisionedThroughputExceededException"),
    refusal("ConditionalCheckFailedException", Item={"words": {"S": ECHO}}),
    refusal("TransactionCanceledException", CancellationReasons=[{"Code": "None", "Item": ECHO}]),
    Reply(status=500, body={"message": ECHO}),
    Reply(body=ECHO.encode()),
    Reply(body={"Item": {"words": {"S": ECHO}}, "Parameters": ECHO, "Failed": [{"Message": ECHO}]}),
    Reply(breaks=True),
)


@pytest.fixture
def cloud() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


def account(cloud: Scripted) -> Account:
    return Account.read(
        {
            "AWS_REGION": "ap-northeast-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": secrecy.AWS_SECRET,
            "AWS_SESSION_TOKEN": secrecy.ACCESS_TOKEN,
            "AWS_ENDPOINT_URL": cloud.url,
        }
    )


def test_nothing_is_told_however_the_parameters_fail(stage: Stage, cloud: Scripted) -> None:
    client = ssm(account(cloud), HASTE)
    for reply in AWS_SAYS:
        cloud.usual = reply
        stage.runs(Parameters(client=client, path="/liao/prod/").all)
        assert leaks(stage.everything()) == [], reply
    assert "invocation_failed" in stage.facts()
    client.close()


def test_nothing_is_told_however_the_queue_fails(stage: Stage, cloud: Scripted) -> None:
    client = sqs(account(cloud), HASTE)
    queue = SqsQueue(client=client, name="wakes.fifo", new_id=lambda: "id")
    for reply in AWS_SAYS:
        cloud.usual = reply
        stage.runs(lambda: queue.wake(secrecy.AMY, Lane.TURNS, once=secrecy.REPLY_TOKEN))
        assert leaks(stage.everything()) == [], reply
    assert "invocation_failed" in stage.facts()
    client.close()


def test_nothing_is_told_however_the_table_fails(stage: Stage, cloud: Scripted) -> None:
    table = Table(client=dynamodb(account(cloud), HASTE), name="liao-prod")
    kept = stores(table, new_id=lambda: "id", is_command=lambda event: False)
    stage.wires(stores=kept)
    stage.bot.stores = kept
    for reply in AWS_SAYS:
        cloud.usual = reply
        stage.hears()
        stage.runs(stage.bot.worker.sweep)
        assert leaks(stage.everything()) == [], reply
    assert cloud.asked
    assert "invocation_failed" in stage.facts()
    table.close()


def test_nothing_is_told_by_an_entry_that_is_no_wake(stage: Stage) -> None:
    for body in (
        f'{{"chat": "{secrecy.AMY.key}"}}',
        json.dumps({"chat": ECHO, "lane": ECHO}),
        ECHO,
    ):
        stage.runs(partial(from_entry, body))
    assert leaks(stage.everything()) == []
    assert len([line for line in stage.log.facts() if line["fact"] == "invocation_failed"]) == 3

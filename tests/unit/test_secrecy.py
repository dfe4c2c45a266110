"""No words, no person's id, no token and no key ever reach a log line, whatever fails.

Everything that a bot does is run here with secrets of its own, over a LINE and a model that break
in every way and say back all they know, and over stores and defects that quote what people wrote.
What is looked at is all that Lambda would write: the lines, what libraries log, and crashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.line.access import Stateless
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.errors import Cause, ModelRefused, StorageUnavailable
from chalicelib.domain.events import Followed, OtherSent, Tapped, Unsent
from tests import secrecy
from tests.fakes import FakeModel, FakeVendors
from tests.logged import ADAPTERS
from tests.scripted import Reply
from tests.secrecy import ECHO, WORDS, Stage, leaks, said, staged


def refused(status: int, /, **error: Any) -> Reply:
    return Reply(
        status=status,
        body={"error": {"message": ECHO, **error}},
        headers={"x-request-id": "r"},
    )


def no(status: int, message: str = ECHO) -> Reply:
    details = [{"message": ECHO, "property": "messages[0].text"}]
    return Reply(status=status, body={"message": message, "details": details})


@pytest.fixture(params=ADAPTERS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with staged(ADAPTERS[request.param], tmp_path) as made:
        yield made


# --- whatever the model and LINE do ------------------------------------------------------------


def test_nothing_is_told_where_nothing_fails(stage: Stage) -> None:
    stage.line.replies = [Reply(body={"displayName": secrecy.NAME, "language": "zh-TW"})]
    for chat in (secrecy.AMY, secrecy.FRIENDS):
        stage.hears(chat)
        for event in (
            OtherSent(**stage.base(chat), message_id="x", what="sticker"),
            Tapped(**stage.base(chat), data=f"turns:{secrecy.POSTBACK}"),
            Tapped(**stage.base(chat), data=f"taps:{secrecy.POSTBACK}"),
            Followed(**stage.base(chat)),
            Unsent(**stage.base(chat), message_id="m1"),
        ):
            stage.gets(event)
    stage.hears(text=f"說明 {WORDS}")
    assert {"answer_told", "model_called", "line_called"} <= stage.facts()
    assert leaks(stage.everything()) == []


MODEL_SAYS = (
    refused(400, code=ECHO, type=ECHO, param=ECHO),
    refused(400, code=secrecy.ENGLISH, type=secrecy.API_KEY, status=secrecy.ENGLISH),
    refused(401, code="invalid_api_key"),
    refused(429, code=ECHO),
    Reply(status=429, body=ECHO.encode(), headers={"retry-after": secrecy.ENGLISH}),
    refused(500),
    Reply(status=302, headers={"location": f"/{secrecy.ENGLISH}"}),
    Reply(body=ECHO.encode()),
    Reply(body={"error": {"message": ECHO, "code": ECHO}}),
    Reply(body={"choices": [{"message": {"content": "", "refusal": ECHO}}]}),
    said("", finish_reason="content_filter"),
    said(ECHO),
    Reply(breaks=True),
)
LINE_SAYS = (
    no(400),
    no(400, f"Invalid reply token {ECHO}"),
    no(401),
    no(403),
    no(429),
    no(429, f"You have reached your monthly limit. {ECHO}"),
    no(500),
    Reply(status=302, headers={"location": f"/{secrecy.ENGLISH}"}),
    Reply(status=400, body=ECHO.encode()),
    Reply(status=500, body=ECHO.encode("utf-16")),
    Reply(breaks=True),
)
ISSUER_SAYS = (
    no(400),
    no(401),
    no(500),
    Reply(body=ECHO.encode()),
    Reply(body={"access_token": 7, "expires_in": ECHO}),
    Reply(body={"access_token": f"{secrecy.ACCESS_TOKEN}\n", "expires_in": 900}),
    Reply(breaks=True),
)


def test_nothing_is_told_however_the_model_fails(stage: Stage) -> None:
    for reply in MODEL_SAYS:
        stage.vendor.usual = reply
        asked = len(stage.vendor.asked)
        stage.bot.clock.move(90)
        stage.hears()
        assert len(stage.vendor.asked) > asked
        assert leaks(stage.everything()) == [], reply
    assert {line["fact"] for line in stage.log.facts() if "cause" in line} >= {"model_called"}


def test_nothing_is_told_however_line_refuses(stage: Stage) -> None:
    for reply in LINE_SAYS:
        stage.line.usual = reply
        asked = len(stage.line.asked)
        stage.bot.clock.move(90)
        for chat in (secrecy.AMY, secrecy.FRIENDS):
            stage.hears(chat)
        assert len(stage.line.asked) > asked
        assert leaks(stage.everything()) == [], reply
    assert {"reply_refused", "reply_forbidden", "reply_delayed"} <= stage.facts()


@pytest.mark.parametrize("reply", ISSUER_SAYS, ids=range(len(ISSUER_SAYS)))
def test_nothing_is_told_however_a_channels_token_fails(stage: Stage, reply: Reply) -> None:
    access = Stateless.connect(
        channel_id="1234567890",
        secret=Fixed(secrecy.CHANNEL_SECRET),
        base_url=stage.line.url,
        telemetry=stage.log.adapter,
    )
    messenger = stage.messenger(access)
    stage.wires(messenger=messenger)
    stage.line.usual = reply
    stage.hears()
    access.close()
    messenger.close()
    assert "line_called" in stage.facts()
    assert leaks(stage.everything()) == []


# --- whatever breaks inside --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Breaking:
    """Anything of the bot's, of which one method breaks."""

    whole: Any
    method: str
    error: Exception

    def __getattr__(self, name: str) -> Any:
        if name == self.method:
            return self.breaks
        return getattr(self.whole, name)

    def breaks(self, *arguments: Any, **more: Any) -> Any:
        raise self.error from ValueError(ECHO)


METHODS = [
    ("inbox", "take"),
    ("inbox", "release"),
    ("inbox", "has_work"),
    ("outbox", "save"),
    ("outbox", "begin"),
    ("outbox", "settle"),
    ("outbox", "turn"),
    ("outbox", "parked"),
    ("outbox", "is_withdrawn"),
    ("history", "recent"),
    ("buttons", "put"),
    ("chats", "facts"),
    ("ledger", "reserve"),
    ("ledger", "settle"),
]


@pytest.mark.parametrize(("store", "method"), METHODS)
def test_nothing_is_told_whatever_of_the_stores_breaks(
    stage: Stage, store: str, method: str
) -> None:
    stores = stage.bot.stores
    stage.vendor.usual = said("一" * 6000)  # long enough for a button that shows the rest
    for error in (StorageUnavailable("the disk is full"), RuntimeError(ECHO)):
        changed: dict[str, Any] = {store: Breaking(getattr(stores, store), method, error)}
        stage.wires(stores=replace(stores, **changed))
        stage.bot.clock.move(200)  # a lease that could not be given back has lapsed
        stage.hears()
    troubles = [line for line in stage.log.facts() if line["level"] == "warning"]
    assert {line["error"] for line in troubles} >= {"StorageUnavailable", "RuntimeError"}
    assert leaks(stage.everything()) == []


@pytest.mark.parametrize("part", ["vendors.model", "messenger.reply", "messenger.show_loading"])
def test_nothing_is_told_by_a_defect_that_quotes_all_it_knows(stage: Stage, part: str) -> None:
    name, method = part.split(".")
    broken = Breaking(getattr(stage.bot.parts, name), method, RuntimeError(ECHO))
    stage.wires(**{name: broken})
    stage.hears()
    assert "RuntimeError" in {line.get("error") for line in stage.log.facts()}
    assert leaks(stage.everything()) == []


# --- the test itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("secret", secrecy.SECRETS)
def test_a_fact_that_holds_a_secret_is_caught(stage: Stage, secret: str) -> None:
    stage.log.adapter.fact("turn_taken", turn=f"turn of {secrecy.SECRETS[secret]}")
    assert leaks(stage.everything()) == [secret]


def test_an_adapter_whose_error_quotes_the_question_is_caught(stage: Stage) -> None:
    quoting = FakeModel(script=[ModelRefused(Cause.FILTERED, WORDS)])
    stage.wires(vendors=FakeVendors(models={secrecy.MODEL.id: quoting}))
    stage.hears()
    assert leaks(stage.everything()) == ["words"]


def test_a_crash_outside_of_an_invocation_would_be_caught(stage: Stage) -> None:
    def breaks() -> None:
        raise ValueError(ECHO)

    stage.shows(breaks)
    assert set(leaks(stage.everything())) == set(secrecy.SECRETS)


def test_wrapped_secrets_are_found_too() -> None:
    assert leaks(json.dumps({"body": json.dumps({"text": WORDS})})) == ["words"]
    assert leaks(secrecy.USER[:12]) == ["user"]
    assert leaks("126a205773c4") == []

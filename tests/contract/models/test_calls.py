"""Every call to a vendor: it ends in time, by the key that is right now, and logs no words."""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelUnavailable
from tests.contract.models.speeches import VOICE, WORDS
from tests.contract.models.talk import KEY, Talk, error, serving
from tests.fakes import FakeSecret
from tests.scripted import Reply, free_port

# --- who is asked ------------------------------------------------------------------------------


def test_a_call_goes_to_its_vendor_with_its_key_and_the_models_name(any_talk: Talk) -> None:
    assert any_talk.ask().text == "好的。"
    (asked,) = any_talk.server.asked
    assert (asked.method, asked.path) == ("POST", any_talk.speech.path)
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert b"gpt-5.4-mini" in asked.body


@pytest.mark.parametrize("key", ["", "  "])
def test_nobody_is_asked_without_a_key(any_talk: Talk, key: str) -> None:
    caught = any_talk.failure(any_talk.with_key(FakeSecret(key)))
    assert (type(caught), caught.cause) == (ModelUnavailable, Cause.NO_KEY)
    assert any_talk.server.asked == []


def test_white_space_around_a_key_is_no_part_of_it(any_talk: Talk) -> None:
    any_talk.ask(any_talk.with_key(FakeSecret(" sk-x\n")))
    assert any_talk.keys == ["sk-x"]


@pytest.mark.parametrize("key", ["sk-有中文", "sk-a\nb", "sk-\x7f"])
def test_a_key_that_no_header_can_hold_is_the_operators_to_mend(any_talk: Talk, key: str) -> None:
    caught = any_talk.failure(any_talk.with_key(FakeSecret(key)))
    assert (type(caught), caught.cause) == (ModelUnavailable, Cause.BAD_KEY)
    assert key not in str(caught)
    assert any_talk.server.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid", "a..b"])
def test_a_vendor_that_is_not_there_is_unreachable(chat: Talk, host: str) -> None:
    caught = chat.failure(chat.at(f"http://{host}:{free_port()}/v1"))
    assert (type(caught), caught.cause) == (ModelBusy, Cause.UNREACHABLE)


def test_only_openai_hears_of_the_operators_organization(
    chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-mine")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-of-mine: secret")
    chat.ask(chat.at(f"{chat.server.url}/elsewhere"))
    private = {"openai-organization", "openai-project", "x-of-mine"}
    assert not private & chat.asked.headers.keys()


# --- a key that changes meanwhile --------------------------------------------------------------


@pytest.mark.parametrize("rejection", [error(401, code="invalid_api_key"), error(403)])
def test_a_call_whose_key_was_rejected_is_made_again_with_a_new_one(
    any_talk: Talk, rejection: Reply
) -> None:
    spec = any_talk.with_key(FakeSecret("old", coming=["new"]))
    any_talk.server.replies.append(rejection)
    assert any_talk.ask(spec).text == "好的。"
    assert any_talk.ask(spec).text == "好的。"
    assert any_talk.keys == ["old", "new", "new"]
    assert len(any_talk.facts) == 2


def test_a_key_that_stays_is_not_tried_twice_nor_a_new_one_a_third_time(any_talk: Talk) -> None:
    key = FakeSecret("old")
    spec = any_talk.with_key(key)
    any_talk.server.usual = error(401)
    assert any_talk.failure(spec).cause is Cause.BAD_KEY
    key.coming.append("new")
    assert any_talk.failure(spec).cause is Cause.BAD_KEY
    assert any_talk.keys == ["old", "old", "new"]


def test_a_key_that_was_taken_away_is_not_sent_as_nothing(any_talk: Talk) -> None:
    spec = any_talk.with_key(FakeSecret("old", coming=[""]))
    any_talk.server.usual = error(401)
    assert any_talk.failure(spec).cause is Cause.BAD_KEY
    assert any_talk.keys == ["old"]


def test_no_other_failure_is_a_reason_to_look_for_another_key(any_talk: Talk) -> None:
    key = FakeSecret("old", coming=["new"])
    spec = any_talk.with_key(key)
    for status in (402, 404, 429, 500):
        any_talk.server.replies.append(error(status))
        any_talk.failure(spec)
    assert key.coming == ["new"]
    assert any_talk.keys == ["old"] * 4


def test_both_calls_together_end_in_time(any_talk: Talk) -> None:
    key = FakeSecret("old", coming=["new"], takes=0.2)
    spec = any_talk.with_key(key)
    any_talk.says(any_talk.speech.answer(), drips=500)
    any_talk.server.replies.append(error(401))
    begun = time.monotonic()
    assert any_talk.failure(spec, within=timedelta(seconds=0.5)).cause is Cause.TIME_OUT
    assert time.monotonic() - begun < 2
    any_talk.server.replies.append(error(401))
    key.coming.append("newer")
    assert any_talk.failure(spec, within=timedelta(seconds=0.15)).cause is Cause.BAD_KEY
    assert any_talk.keys == ["old", "new", "new"]


# --- it ends in time ---------------------------------------------------------------------------

LIMIT = timedelta(seconds=0.3)


def assert_in_time(talk: Talk, spec: Any = None) -> None:
    begun = time.monotonic()
    caught = talk.failure(spec, within=LIMIT)
    took = time.monotonic() - begun
    assert (type(caught), caught.cause) == (ModelBusy, Cause.TIME_OUT)
    assert took < LIMIT.total_seconds() + 1.5  # the drips would go on for five


@pytest.mark.parametrize(
    "slow",
    [Reply(hangs=True), Reply(drips=500), Reply(status=500, drips=500)],
    ids=["silent", "drips its answer", "drips an error"],
)
def test_a_slow_server_is_left_in_time(any_talk: Talk, slow: Reply) -> None:
    any_talk.server.usual = slow
    assert_in_time(any_talk)


def test_headers_that_drip_are_left_in_time(chat: Talk) -> None:
    begins = (b"HTTP/1.1 200 OK\r\n", b"x-slow: ")
    with serving(itertools.chain(begins, itertools.repeat(b"z"))) as url:
        assert_in_time(chat, chat.at(url))


def test_a_connection_used_before_is_bounded_too_and_the_next_call_works(any_talk: Talk) -> None:
    any_talk.ask()
    any_talk.server.replies.append(Reply(drips=500))
    assert_in_time(any_talk)
    assert any_talk.ask().text == "好的。"


@pytest.mark.parametrize("within", [timedelta(0), timedelta(seconds=-5)])
def test_no_time_at_all_is_over_at_once(any_talk: Talk, within: timedelta) -> None:
    assert any_talk.failure(within=within).cause is Cause.TIME_OUT


def test_white_space_before_an_answer_in_time_is_no_trouble(any_talk: Talk) -> None:
    any_talk.says(any_talk.speech.answer(), drips=10)
    assert any_talk.ask().text == "好的。"


def test_a_late_call_leaves_no_thread_behind(chat: Talk) -> None:
    def ours() -> list[str]:
        return [
            thread.name for thread in threading.enumerate() if "process_request" not in thread.name
        ]

    before = ours()
    chat.server.usual = Reply(hangs=True)
    assert_in_time(chat)
    assert ours() == before


def test_many_workers_share_one_model_and_each_has_its_own_time(chat: Talk) -> None:
    chat.says(chat.speech.answer(), drips=60)

    def work(number: int) -> str:
        within = LIMIT if number % 2 else timedelta(seconds=10)
        try:
            return chat.ask(within=within).text
        except ModelBusy as exc:
            return str(exc.cause)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(work, range(8)))
    assert said == ["好的。", "time_out"] * 4


# --- an answer that is broken off --------------------------------------------------------------

BEGUN = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        [BEGUN + b'content-length: 400\r\n\r\n{"choices": ['],
        [BEGUN + b"transfer-encoding: chunked\r\n\r\n", b'd\r\n{"choices": [\r\n'],
        [BEGUN, b"content-le"],
        [b"SSH-2.0-OpenSSH_9.6\r\n"],
    ],
    ids=["a body", "chunks", "headers", "no HTTP"],
)
def test_an_answer_that_was_cut_off_may_have_been_paid_for(chat: Talk, pieces: list[bytes]) -> None:
    with serving(pieces) as url:
        caught = chat.failure(chat.at(url))
    assert (type(caught), caught.cause) == (ModelBusy, Cause.MALFORMED)


def test_a_connection_that_broke_before_any_answer_is_a_vendor_out_of_reach(
    any_talk: Talk,
) -> None:
    any_talk.server.usual = Reply(breaks=True)
    caught = any_talk.failure()
    assert (type(caught), caught.cause) == (ModelBusy, Cause.UNREACHABLE)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Welcome</html>", b'{"choices": [', b"\xff\xfe\xfd", b"[" * 100_000, b"9" * 9_999],
)
def test_an_answer_that_is_no_json_is_worth_another_try(any_talk: Talk, body: bytes) -> None:
    any_talk.says(body, headers={"content-type": "application/json"})
    caught = any_talk.failure()
    assert (type(caught), caught.cause) == (ModelBusy, Cause.MALFORMED)


def test_an_answer_that_cannot_be_unpacked_is_worth_another_try(any_talk: Talk) -> None:
    any_talk.says(b"no gzip", headers={"content-encoding": "gzip"})
    assert any_talk.failure().cause is Cause.MALFORMED


# --- what is logged ----------------------------------------------------------------------------


def test_every_call_leaves_one_fact_with_its_cost(any_talk: Talk) -> None:
    any_talk.ask()
    any_talk.server.usual = error(429, code="rate_limit_exceeded")
    any_talk.failure()
    good, bad = any_talk.facts
    assert good.pop("cost") == pytest.approx((31 * 0.75 + 7 * 4.5) / 1_000_000)
    assert good == {"model": any_talk.spec.id, "tokens_in": 31, "tokens_out": 7}
    assert bad == {
        "model": any_talk.spec.id,
        "cause": "overloaded",
        "error": "overloaded: 429 rate_limit_exceeded",
    }


def test_an_answer_that_says_nothing_costs_what_its_vendor_reports(any_talk: Talk) -> None:
    any_talk.says(any_talk.speech.answer(""))
    usage = any_talk.failure().usage
    assert usage is not None
    assert (usage.tokens_in, usage.tokens_out) == (31, 7)
    (fact,) = any_talk.facts
    assert fact["cause"] == "empty"
    assert fact["cost"] == pytest.approx((31 * 0.75 + 7 * 4.5) / 1_000_000)


def test_a_call_without_usage_has_no_cost_that_is_known(any_talk: Talk) -> None:
    any_talk.says(any_talk.speech.answer(usage=None))
    assert not any_talk.ask().usage
    (fact,) = any_talk.facts
    assert "cost" not in fact


def test_words_and_keys_are_nowhere(any_talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    told = f"{WORDS} {KEY}"
    any_talk.server.replies = [
        Reply(body=any_talk.speech.answer(WORDS)),
        error(400, message=told, code=told, type=told),
        error(401, message=f"Incorrect API key provided: {KEY[:8]}***{KEY[-4:]}"),
        error(500, message=told),
        Reply(body={"error": {"message": told, "code": told}}),
        Reply(body=told.encode()),
        Reply(breaks=True),
    ]
    errors = []
    with caplog.at_level(logging.DEBUG):
        for _ in range(7):
            try:
                any_talk.ask()
            except ModelError as exc:
                errors.append(str(exc))
    shown = f"{any_talk.vendors!r} {any_talk.vendors.model(any_talk.spec)!r} {VOICE!r}"
    everything = f"{any_talk.telemetry.facts} {errors} {shown} {caplog.text}"
    assert len(errors) == 6
    for secret in (WORDS, json.dumps(WORDS)[1:-1], KEY, KEY[:8], "You are Liao"):
        assert secret not in everything

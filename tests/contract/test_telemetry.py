"""Facts, however they are written: the same lines, the same metrics, nobody recognizable."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from chalicelib.adapters.telemetry.invocation import Crashed
from chalicelib.domain.errors import Cause, ModelBusy, StorageUnavailable
from tests.assembled import assembled
from tests.logged import ADAPTERS, SERVICE, Context, Log, Make, logs_to


@pytest.fixture(params=ADAPTERS)
def make(request: pytest.FixtureRequest) -> Make:
    return ADAPTERS[request.param]


@pytest.fixture
def log(make: Make) -> Log:
    return Log(make=make)


@pytest.fixture
def gathered() -> Log:
    return Log(make=ADAPTERS["powertools"])


# --- lines -------------------------------------------------------------------------------------


def test_a_fact_is_one_line_of_json_with_time_level_name_and_service(log: Log) -> None:
    log.adapter.fact("reply_sent", turn="turn7", after_ms=1234, again=False, cause=None)
    assert log.stream.getvalue().count("\n") == 1
    (line,) = log.read()
    assert line == {
        "time": "2026-11-22T04:00:00.000+00:00",
        "level": "info",
        "fact": "reply_sent",
        "service": SERVICE,
        "turn": "turn7",
        "after_ms": 1234,
        "again": False,
        "cause": None,
    }
    assert list(line)[:3] == ["time", "level", "fact"]


def test_trouble_of_our_own_says_what_and_where(log: Log) -> None:
    def asks_the_model() -> None:
        raise ModelBusy(Cause.OVERLOADED, "429")

    with pytest.raises(ModelBusy) as caught:
        asks_the_model()
    log.adapter.trouble("model_failed", caught.value, turn="turn7")
    (line,) = log.facts()
    assert (line["level"], line["fact"], line["turn"]) == ("warning", "model_failed", "turn7")
    assert (line["error"], line["reason"]) == ("ModelBusy", "overloaded: 429")
    assert line["at"].startswith("asks_the_model:")


def test_the_words_of_foreign_errors_are_left_out(log: Log) -> None:
    log.adapter.trouble("turn_broke", ValueError("我的密碼是 1234"), turn="turn7")
    assert log.facts()[0]["reason"] == ""
    assert "1234" not in log.stream.getvalue()


def test_chats_and_users_are_told_apart_but_not_recognized(log: Log) -> None:
    for chat in ("user:Uamy", "user:Uamy", "user:Uben"):
        log.adapter.fact("turn_taken", chat=chat, user="Uamy")
    amy, again, ben = (line["chat"] for line in log.facts())
    assert amy == again != ben
    assert "Uamy" not in log.stream.getvalue()


def test_both_adapters_write_the_same_lines(make: Make) -> None:
    written = []
    for each in (make, ADAPTERS["lines"]):
        log = Log(make=each)
        with log.adapter.during(Context()):
            log.adapter.fact("turn_taken", chat="user:Uamy", state="working", attempts=1)
            log.adapter.trouble("turn_broke", StorageUnavailable("磁碟滿了\n"), turn="turn7")
        written.append([json.dumps(line) for line in log.facts()])
    assert written[0] == written[1]


def test_another_channels_log_hides_the_same_person_differently(
    make: Make,
) -> None:
    logs = [Log(make=make), Log(make=make, key=b"another secret")]
    for log in logs:
        log.adapter.fact("turn_taken", chat="user:Uamy")
    assert logs[0].facts()[0]["chat"] != logs[1].facts()[0]["chat"]


def test_the_key_is_not_shown_with_the_telemetry(log: Log) -> None:
    assert "secret" not in repr(log.adapter)


def test_an_id_cannot_pose_as_the_lines_own_fields(log: Log) -> None:
    with log.adapter.during(Context()):
        log.adapter.fact("sweep_woke", level="error", time="never", service="x", request_id="x")
    line = log.facts()[-1]
    assert (line["level"], line["service"], line["request_id"]) == ("info", SERVICE, "req-1")
    assert line["time"].startswith("2026")


def test_a_line_is_ascii_and_one_line_whatever_stands_in_it(log: Log) -> None:
    log.adapter.trouble("turn_broke", StorageUnavailable("磁碟\u2028滿了\n\ud83d"))
    assert log.stream.getvalue().isascii()
    assert log.stream.getvalue().count("\n") == 1
    assert log.facts()[0]["reason"] == "磁碟\u2028滿了\n\ud83d"


def test_threads_never_mix_their_lines_nor_lose_a_measurement(log: Log) -> None:
    def write() -> None:
        for number in range(50):
            log.adapter.fact("event_accepted", number=number, padding="x" * 200, new=True)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.facts()) == 200
    assert log.metrics() == {("Messages", "Count", SERVICE): 200}


# --- invocations -------------------------------------------------------------------------------


def test_every_line_of_an_invocation_names_it_and_the_first_is_a_cold_start(log: Log) -> None:
    for request_id in ("req-1", "req-2"):
        with log.adapter.during(Context(aws_request_id=request_id)):
            log.adapter.fact("reply_sent")
    log.adapter.fact("reply_sent")
    cold, first, second, outside = log.facts()
    assert cold["fact"] == "cold_started"
    assert (first["function"], first["request_id"]) == ("liao-prod-worker", "req-1")
    assert (first["cold_start"], second["cold_start"]) == (True, False)
    assert second["request_id"] == "req-2"
    assert "request_id" not in outside
    assert log.metrics()["ColdStart", "Count", SERVICE] == 1


def test_a_thread_that_is_started_in_an_invocations_context_belongs_to_it(log: Log) -> None:
    with log.adapter.during(Context()):
        run = copy_context().run
        thread = threading.Thread(target=run, args=(log.adapter.fact, "note_arrived"))
        thread.start()
        thread.join()
    assert log.facts()[-1]["request_id"] == "req-1"


def test_what_the_watch_logs_belongs_to_the_workers_invocation(log: Log, tmp_path: Path) -> None:
    with assembled(tmp_path) as bot:
        logs_to(bot, log.adapter)

        def thinks() -> None:
            bot.clock.move(50)
            ends = monotonic() + 2
            while not bot.messenger.replies and monotonic() < ends:
                sleep(0.01)

        bot.model.during = thinks
        with log.adapter.during(Context()):
            bot.hears("很難的問題？")
    assert "note_arrived" in [line["fact"] for line in log.facts()]
    assert {line["request_id"] for line in log.facts()} == {"req-1"}


def test_metrics_are_out_when_an_invocation_ends_however_it_ends(log: Log) -> None:
    def is_killed() -> None:
        with log.adapter.during(Context()):
            log.adapter.fact("event_accepted", new=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        is_killed()
    written = log.stream.getvalue()
    assert log.metrics()["Messages", "Count", SERVICE] == 1
    assert log.stream.getvalue() == written


def test_a_crash_is_logged_and_goes_on_without_its_words(log: Log) -> None:
    with pytest.raises(Crashed) as caught, log.adapter.during(Context()):
        int("我的密碼是 1234")
    assert "1234" not in str(caught.value)
    assert caught.value.__suppress_context__
    (*_, line) = log.facts()
    assert (line["fact"], line["error"], line["reason"]) == ("invocation_failed", "ValueError", "")
    assert log.metrics()["Stumbles", "Count", SERVICE] == 1


def test_an_error_of_ours_goes_on_without_the_one_behind_it(log: Log) -> None:
    def stumbles() -> None:
        try:
            int("我的密碼是 1234")
        except ValueError as exc:
            raise StorageUnavailable("the disk is full") from exc

    with pytest.raises(StorageUnavailable) as caught, log.adapter.during(Context()):
        stumbles()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert log.facts()[-1]["reason"] == "the disk is full"


def test_an_invocation_that_measured_nothing_ends_quietly(log: Log) -> None:
    for _ in range(2):
        with log.adapter.during(Context()):
            pass
    log.adapter.flush()
    assert len(log.facts()) == 1


# --- metrics -----------------------------------------------------------------------------------

TOLD: dict[str, Any] = {"total_ms": 4250, "send_ms": 250, "attempts": 1}
CALLED: dict[str, Any] = {"model": "m-1", "ms": 2500.5}
NONE: dict[tuple[str, str, str], float] = {}


def count(metric: str, value: float = 1) -> dict[tuple[str, str, str], float]:
    return {(metric, "Count", SERVICE): value}


def ms(metric: str, value: float) -> dict[tuple[str, str, str], float]:
    return {(metric, "Milliseconds", SERVICE): value}


ARRIVED = {**count("Answers"), **ms("SendMs", 250)}
BY_MODEL = f"{SERVICE} m-1"


@pytest.mark.parametrize(
    ("name", "ids", "found"),
    [
        ("event_accepted", {"new": True}, count("Messages")),
        ("event_accepted", {"new": False}, NONE),
        (
            "answer_told",
            {**TOLD, "outcome": "arrived", "by": "reply"},
            {**ARRIVED, **ms("AnswerMs", 4250)},
        ),
        ("answer_told", {**TOLD, "outcome": "unsure", "by": "later"}, ARRIVED),
        (
            "answer_told",
            {**TOLD, "outcome": "arrived", "by": "push"},
            {**ARRIVED, **ms("AnswerMs", 4250), **count("Pushes")},
        ),
        ("answer_told", {**TOLD, "outcome": "failed"}, count("Failures")),
        ("answer_told", {**TOLD, "outcome": "refused", "by": "reply"}, count("Failures")),
        ("answer_told", {**TOLD, "outcome": "parked"}, NONE),
        ("answer_told", {**TOLD, "outcome": "note"}, NONE),
        ("note_arrived", {}, count("LateAnswers")),
        ("note_not_sent", {}, NONE),
        ("turn_taken", {"state": "working", "attempts": 1, "queue_ms": 7}, ms("QueueMs", 7)),
        ("turn_taken", {"state": "sending", "attempts": 2, "queue_ms": 7}, NONE),
        (
            "model_called",
            {**CALLED, "tokens_in": 120, "tokens_out": 30, "cost": 0.25},
            {
                ("ModelCalls", "Count", BY_MODEL): 1,
                ("TokensIn", "Count", BY_MODEL): 120,
                ("TokensOut", "Count", BY_MODEL): 30,
                ("Spend", "None", BY_MODEL): 0.25,
                ("Spend", "None", SERVICE): 0.25,
                **ms("ModelMs", 2500.5),
            },
        ),
        (
            "model_called",
            {**CALLED, "cause": "overloaded"},
            {("ModelCalls", "Count", BY_MODEL): 1, **ms("ModelMs", 2500.5)},
        ),
        ("model_called", {"ms": 1, "model": ""}, ms("ModelMs", 1)),
        (
            "model_called",
            {"ms": "long", "model": True},
            {("ModelCalls", "Count", f"{SERVICE} True"): 1},
        ),
        ("quota_checked", {"left": 480}, count("QuotaLeft", 480)),
        ("quota_checked", {"left": None}, NONE),
        ("reply_sent", {}, NONE),
    ],
)
def test_a_fact_counts_towards_its_metrics(
    log: Log, name: str, ids: dict[str, Any], found: dict[tuple[str, str, str], float]
) -> None:
    log.adapter.fact(name, **ids)
    assert log.metrics() == found


def test_every_trouble_is_a_stumble(log: Log) -> None:
    log.adapter.trouble("turn_broke", ValueError("x"))
    assert log.metrics() == count("Stumbles")


def test_a_told_story_of_the_assembled_bot_is_counted(log: Log, tmp_path: Path) -> None:
    with assembled(tmp_path) as bot:
        logs_to(bot, log.adapter)
        bot.hears("你好嗎？")
    metrics = log.metrics()
    assert metrics["Answers", "Count", SERVICE] == 1
    names = {name for name, _, _ in metrics}
    assert {"Answers", "AnswerMs", "QueueMs", "SendMs"} <= names


def test_the_metrics_of_an_invocation_are_one_line_for_each_set_of_dimensions(
    gathered: Log,
) -> None:
    with gathered.adapter.during(Context()):
        for number in range(20):
            gathered.adapter.fact("event_accepted", new=True)
            gathered.adapter.fact("answer_told", **TOLD, outcome="arrived", by="reply")
            gathered.adapter.fact("model_called", **CALLED, cost=0.01, tokens_in=number)
        before = gathered.stream.getvalue()
        assert "_aws" not in before
    after = [line for line in gathered.read() if "_aws" in line]
    assert len(after) == 3  # by the service: 121 values, in two lines; and by the model
    assert gathered.metrics()["Spend", "None", BY_MODEL] == pytest.approx(0.2)
    assert gathered.metrics()["Messages", "Count", SERVICE] == 20


def test_more_values_than_a_line_may_hold_are_shared_out(
    gathered: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(250):
        gathered.adapter.fact("event_accepted", new=True)
    assert gathered.metrics()["Messages", "Count", SERVICE] == 250
    assert capsys.readouterr().out == ""


@pytest.fixture
def roots_log() -> Iterator[io.StringIO]:
    """A root handler, as Lambda's runtime has one."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_lambdas_own_root_handler_does_not_write_a_line_again(
    roots_log: io.StringIO, make: Make
) -> None:
    Log(make=make).adapter.fact("reply_sent")
    assert roots_log.getvalue() == ""

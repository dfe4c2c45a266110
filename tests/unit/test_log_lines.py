"""Facts as log lines: one JSON object a line, nobody recognizable, no words people wrote."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.adapters.telemetry.lines import LogLines
from chalicelib.domain.errors import Cause, ModelBusy, StorageUnavailable
from tests.fakes import FakeClock


@dataclass(slots=True)
class Log:
    """A log and what stands in it."""

    key: bytes = b"the-secret-of-the-channel"
    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def lines(self) -> LogLines:
        return LogLines(key=self.key, now=FakeClock().now, stream=self.stream)

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def log() -> Log:
    return Log()


def test_a_fact_is_one_line_of_json_with_time_level_and_name(log: Log) -> None:
    log.lines.fact("reply_sent", turn="turn7", after_ms=1234, again=False, cause=None)
    assert log.stream.getvalue().count("\n") == 1
    assert log.read() == [
        {
            "time": "2026-11-22T04:00:00.000+00:00",
            "level": "info",
            "fact": "reply_sent",
            "turn": "turn7",
            "after_ms": 1234,
            "again": False,
            "cause": None,
        }
    ]


def test_chats_and_users_are_told_apart_but_not_recognized(log: Log) -> None:
    for chat in ("user:Uamy", "user:Uamy", "user:Uben"):
        log.lines.fact("turn_taken", chat=chat, user="Uamy")
    amy, again, ben = (line["chat"] for line in log.read())
    assert amy == again != ben
    assert "Uamy" not in log.stream.getvalue()
    assert "Uben" not in log.stream.getvalue()


def test_another_channels_log_hides_the_same_person_differently(log: Log) -> None:
    other = Log(key=b"another secret")
    log.lines.fact("turn_taken", chat="user:Uamy")
    other.lines.fact("turn_taken", chat="user:Uamy")
    assert log.read()[0]["chat"] != other.read()[0]["chat"]


def test_the_key_is_not_shown_with_the_log(log: Log) -> None:
    assert "secret" not in repr(log.lines)


def test_a_chat_that_is_not_known_stays_unknown(log: Log) -> None:
    log.lines.fact("turn_taken", chat=None)
    assert log.read()[0]["chat"] is None


def test_trouble_of_our_own_says_what_and_where(log: Log) -> None:
    def asks_the_model() -> None:
        raise ModelBusy(Cause.OVERLOADED, "429")

    try:
        asks_the_model()
    except ModelBusy as exc:
        log.lines.trouble("model_failed", exc, turn="turn7", cause=exc.cause)
    (line,) = log.read()
    assert line["level"] == "warning"
    assert (line["fact"], line["turn"], line["cause"]) == ("model_failed", "turn7", "overloaded")
    assert (line["error"], line["reason"]) == ("ModelBusy", "overloaded: 429")
    assert line["at"].startswith("asks_the_model:")


def test_the_words_of_foreign_errors_are_left_out_since_they_may_quote_people(log: Log) -> None:
    try:
        int("我的密碼是 1234")
    except ValueError as exc:
        log.lines.trouble("turn_broke", exc)
    (line,) = log.read()
    assert line["error"] == "ValueError"
    assert line["reason"] == ""
    assert "1234" not in log.stream.getvalue()


def test_nor_do_they_come_in_with_an_error_of_ours_that_they_caused(log: Log) -> None:
    try:
        try:
            int("我的密碼是 1234")
        except ValueError as exc:
            raise StorageUnavailable("the disk is full") from exc
    except StorageUnavailable as exc:
        log.lines.trouble("turn_broke", exc)
    assert log.read()[0]["reason"] == "the disk is full"
    assert "1234" not in log.stream.getvalue()


def test_an_error_that_was_never_raised_has_no_place(log: Log) -> None:
    log.lines.trouble("turn_broke", KeyError("x"))
    assert log.read()[0]["at"] == ""


def test_many_lines_in_a_reason_are_still_one_line_of_the_log(log: Log) -> None:
    log.lines.trouble("turn_broke", StorageUnavailable("one\ntwo\u2028three"))
    assert log.stream.getvalue().count("\n") == 1
    assert log.read()[0]["reason"] == "one\ntwo\u2028three"


def test_an_id_cannot_pose_as_the_lines_own_fields(log: Log) -> None:
    log.lines.fact("sweep_woke", level="error", time="never", fact="nothing")
    (line,) = log.read()
    assert (line["level"], line["fact"]) == ("info", "sweep_woke")
    assert line["time"].startswith("2026")


def test_a_terminal_of_any_encoding_can_show_a_line() -> None:
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="ascii")
    lines = LogLines(key=b"k", now=FakeClock().now, stream=narrow)
    lines.trouble("turn_broke", StorageUnavailable("磁碟滿了 \ud83d"))
    assert json.loads(raw.getvalue())["reason"] == "磁碟滿了 \ud83d"


def test_lines_go_to_standard_output_unless_told_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    LogLines(key=b"k", now=FakeClock().now).fact("reply_sent")
    assert json.loads(capsys.readouterr().out)["fact"] == "reply_sent"


def test_threads_never_mix_their_lines(log: Log) -> None:
    lines = log.lines

    def write() -> None:
        for number in range(50):
            lines.fact("reply_sent", number=number, padding="x" * 200)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.read()) == 200

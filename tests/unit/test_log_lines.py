"""What log lines are on a laptop; `tests/contract/test_telemetry.py` has what they are anywhere."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.adapters.telemetry.lines import LogLines
from chalicelib.domain.errors import StorageUnavailable
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


def test_a_chat_that_is_not_known_stays_unknown(log: Log) -> None:
    log.lines.fact("turn_taken", chat=None)
    assert log.read()[0]["chat"] is None


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

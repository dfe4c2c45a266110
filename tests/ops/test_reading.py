"""The logs of three functions as one stream, in the order of time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from chalicelib.domain.names import Names
from ops.aws import Aws
from ops.reading import Line, Reading, text
from tests.aws.cloud import Cloud

PROD = Names(stage="prod")
Write = Callable[..., None]


@pytest.fixture
def now() -> int:
    return int(time.time() * 1000)


@pytest.fixture
def write(cloud_here: Cloud) -> Write:
    """Write lines into a function's log; each (milliseconds, words)."""
    logs = cloud_here.client("logs")

    def put(role: str, *lines: tuple[int, str]) -> None:
        group = f"/aws/lambda/{PROD.functions[role]}"
        found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if group not in {each["logGroupName"] for each in found}:
            logs.create_log_group(logGroupName=group)
        stream = f"stream-{time.monotonic_ns()}"
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [{"timestamp": at, "message": said} for at, said in lines]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    return put


def reading(aws: Aws, since: int, *, everything: bool = False) -> Reading:
    return Reading(aws=aws, functions=PROD.functions, since=since, everything=everything)


def messages(lines: list[Line]) -> list[str]:
    return [str(line.said.get("message")) for line in lines]


def test_lines_of_all_functions_come_in_the_order_of_time(aws: Aws, write: Write, now: int) -> None:
    write("worker", (now + 2, "third"), (now + 3, "fourth"))
    write("webhook", (now, "first"))
    write("sweep", (now + 1, "second"))
    lines = reading(aws, now - 1).more()
    assert messages(lines) == ["first", "second", "third", "fourth"]
    assert [line.role for line in lines] == ["webhook", "sweep", "worker", "worker"]


def test_nothing_is_shown_twice_and_what_comes_late_is_not_missed(
    aws: Aws, write: Write, now: int
) -> None:
    stream = reading(aws, now - 10)
    write("worker", (now + 5, "early"))
    assert messages(stream.more()) == ["early"]
    write("webhook", (now, "late"), (now + 9, "new"))
    assert messages(stream.more()) == ["late", "new"]
    assert stream.more() == []


def test_lambdas_own_lines_are_shown_only_when_asked_for(aws: Aws, write: Write, now: int) -> None:
    write("worker", (now, "START RequestId: 1"), (now + 1, "ours"), (now + 2, "END RequestId: 1"))
    assert messages(reading(aws, now - 1).more()) == ["ours"]
    assert len(reading(aws, now - 1, everything=True).more()) == 3


def test_a_function_that_never_ran_has_no_lines(aws: Aws, now: int) -> None:
    assert reading(aws, now).more() == []


def test_a_line_is_shown_by_its_event_and_fields_without_what_only_machines_read() -> None:
    said = {
        "level": "INFO",
        "location": "emit:12",
        "service": "liao-prod",
        "event": "turn_answered",
        "chat": "9f2c",
        "ms": 812.5,
        "_aws": {"Timestamp": 1},
    }
    shown = text(Line(at=1_700_000_000_000, role="worker", said=said)).plain
    assert shown.endswith("worker  INFO turn_answered chat=9f2c ms=812.5")
    assert json.dumps(said["_aws"]) not in shown


def test_words_that_are_no_json_are_shown_as_they_are() -> None:
    line = Line(at=0, role="webhook", said={"message": "[ERROR] Runtime.ImportModuleError"})
    assert text(line).plain.endswith("webhook [ERROR] Runtime.ImportModuleError")

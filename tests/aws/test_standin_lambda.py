"""The stand-in for Lambda: one event a process, killed, frozen, started anew, as Lambda does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.aws.lambda_runtime import Function, function

CODE = """
import os, sys, time, threading, importlib.util
counted, ticks = [], []
def tick():
    while True:
        ticks.append(1); time.sleep(0.01)
def handler(event, context):
    counted.append(event)
    do = event.get("do")
    if do == "raise":
        raise ValueError("a poison")
    if do == "sleep":
        time.sleep(event["seconds"])
    if do == "exit":
        os._exit(3)
    if do == "tick":
        threading.Thread(target=tick, daemon=True).start()
    print("seen", event)
    return {
        "pid": os.getpid(), "count": len(counted), "ticks": len(ticks), "cwd": os.getcwd(),
        "left": context.get_remaining_time_in_millis(), "arn": context.invoked_function_arn,
        "name": context.function_name, "env": dict(os.environ), "你": "好",
        "has": [n for n in ("boto3", "chalice", "pytest", "tests") if importlib.util.find_spec(n)],
    }
"""


@contextmanager
def running(folder: Path, code: str = CODE, **how: object) -> Iterator[Function]:
    task = folder / "task"
    task.mkdir()
    (task / "app.py").write_text(code)
    with function(
        **{
            "name": "f",
            "code": task,
            "handler": "app.handler",
            "environment": {"LIAO_ROLE": "worker"},
            "folder": folder,
            "arn": "arn:aws:lambda:ap-northeast-1:123456789012:function:f",
            **how,
        }
    ) as made:
        yield made


def test_a_process_is_kept_warm_and_knows_what_lambda_tells(tmp_path: Path) -> None:
    with running(tmp_path, timeout=30) as it:
        first, second = it.invoke({"n": 1}), it.invoke({"n": 2})
        assert first.error is None, it.output
        assert (first.was_cold, second.was_cold) == (True, False)
        assert first.result["pid"] == second.result["pid"]
        assert second.result["count"] == 2
        assert 29_000 < second.result["left"] <= 30_000
        assert first.result["arn"].endswith(":function:f")
        assert first.result["name"] == "f"
        assert first.result["cwd"] == str(tmp_path / "task")
        assert first.result["env"]["LIAO_ROLE"] == "worker"
        assert first.result["你"] == "好"
        assert "seen {'n': 2}" in it.output
        assert 0 < second.ran <= second.seconds < first.seconds
        assert 0 < first.init < first.seconds


def test_it_imports_what_the_zip_and_the_runtime_hold_and_nothing_else(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        assert it.invoke({}).result["has"] == []
        assert not list((tmp_path / "task").rglob("*.pyc"))


def test_an_exception_is_an_error_and_the_process_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        failed = it.invoke({"do": "raise"})
        assert failed.error is not None
        assert (failed.error["errorType"], failed.error["errorMessage"]) == (
            "ValueError",
            "a poison",
        )
        after = it.invoke({})
        assert (after.was_cold, after.result["count"]) == (False, 2)


def test_what_takes_too_long_is_killed_and_started_anew(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        late = it.invoke({"do": "sleep", "seconds": 30}, timeout=0.5)
        assert late.error is not None
        assert late.error["errorType"] == "Sandbox.Timedout"
        assert 0.4 < late.seconds < 2
        after = it.invoke({})
        assert (after.was_cold, after.result["count"]) == (True, 1)


def test_a_process_that_ends_by_itself_is_an_error(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        ended = it.invoke({"do": "exit"})
        assert ended.error is not None
        assert ended.error["errorType"] == "Runtime.ExitError"
        assert "exit status 3" in ended.error["errorMessage"]
        assert it.invoke({}).was_cold


def test_it_can_be_killed_in_the_middle_of_an_event(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        it.invoke({})
        errors: list[str] = []

        def ask() -> None:
            done = it.invoke({"do": "sleep", "seconds": 30})
            errors.append((done.error or {}).get("errorMessage", ""))

        asking = threading.Thread(target=ask)
        asking.start()
        while not it.running:
            time.sleep(0.01)
        assert it.kill() == 1
        asking.join(5)
        assert errors == ["Runtime exited with error: signal: SIGKILL"]
        assert it.invoke({}).was_cold


def test_events_at_once_get_a_process_each(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        pids: set[int] = set()

        def ask() -> None:
            pids.add(it.invoke({"do": "sleep", "seconds": 0.3}).result["pid"])

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(10)
        assert len(pids) == 3
        assert it.invoke({}).result["pid"] in pids


def test_between_two_events_it_stands_still(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        it.invoke({"do": "tick"})
        time.sleep(0.1)
        before = it.invoke({}).result["ticks"]
        time.sleep(0.5)
        assert it.invoke({}).result["ticks"] - before < 15


@pytest.mark.parametrize("handler", ["app.missing", "nothing.handler"])
def test_what_cannot_be_loaded_is_told(tmp_path: Path, handler: str) -> None:
    with running(tmp_path, handler=handler) as it:
        for _ in range(2):
            failed = it.invoke({})
            assert failed.was_cold
            assert failed.error is not None
            assert failed.error["errorType"].startswith("Runtime.")

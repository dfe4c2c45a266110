"""A Lambda function on this machine: the very zip, unpacked, in a process of AWS's own runtime.

    with function(name="liao-prod-worker", code=unpacked, handler="app.worker",
                  environment={**aws.environment(), "LIAO_ROLE": "worker"}, folder=tmp_path) as it:
        done = it.invoke(event)
        assert done.error is None, it.output
        it.kill()  # whatever runs dies with signal 9; the next event starts anew

As on AWS: a process takes one event at a time, and a second event meanwhile starts a second
process; one that failed is kept, one that died or ran out of time is not; between two events it
stands still. What it may import is what the zip holds and what the runtime brings, not what this
project's tests have installed. (AWS's brings boto3 as well; name it in `provided` where a function
counts on it.)

Unlike AWS: memory and processor are not limited, and nothing is ever throttled.
"""

from __future__ import annotations

import json
import signal
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.aws.runtime_api import Call, RuntimeApi, read_error
from tests.running import Process, environment

Json = dict[str, Any]
#: What the runtime is made of.
RUNTIME: Final = ("awslambdaric", "simplejson", "snapshot_restore_py", "runtime_client")
_LOOK_EVERY = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an event. Times in seconds.

    error: {errorType, errorMessage}, None where it went well; `result` counts only then.
    was_cold: a process was started for it. seconds: from asking to the answer, with the start.
    init: from the start of the process until it was ready. ran: what AWS bills, without that.
    """

    result: Any
    error: Json | None
    was_cold: bool
    seconds: float
    init: float
    ran: float


@dataclass(slots=True, kw_only=True)
class _Container:
    """One process and its Runtime API."""

    process: Process
    api: RuntimeApi
    close: ExitStack
    started: float = 0.0

    def run(self, call: Call, within: float) -> None:
        """Hand an event over and wait for the answer, the process's death or the time-out."""
        ends = time.monotonic() + within
        self.api.give(call)
        while not call.done.wait(_LOOK_EVERY):
            if self.process.code is not None:
                # what it said last may have come just before it died
                call.done.wait(_LOOK_EVERY)
                call.finish(_said("Runtime.ExitError", _death(self.process.code)), failed=True)
            elif time.monotonic() > ends:
                call.finish(
                    _said("Sandbox.Timedout", f"Task timed out after {within:.2f} seconds"),
                    failed=True,
                )
                self.end()

    def end(self) -> None:
        """Kill it, whatever it does."""
        self.process.kill()
        self.close.close()

    @property
    def is_alive(self) -> bool:
        """Whether it can take another event."""
        return self.process.code is None and self.api.init_error is None


@dataclass(slots=True, kw_only=True)
class Function:
    """A function; `timeout` in seconds is the longest it may take for an event."""

    name: str
    code: Path
    handler: str
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    timeout: float = 60.0
    memory: int = 512
    arn: str = ""
    provided: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    freezes: bool = True
    _idle: list[_Container] = field(default_factory=list)
    _busy: list[_Container] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def output(self) -> str:
        """What all its processes said until now."""
        log = self._log
        return log.read_text("utf-8", "replace") if log.exists() else ""

    @property
    def running(self) -> int:
        """How many of its processes are at work on an event."""
        with self._lock:
            return len(self._busy)

    def invoke(self, event: Any, *, timeout: float | None = None) -> Done:
        """Let it handle an event, in a process that waits or a new one; any thread may ask."""
        within = timeout or self.timeout
        began = time.monotonic()
        with self._lock:
            kept = self._idle.pop() if self._idle else None
            container = kept or self._start()
            self._busy.append(container)
        call = Call(body=json.dumps(event).encode(), deadline=time.time() + within, arn=self.arn)
        container.run(call, within)
        with self._lock:
            self._busy.remove(container)
            is_kept = container.is_alive
            if is_kept:
                self._idle.append(container)
        if not is_kept:
            container.end()
        return _done(call, container, began=began, was_cold=kept is None)

    def kill(self) -> int:
        """End all its processes with signal 9, at work or not; returns how many there were."""
        with self._lock:
            idle, busy = list(self._idle), list(self._busy)
            self._idle.clear()
        for container in busy:  # whoever waits for one sees it die, and clears it away
            container.process.send(signal.SIGKILL)
        for container in idle:
            container.end()
        return len(idle) + len(busy)

    def close(self) -> None:
        """End everything."""
        self.kill()
        while self.running:
            time.sleep(_LOOK_EVERY)

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def _start(self) -> _Container:
        process = Process(
            command=[sys.executable, "-S", *self.arguments, "-m", "awslambdaric", self.handler],
            folder=self.code,
            environment={},
            log=self._log,
        )

        def freeze() -> None:
            if self.freezes:
                process.send(signal.SIGSTOP)

        close = ExitStack()
        api = RuntimeApi(freeze=freeze, thaw=lambda: process.send(signal.SIGCONT))
        close.enter_context(api.serving())
        process.environment = self._environment(api.address)
        started = time.monotonic()
        process.start()
        return _Container(process=process, api=api, close=close, started=started)

    def _environment(self, api: str) -> dict[str, str]:
        """What Lambda sets, and what the function is configured with, which wins."""
        runtime = _runtime(self.folder, self.provided)
        given = environment(
            self.folder,
            AWS_LAMBDA_RUNTIME_API=api,
            AWS_LAMBDA_FUNCTION_NAME=self.name,
            AWS_LAMBDA_FUNCTION_VERSION="$LATEST",
            AWS_LAMBDA_FUNCTION_MEMORY_SIZE=str(self.memory),
            AWS_LAMBDA_INITIALIZATION_TYPE="on-demand",
            AWS_LAMBDA_LOG_GROUP_NAME=f"/aws/lambda/{self.name}",
            AWS_LAMBDA_LOG_STREAM_NAME="2026/01/01/[$LATEST]0",
            AWS_EXECUTION_ENV=f"AWS_Lambda_python{sys.version_info[0]}.{sys.version_info[1]}",
            LAMBDA_TASK_ROOT=str(self.code),
            LAMBDA_RUNTIME_DIR=str(runtime),
            PYTHONPATH=f"{self.code}:{runtime}",
            PYTHONDONTWRITEBYTECODE="1",
            TZ=":UTC",
            _HANDLER=self.handler,
        )
        return {**given, **self.environment}


@contextmanager
def function(**how: Any) -> Iterator[Function]:
    """Have a function until the block ends; `how` are the fields of `Function`."""
    made = Function(**how)
    try:
        yield made
    finally:
        made.close()


def _runtime(folder: Path, provided: tuple[str, ...]) -> Path:
    """A folder of links to what the runtime brings, and to nothing else that is installed."""
    installed, links = Path(sysconfig.get_path("purelib")), folder / "runtime"
    links.mkdir(parents=True, exist_ok=True)
    for name in (*RUNTIME, *provided):
        found = [*installed.glob(name), *installed.glob(f"{name}.*")]
        assert found, f"{name} is not installed"
        for source in found:
            link = links / source.name
            if not link.is_symlink():
                link.symlink_to(source)
    return links


def _done(call: Call, container: _Container, *, began: float, was_cold: bool) -> Done:
    told = call.told or b""
    now = call.answered or time.monotonic()
    ready = container.api.first_asked or now
    return Done(
        result=None if call.failed else json.loads(told or b"null"),
        error=read_error(told) if call.failed else None,
        was_cold=was_cold,
        seconds=now - began,
        init=ready - container.started if was_cold else 0.0,
        ran=now - (call.handed or now),
    )


def _said(kind: str, told: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": told}).encode()


def _death(code: int) -> str:
    how = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
    return f"Runtime exited with error: {how}"

"""Lambda's Runtime API: how a function's process is given events and gives back what came of them.

One for each process, as on AWS. Between two events a process is frozen there, threads and all, so
it is frozen here as well: a timer left running would tick on a laptop and stand still on AWS.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from tests.aws.wsgi import Answer, Environ, Unanswered, body_of, serving

_PREFIX: Final = "/2018-06-01/runtime/"
_ACCEPTED: Answer = (202, {"Content-Type": "application/json"}, b'{"status":"OK"}')


@dataclass(slots=True, kw_only=True)
class Call:
    """One event on its way through a process; `told` is what came of it, as it was sent."""

    body: bytes
    deadline: float
    arn: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    told: bytes | None = None
    failed: bool = False
    handed: float | None = None
    answered: float | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def finish(self, told: bytes, *, failed: bool) -> None:
        """Note what came of it; only the first word counts."""
        if not self.done.is_set():
            self.told, self.failed, self.answered = told, failed, time.monotonic()
            self.done.set()


@dataclass(slots=True, kw_only=True)
class RuntimeApi:
    """What one process speaks with. `freeze` and `thaw` are called as it waits and goes on."""

    freeze: Callable[[], None]
    thaw: Callable[[], None]
    address: str = ""
    first_asked: float | None = None
    init_error: bytes | None = None
    _call: Call | None = None
    _is_frozen: bool = False
    _is_closed: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Listen until the block ends."""
        with serving(self._answer) as url:
            self.address = urlsplit(url).netloc
            try:
                yield
            finally:
                with self._changed:
                    self._is_closed = True
                    self._changed.notify_all()

    def give(self, call: Call) -> None:
        """Give the process an event; it has one at a time."""
        with self._changed:
            self._call = call
            if self._is_frozen:
                self._is_frozen = False
                self.thaw()
            if self.init_error is not None:
                call.finish(self.init_error, failed=True)
            self._changed.notify_all()

    def _answer(self, environ: Environ) -> Answer:
        what = environ["PATH_INFO"].removeprefix(_PREFIX).split("/")
        match (environ["REQUEST_METHOD"], *what):
            case "GET", "invocation", "next":
                return self._next()
            case "POST", "invocation", call_id, ("response" | "error") as kind:
                return self._finish(call_id, body_of(environ), failed=kind == "error")
            case "POST", "init", "error":
                with self._changed:
                    self.init_error = body_of(environ)
                    if self._call:
                        self._call.finish(self.init_error, failed=True)
                return _ACCEPTED
        return 404, {}, b""

    def _next(self) -> Answer:
        with self._changed:
            self.first_asked = self.first_asked or time.monotonic()
            self._changed.notify_all()
            while self._call is None or self._call.handed is not None:
                if self._is_closed:
                    raise Unanswered
                if not self._is_frozen:
                    self._is_frozen = True
                    self.freeze()
                self._changed.wait()
            call = self._call
            call.handed = time.monotonic()
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": call.id,
            "Lambda-Runtime-Deadline-Ms": str(int(call.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": call.arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{call.id[:8]}{'0' * 16}",
        }
        return 200, headers, call.body

    def _finish(self, call_id: str, told: bytes, *, failed: bool) -> Answer:
        with self._changed:
            if self._call is None or self._call.id != call_id:
                return 400, {}, b'{"errorType":"InvalidRequestID"}'
            self._call.finish(told, failed=failed)
        return _ACCEPTED


def read_error(told: bytes) -> dict[str, Any]:
    """What a process says went wrong: {errorType, errorMessage, stackTrace}."""
    try:
        return dict(json.loads(told))
    except ValueError:
        return {"errorType": "Unknown", "errorMessage": told.decode("utf-8", "replace")}

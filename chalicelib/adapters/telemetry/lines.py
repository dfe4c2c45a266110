"""Facts as structured log lines: one JSON object a line, on standard output.

It needs the standard library alone, so a webhook's function can wake with it. There CloudWatch
finds the metrics in the lines themselves (Embedded Metric Format); a laptop has none.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from chalicelib.adapters.telemetry.invocation import current, during
from chalicelib.adapters.telemetry.measures import NAMESPACE, Measurement, measured
from chalicelib.adapters.telemetry.records import Recorder, Value, of_error

if TYPE_CHECKING:
    from chalicelib.adapters.telemetry.functions import Answered, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLines:
    """Writes facts to a stream.

    key: the secret of the hashes. service: app and stage, where lines carry metrics; else empty.
    """

    key: bytes = field(repr=False)
    now: Callable[[], datetime]
    service: str = ""
    stream: TextIO | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def fact(self, name: str, **ids: Value) -> None:
        """Log something that happened."""
        self._write("info", name, ids)

    def trouble(self, name: str, error: BaseException, **ids: Value) -> None:
        """Log something that went wrong: the error's kind and place, and our own errors' words."""
        self._write("warning", name, {**ids, **of_error(error)})

    def during(self, context: Context, *, answered: Answered = ()) -> AbstractContextManager[None]:
        """Log an invocation of a Lambda function; see `invocation.during`."""
        return during(self, context, cold=next(self._begun) == 0, answered=answered)

    def flush(self) -> None:
        """Do nothing: every line is out when it is written."""

    def _write(self, level: str, name: str, ids: dict[str, Value]) -> None:
        recorder = Recorder(key=self.key, service=self.service)
        line: dict[str, Any] = dict(
            recorder.record(level, name, ids, now=self.now(), during=current())
        )
        if self.service:
            line |= embedded(measured(level, name, ids, service=self.service), now=self.now())
        # ASCII: no terminal's encoding can refuse it.
        text = json.dumps(line)
        stream = self.stream or sys.stdout
        with self.lock:
            stream.write(text + "\n")
            stream.flush()


def embedded(measurements: Sequence[Measurement], *, now: datetime) -> dict[str, Any]:
    """Make the members by which CloudWatch finds metrics in a line; none where there are none.

    The values of one fact only: a metric that has several dimensions has one value in all of them.
    """
    if not measurements:
        return {}
    directives: dict[tuple[str, ...], list[dict[str, str]]] = {}
    members: dict[str, Any] = {}
    for measurement in measurements:
        names = tuple(name for name, _ in measurement.dimensions)
        metric = {"Name": measurement.metric, "Unit": measurement.unit}
        directives.setdefault(names, []).append(metric)
        members |= {measurement.metric: measurement.value, **dict(measurement.dimensions)}
    found = [
        {"Namespace": NAMESPACE, "Dimensions": [list(names)], "Metrics": metrics}
        for names, metrics in directives.items()
    ]
    timestamp = int(now.timestamp() * 1000)
    return {**members, "_aws": {"Timestamp": timestamp, "CloudWatchMetrics": found}}

"""The same facts through AWS Lambda Powertools, for the functions that answer.

Each of their invocations measures a dozen things. They are gathered, and written at its end as
one line for each set of dimensions, since CloudWatch bills what is written. Importing this costs
some 30 ms, which a worker hides behind its SDKs and a webhook has not: it uses `LogLines`.
"""

from __future__ import annotations

import itertools
import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO
from uuid import uuid4

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import BasePowertoolsFormatter
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from chalicelib.adapters.telemetry.invocation import current, during
from chalicelib.adapters.telemetry.measures import NAMESPACE, Measurement, measured
from chalicelib.adapters.telemetry.records import Recorder, Value, of_error

if TYPE_CHECKING:
    from chalicelib.adapters.telemetry.functions import Answered, Context

#: EMF: a line holds at most 100 values of a metric. Powertools prints by itself at the hundredth.
_MOST = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class PowertoolsTelemetry:
    """Writes facts and metrics to a stream; safe for many threads. `connect` makes one."""

    recorder: Recorder
    now: Callable[[], datetime]
    logger: Logger = field(repr=False)
    pending: list[Measurement] = field(default_factory=list, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _begun: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @classmethod
    def connect(
        cls,
        *,
        key: bytes,
        now: Callable[[], datetime],
        service: str,
        stream: TextIO | None = None,
    ) -> PowertoolsTelemetry:
        """Set the logger up.

        key: the secret of the hashes. service: app and stage. stream: standard output by default.
        """
        # Powertools keeps a logger's first stream for all loggers of one name.
        logger = Logger(
            service=f"{service}.{uuid4().hex}",
            level="INFO",
            stream=stream,
            logger_formatter=_Formatter(),
        )
        return cls(recorder=Recorder(key=key, service=service), now=now, logger=logger)

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
        """Write the metrics gathered so far: a line for each set of dimensions, rarely more."""
        with self.lock:
            gathered = tuple(self.pending)
            self.pending.clear()
        for measurements in _in_lines(gathered):
            self.logger.info(self._metrics(measurements))

    def _write(self, level: str, name: str, ids: dict[str, Value]) -> None:
        found = measured(level, name, ids, service=self.recorder.service)
        with self.lock:
            self.pending.extend(found)
        record = self.recorder.record(level, name, ids, now=self.now(), during=current())
        write = self.logger.warning if level == "warning" else self.logger.info
        write(record)

    def _metrics(self, measurements: Iterable[Measurement]) -> dict[str, Any]:
        provider = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
        provider.timestamp = int(self.now().timestamp() * 1000)
        for one in measurements:
            provider.add_metric(one.metric, one.unit, one.value)
            provider.dimension_set.update(one.dimensions)
        return dict(provider.serialize_metric_set())


def _in_lines(gathered: Iterable[Measurement]) -> Iterator[tuple[Measurement, ...]]:
    """Share measurements out to lines: one for each set of dimensions, while it has room."""
    lines: dict[tuple[tuple[str, str], ...], list[Measurement]] = {}
    for measurement in gathered:
        lines.setdefault(measurement.dimensions, []).append(measurement)
    for line in lines.values():
        for start in range(0, len(line), _MOST):
            yield tuple(line[start : start + _MOST])


class _Formatter(BasePowertoolsFormatter):
    """Writes a record as it is: everything that a line holds is decided in `records`."""

    def format(self, record: logging.LogRecord) -> str:
        # ASCII: no terminal's encoding can refuse it.
        return json.dumps(record.msg)

    def append_keys(self, **additional_keys: Any) -> None:
        """Add nothing of Powertools' own."""

    def remove_keys(self, keys: Iterable[str]) -> None:
        """Keep everything."""

    def clear_state(self) -> None:
        """Keep nothing between lines."""

"""Every way of writing facts, into a text that can be read: what the tests about logs run on."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.adapters.telemetry.lines import LogLines
from chalicelib.adapters.telemetry.measures import TABLE
from chalicelib.adapters.telemetry.powertools import PowertoolsTelemetry
from chalicelib.bootstrap.wiring import wire
from chalicelib.ports import Telemetry
from tests.assembled import Assembled
from tests.fakes import FakeClock

SERVICE = "liao-prod"
KEY = b"the-secret-of-the-channel"
Adapter = LogLines | PowertoolsTelemetry
Make = Callable[[io.StringIO, bytes], Adapter]


def _lines(stream: io.StringIO, key: bytes) -> Adapter:
    return LogLines(key=key, now=FakeClock().now, service=SERVICE, stream=stream)


def _powertools(stream: io.StringIO, key: bytes) -> Adapter:
    return PowertoolsTelemetry.connect(key=key, now=FakeClock().now, service=SERVICE, stream=stream)


ADAPTERS: Mapping[str, Make] = {"lines": _lines, "powertools": _powertools}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What Lambda tells of an invocation."""

    function_name: str = "liao-prod-worker"
    aws_request_id: str = "req-1"


@dataclass(slots=True, kw_only=True)
class Log:
    """A telemetry, and what it wrote."""

    make: Make
    key: bytes = KEY
    stream: io.StringIO = field(default_factory=io.StringIO)
    adapter: Adapter = field(init=False)

    def __post_init__(self) -> None:
        self.adapter = self.make(self.stream, self.key)

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def facts(self) -> list[dict[str, Any]]:
        """The lines that tell facts, without the members of metrics."""
        metrics = {row.metric for row in TABLE} | {"_aws"}
        told = (line for line in self.read() if "fact" in line)
        return [{key: line[key] for key in line if key not in metrics} for line in told]

    def metrics(self) -> Counter[tuple[str, str, str]]:
        """What CloudWatch finds, by its rules: the sum by metric, unit and dimensions."""
        self.adapter.flush()
        found: Counter[tuple[str, str, str]] = Counter()
        for line in self.read():
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
                assert directive["Namespace"] == "Liao"
                for names in directive["Dimensions"]:
                    dimensions = " ".join(str(line[name]) for name in names)
                    for metric in directive["Metrics"]:
                        values = line[metric["Name"]]
                        values = values if isinstance(values, list) else [values]
                        assert 1 <= len(values) <= 100
                        name = (metric["Name"], metric["Unit"], dimensions)
                        found[name] += sum(values)
        return found


def logs_to(bot: Assembled, telemetry: Telemetry) -> None:
    """Let an assembled bot log there."""
    bot.parts = replace(bot.parts, telemetry=telemetry)
    bot.worker = wire(bot.parts)

"""How long each function runs for a message, and what it uses meanwhile.

A function's share of a core follows from its memory, so its time on AWS is worked out: what it
computes takes longer there by that share, what it waits for takes as long as here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bench.cold_start_functions import (
    MODEL,
    TUTORIAL,
    WEBHOOK,
    WORKER,
    Kind,
    Region,
    Run,
    posted,
    region,
    woken,
)
from bench.costs_units import Units, recorded
from bench.people import Webhook
from bench.stage import Stage
from bench.zipped import Code, packed, unpacked
from simulator.bot import REPOSITORY
from simulator.load.figures import p50


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """One function's message: seconds waited and computed, warm and cold; bytes logged."""

    memory: int
    waited: float
    computed: float
    cold_waited: float
    cold_computed: float
    logged: float

    def seconds(self, memory_of_a_core: float, *, cold: float) -> float:
        """What is billed on average, where a share of `cold` starts anew."""
        share = min(self.memory / memory_of_a_core, 1.0)
        warm = self.waited + self.computed / share
        # A function starts with a whole core; what it computes after is a small part of it.
        return (1 - cold) * warm + cold * (self.cold_waited + self.cold_computed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a message needs."""

    webhook: Billed
    worker: Billed
    tutorial: Billed
    units: Units


def measured(stage: Stage, messages: int) -> Measured:
    """Let each function handle so many messages, one after the other."""
    stage.platform.think(MODEL)
    with region(stage) as here, stage.new_folder() as folder:
        code = unpacked(packed(), folder, compiled=True)
        people = [f"cost {number}" for number in range(messages + 1)]
        asked = stage.platform.written(people)
        webhook = _billed(here, WEBHOOK, code, [posted(each) for each in asked])
        worker = _billed(here, WORKER, code, [woken(each) for each in asked])
        others = stage.platform.written([f"plain {person}" for person in people])
        tutorial = _billed(here, TUTORIAL, code, [posted(each) for each in others])
        units = _units(here, code, stage.platform.written(["counted"] * 2))
    stage.platform.think(0)
    return Measured(webhook=webhook, worker=worker, tutorial=tutorial, units=units)


def _billed(here: Region, kind: Kind, code: Code, events: Sequence[object]) -> Billed:
    with here.started(kind, code) as started:
        cold, *warm = [started.run(event) for event in events]
        logged = len(started.function.output.encode()) / len(events)
    return Billed(
        memory=_memory(kind.role),
        waited=_waited(warm),
        computed=sum(run.cpu for run in warm) / len(warm),
        cold_waited=max(cold.seconds - cold.cpu, 0),
        cold_computed=cold.cpu,
        logged=logged,
    )


def _waited(runs: Sequence[Run]) -> float:
    computed = sum(run.cpu for run in runs) / len(runs)  # `/proc` counts in steps of 10 ms
    return max(p50([run.seconds for run in runs]) - computed, 0)


def _units(here: Region, code: Code, webhooks: Sequence[Webhook]) -> Units:
    """Count a message of somebody whom the bot has met, in containers that are warm."""
    with (
        recorded(here.aws) as (url, units),
        here.started(WEBHOOK, code, AWS_ENDPOINT_URL=url) as webhook,
        here.started(WORKER, code, AWS_ENDPOINT_URL=url) as worker,
    ):
        for asked in webhooks:
            units.writes, units.reads, units.requests = 0, 0, 0
            units.calls.clear()
            webhook.run(posted(asked))
            worker.run(woken(asked))
    return units


def _memory(role: str) -> int:
    """The configured memory in MB; the tutorial's handler gets what our worker has."""
    told = json.loads((REPOSITORY / ".chalice" / "config.json").read_text("utf-8"))
    functions = told["stages"]["prod"]["lambda_functions"]
    name = "api_handler" if role == "webhook" else "worker"
    return int(functions[name]["lambda_memory_size"])

"""How long a function takes to wake: from the start of its process to its first response.

The webhook verifies, stores in DynamoDB and wakes over SQS, both behind TLS; its secret is in its
environment. The worker answers a new person with a model that takes two seconds. Beside them, in
the same run: a function that only answers, Chalice with a look at the signature, and the tutorial's
single handler, which imports both SDKs and asks the same model; from its time and from the worker's
the model's own is taken away. Each from the real zip's libraries, in a process of AWS's runtime, in
turns, so that a machine that gets busy is busy for all; the disk's cache is warm.

Lambda gives a function a share of a core once it has started: what it computes then takes as many
times longer there. The ratios are what this is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.cold_start_functions import (
    BARE,
    HMAC_ONLY,
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
from bench.people import Platform, Webhook
from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import Stage
from bench.zipped import Code, packed, unpacked
from simulator.load.figures import p50

#: How many times as long as Chalice with a look at the signature the webhook may take.
MOST_TIMES = 2.5
#: How many times faster than the tutorial's handler it must be.
LEAST_FASTER = 12.0
#: What the worker adds to the model's time, of what the tutorial's handler adds.
MOST_ADDED = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """The runs of each kind of function, from compiled files or without; in seconds."""

    runs: Mapping[str, list[Run]] = field(
        default_factory=lambda: {
            kind.name: [] for kind in (BARE, HMAC_ONLY, TUTORIAL, WEBHOOK, WORKER)
        }
    )

    def milliseconds(self, kind: Kind) -> float:
        """The median, from the start of the process to the response."""
        return p50([run.seconds for run in self.runs[kind.name]]) * 1_000

    def peak(self, kind: Kind) -> float:
        """The median of the most memory it had, in MB."""
        return p50([run.peak for run in self.runs[kind.name]])


def measure(stage: Stage, sizes: Sizes) -> Result:
    """Wake each function, so many times."""
    found = {True: Woken(), False: Woken()}
    with stage.new_folder() as folder:
        made = packed()
        codes = {
            is_compiled: unpacked(made, folder / str(is_compiled), compiled=is_compiled)
            for is_compiled in found
        }
        for number in range(sizes.woken):
            with region(stage) as here:  # a new one: moto copies a table for each transaction
                for is_compiled, code in codes.items():
                    _wake_all(here, code, found[is_compiled], f"{is_compiled} {number}")
    stage.platform.think(0)
    compiled, bare = found[True], found[False]
    times = compiled.milliseconds(WEBHOOK) / compiled.milliseconds(HMAC_ONLY)
    faster = compiled.milliseconds(TUTORIAL) / compiled.milliseconds(WEBHOOK)
    added = compiled.milliseconds(WORKER) / compiled.milliseconds(TUTORIAL)
    return Result(
        name="cold_start",
        lines=(
            _against("cold_webhook", compiled, WEBHOOK),
            Line(what="cold_times", unit="×", liao=times, most=MOST_TIMES),
            Line(what="cold_faster", unit="×", liao=faster, least=LEAST_FASTER),
            _against("cold_worker", compiled, WORKER),
            Line(what="cold_added", unit="×", liao=added, most=MOST_ADDED),
            _memory("cold_memory_webhook", compiled, WEBHOOK),
            _memory("cold_memory_worker", compiled, WORKER),
            _against("cold_webhook_source", bare, WEBHOOK),
            _against("cold_worker_source", bare, WORKER),
        ),
        parts=tuple(_references(compiled, bare)),
    )


def _wake_all(here: Region, code: Code, found: Woken, name: str) -> None:
    platform = here.stage.platform
    for kind in (BARE, HMAC_ONLY, TUTORIAL):
        (webhook,) = platform.written([f"{kind.name} {name}"])
        found.runs[kind.name].append(_woken(here, kind, code, webhook))
    (webhook,) = platform.written([f"liao {name}"])
    for kind in (WEBHOOK, WORKER):  # what the one stores, the other answers
        found.runs[kind.name].append(_woken(here, kind, code, webhook))


def _woken(here: Region, kind: Kind, code: Code, webhook: Webhook) -> Run:
    """Start a function for one event, and take away what the model took."""
    platform = here.stage.platform
    platform.think(MODEL)
    asked = platform.asked()
    event = woken(webhook) if kind is WORKER else posted(webhook)
    with here.started(kind, code) as started:
        return _without(started.run(event), platform, asked)


def _without(run: Run, platform: Platform, asked: int) -> Run:
    return Run(seconds=run.seconds - sum(platform.thought(asked)), cpu=run.cpu, peak=run.peak)


def _against(what: str, woken: Woken, kind: Kind) -> Line:
    own, plain = woken.milliseconds(kind), woken.milliseconds(TUTORIAL)
    return Line(what=what, given={"seconds": MODEL}, unit="ms", liao=own, plain=plain)


def _memory(what: str, woken: Woken, kind: Kind) -> Line:
    return Line(what=what, unit="MB", liao=woken.peak(kind), plain=woken.peak(TUTORIAL))


def _references(compiled: Woken, bare: Woken) -> Sequence[Line]:
    return [
        Line(what=f"{what}_{kind.name}", unit="ms", liao=found.milliseconds(kind))
        for what, found in (("cold", compiled), ("cold_source", bare))
        for kind in (BARE, HMAC_ONLY)
    ] + [
        Line(what=f"cold_memory_{kind.name}", unit="MB", liao=compiled.peak(kind))
        for kind in (BARE, HMAC_ONLY)
    ]

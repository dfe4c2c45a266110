"""How long the webhook's own work takes, without a server around it.

Liao verifies, stores durably (`synchronous=FULL`, on a disk) and wakes a worker; none runs here.
The plain handler verifies, calls the model, which takes no time, and replies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from bench.people import Broken
from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import LIAO, PLAIN, Handler, Stage
from simulator.load.figures import p50, p99

#: Milliseconds within which 99 of 100 webhooks must be stored.
TARGET = 5.0
WITHIN = 120.0
#: The first calls load what later ones find loaded.
COLD = 10
_PAGE = b"\0" * 4_096


def measure(stage: Stage, sizes: Sizes) -> Result:
    """Measure the use case alone, and both handlers through Chalice's test client."""
    stage.platform.think(0)
    alone = _timed(stage, LIAO, "receive", sizes.handled)
    liao = _timed(stage, LIAO, "app", sizes.handled)
    plain = _timed(stage, PLAIN, "app", sizes.handled_plain)
    lines = (
        Line(what="receive_p50", unit="ms", liao=p50(alone)),
        Line(what="receive_p99", unit="ms", liao=p99(alone), most=TARGET),
        Line(what="app_p50", unit="ms", liao=p50(liao), plain=p50(plain)),
        Line(what="app_p99", unit="ms", liao=p99(liao), plain=p99(plain), most=TARGET),
    )
    bare = _bare_writes(stage, sizes.handled)
    parts = (
        Line(what="bare_p50", unit="ms", liao=p50(bare)),
        Line(what="bare_p99", unit="ms", liao=p99(bare)),
    )
    return Result(name="handler", lines=lines, parts=parts)


def _bare_writes(stage: Stage, count: int) -> Sequence[float]:
    """The milliseconds of durable writes and nothing else: no handler that stores is faster."""
    found = []
    with stage.new_folder() as folder, (folder / "bare").open("wb", buffering=0) as file:
        for _ in range(count):
            begun = time.perf_counter()
            file.write(_PAGE)
            os.fsync(file.fileno())
            found.append((time.perf_counter() - begun) * 1_000)
    return found


def _timed(stage: Stage, handler: Handler, entry: str, count: int) -> Sequence[float]:
    """Let a process of its own take so many webhooks; the milliseconds of each."""
    people = [f"{handler.name} {entry} {number}" for number in range(count + COLD)]
    given = [
        {"body": webhook.body.decode(), "signature": webhook.signature}
        for webhook in stage.platform.written(people)
    ]
    with stage.new_folder() as folder:
        webhooks, times, log = folder / "webhooks", folder / "times", folder / "log"
        webhooks.write_text(json.dumps(given))
        with log.open("w") as output:
            done = subprocess.run(
                [sys.executable, "-m", "bench.in_process", entry, str(webhooks), str(times)],
                cwd=handler.project,
                env=stage.environment(folder / "data", handler),
                stdout=output,
                timeout=WITHIN,
                check=False,
            )
        if done.returncode:
            raise Broken(f"the handler ended with code {done.returncode}: {log.read_text()[-500:]}")
        return [seconds * 1_000 for seconds in json.loads(times.read_text())[COLD:]]

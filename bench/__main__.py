"""`python -m bench`: the command line.

Ends with 1 where something was lost or doubled, with 2 where nothing could be measured; a target
that is not met is said, and no error: figures depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bench import (
    acknowledge,
    cold_start,
    costs,
    handler,
    latency,
    money,
    rendering,
    throughput,
    zipped,
)
from bench.people import Broken
from bench.render import Machine, as_json, filled, markdown, table
from bench.results import Result
from bench.sizes import FULL, QUICK, Sizes
from bench.stage import Stage, stage
from bench.words import ENGLISH, words
from simulator.bot import REPOSITORY, BotEnded

BENCHMARKS: Mapping[str, Callable[[Stage, Sizes], Result]] = {
    "acknowledge": acknowledge.measure,
    "handler": handler.measure,
    "throughput": throughput.measure,
    "latency": latency.measure,
    "money": money.measure,
    "rendering": rendering.measure,
    "cold_start": cold_start.measure,
    "zipped": zipped.measure,
    "costs": costs.measure,
}
READMES = {"README.md": "en", "README.zh-TW.md": "zh-Hant"}
LOST = 1
NOT_MEASURED = 2


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(prog="python -m bench", description="Measure Liao.")
    top.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)} [all]")
    top.add_argument("--quick", action="store_true", help="a few of each: does it work?")
    top.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    top.add_argument("--markdown", action="store_true", help="print one Markdown table")
    top.add_argument("--write-readme", action="store_true", help="put the table into both READMEs")
    return top


def main(given: list[str]) -> int:
    """Measure what was asked for; returns the exit code."""
    top = parser()
    asked = top.parse_args(given)
    if unknown := set(asked.names) - BENCHMARKS.keys():
        top.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if asked.write_readme and (asked.names or asked.quick):
        top.error("--write-readme takes a whole run: no names, no --quick")
    names = asked.names or list(BENCHMARKS)
    load = os.getloadavg()[0]
    try:
        results = _measured(names, QUICK if asked.quick else FULL, quiet=asked.markdown)
    except (Broken, BotEnded) as exc:
        print(f"Sorry, nothing was measured: {exc}", file=sys.stderr)
        return NOT_MEASURED
    machine = _machine(datetime.now(tz=UTC), load=load)
    told = words()
    if asked.markdown:
        print(markdown(results, told[ENGLISH], machine))
    else:
        print(machine.told(told[ENGLISH]))
    if asked.json:
        asked.json.write_text(json.dumps(as_json(results, machine), indent=2) + "\n", "utf-8")
    for name, language in READMES.items() if asked.write_readme else ():
        readme = REPOSITORY / name
        text = markdown(results, told[language], machine)
        readme.write_text(filled(readme.read_text("utf-8"), text), "utf-8")
    return LOST if any(result.losses for result in results) else 0


def _measured(names: list[str], sizes: Sizes, *, quiet: bool) -> list[Result]:
    """Run the benchmarks, one after the other, and show each as it ends."""
    results = []
    with stage() as here:
        for name in names:
            results.append(BENCHMARKS[name](here, sizes))
            if not quiet:
                print(table(results[-1], words()[ENGLISH]), end="\n\n", flush=True)
    return results


def _machine(now: datetime, *, load: float) -> Machine:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Machine(
        day=f"{now:%Y-%m-%d}",
        cores=cores or 1,
        load=load,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=f"{platform.system()} {platform.machine()}",
    )


def _end(number: int, _frame: FrameType | None) -> None:
    """Leave through every `finally`, so that no child and no folder stays behind."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, _end)
    sys.exit(main(sys.argv[1:]))

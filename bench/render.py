"""Tables for a terminal, for Markdown and as JSON: pure functions of results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.results import Line, Result, losses
from bench.words import Words
from simulator.load.columns import aligned
from simulator.load.figures import figure

_TABLE = re.compile(r"(<!-- bench -->)(?:.*?<!-- /bench -->)?", re.DOTALL)
_END = "<!-- /bench -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the figures were measured on, and when.

    load: how many processes wanted to run before the first benchmark began, on average.
    """

    day: str
    cores: int
    load: float
    python: str
    system: str

    def told(self, words: Words) -> str:
        """Say it in one line."""
        return words.measured.format(**{**asdict(self), "load": f"{self.load:.1f}"})


def table(result: Result, words: Words) -> str:
    """A result as a table for a terminal, with one line for each target below it."""
    _, *heads = words.columns[:4]
    rows = [["", *heads], *(_cells(line, words)[:4] for line in (*result.lines, *result.parts))]
    verdicts = [
        f"{words.judged(line)} - {words.label(line)}: {_figure(line.liao, line.unit)}"
        for line in result.lines
        if line.is_met is not None
    ]
    return "\n".join([words.title[result.name], *aligned(rows), "", *verdicts])


def markdown(results: Sequence[Result], words: Words, machine: Machine) -> str:
    """All results as one Markdown table, and what they were measured on."""
    rows = [list(words.columns), ["---", *["---:"] * 3, "---"]]
    for result in results:
        rows.append([f"**{words.title[result.name]}**", *[""] * 4])
        rows += [_cells(line, words) for line in result.lines if not line.is_loss]
    if lost := losses(results):
        rows.append([f"**{words.title['losses']}**", *[""] * 4])
        rows += [_cells(line, words) for line in lost]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([*lines, "", machine.told(words)])


def filled(readme: str, text: str) -> str:
    """A README with the text between its two marks. Raises ValueError where it has none."""
    new, found = _TABLE.subn(lambda mark: f"{mark[1]}\n\n{text}\n\n{_END}", readme)
    if found != 1:
        raise ValueError(f"the README has {found} places for the table, not one")
    return new


def as_json(results: Sequence[Result], machine: Machine) -> dict[str, Any]:
    """Everything, ready for a JSON file."""
    return {
        "machine": asdict(machine),
        "results": {
            result.name: [_record(line) for line in (*result.lines, *result.parts)]
            for result in results
        },
    }


def _record(line: Line) -> dict[str, Any]:
    return {**asdict(line), "ratio": line.ratio, "is_met": line.is_met}


def _cells(line: Line, words: Words) -> list[str]:
    ratio = "" if line.ratio is None else figure(line.ratio)
    plain = "" if line.plain is None else _figure(line.plain, line.unit)
    return [
        words.label(line),
        _figure(line.liao, line.unit),
        plain,
        ratio,
        words.judged(line),
    ]


def _figure(value: float, unit: str) -> str:
    return f"{figure(value)} {unit}".rstrip()

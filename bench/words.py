"""What figures are called, in the languages of the READMEs; the words are in `words.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.results import Line

FILE = Path(__file__).with_suffix(".toml")
ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's words."""

    columns: Sequence[str]
    measured: str
    most: str
    least: str
    verdict: str
    met: str
    missed: str
    title: Mapping[str, str]
    what: Mapping[str, str]

    def label(self, line: Line) -> str:
        """What a line is called."""
        return self.what[line.what].format(
            **{name: f"{value:g}" for name, value in line.given.items()}
        )

    def target(self, line: Line) -> str:
        """What a line's figure should be."""
        if line.most is not None:
            return self.most.format(bound=f"{line.most:g} {line.unit}".rstrip())
        if line.least is not None:
            return self.least.format(bound=f"{line.least:g} {line.unit}".rstrip())
        return ""

    def judged(self, line: Line) -> str:
        """A line's target and whether it is met; nothing without one."""
        told = {True: self.met, False: self.missed, None: ""}[line.is_met]
        return self.verdict.format(target=self.target(line), told=told) if told else ""


def words() -> dict[str, Words]:
    """Every language's words, by its tag."""
    tables = tomllib.loads(FILE.read_text("utf-8"))
    return {language: Words(**table) for language, table in tables.items()}

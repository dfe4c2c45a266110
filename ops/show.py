"""What an operator sees: a step at a time, how it went, and what to do when it didn't.

On a terminal the step under way turns and tells what it is at; in a log only results are printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from rich.console import Console
from rich.text import Text

from ops.trouble import Trouble

#: Hears what a step is at, a short line.
Told = Callable[[str], None]

GOOD = ("✓", "green")
BAD = ("✗", "red")
WOULD = ("→", "cyan")
OPEN = ("☐", "yellow")


def console() -> Console:
    """The console, made anew so that it writes where output goes now."""
    return Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to bring about.

    plan: what it would do, "" for nothing; it only looks. do: does it, returns what was done.
    """

    title: str
    plan: Callable[[], str]
    do: Callable[[Told], str]


@dataclass(frozen=True, slots=True)
class Steps:
    """Goes through steps and shows each."""

    out: Console

    def run(self, title: str, work: Callable[[Told], str]) -> None:
        """Do one and show how it went. Raises Trouble, after it was shown."""
        with self.out.status(Text(title)) as status:

            def told(line: str) -> None:
                status.update(Text(f"{title}: {line}"))

            try:
                result = work(told)
            except Trouble as exc:
                self.trouble(exc, title)
                raise click.exceptions.Exit(1) from exc
        self.line(GOOD, title, result)

    def do(self, steps: list[Step]) -> None:
        """Do them in order, until one fails."""
        for step in steps:
            self.run(step.title, step.do)

    def plan(self, steps: list[Step]) -> None:
        """Show what each would do."""
        for step in steps:
            try:
                would = step.plan()
            except Trouble as exc:
                self.trouble(exc, step.title)
                raise click.exceptions.Exit(1) from exc
            self.line(WOULD if would else GOOD, step.title, would or "nothing to do")

    def line(self, mark: tuple[str, str], title: str, detail: str = "") -> None:
        """One line: a mark, what it is about, how it is."""
        self.out.print(Text.assemble(mark, " ", title, (f"  {detail}" if detail else "", "dim")))

    def trouble(self, exc: Trouble, title: str = "") -> None:
        """What is wrong, and what to do."""
        self.line(BAD, title or exc.what, exc.what if title else "")
        if exc.do:
            self.out.print(Text(f"  {exc.do}"))


@contextmanager
def told_of() -> Iterator[Steps]:
    """Show steps; Trouble outside of any is shown too, and ends the command with 1."""
    steps = Steps(console())
    try:
        yield steps
    except Trouble as exc:
        steps.trouble(exc)
        raise click.exceptions.Exit(1) from exc

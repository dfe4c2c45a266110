"""`ops failed`: what failed for good, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.telemetry.records import hashed
from chalicelib.domain.events import TextSent
from chalicelib.domain.names import Names
from ops import failed, parameters
from ops.aws import Aws
from ops.commands import stage_option
from ops.failed import Desk, Failed
from ops.show import Steps, Told, told_of
from ops.site import PROJECT
from ops.stages import stage_config

_SHORT = 12


@click.group("failed")
def command() -> None:
    """Turns that were given up and wakes whose worker died."""


@command.command("list")
@stage_option()
def list_all(*, stage: str) -> None:
    """Show ids and causes; nobody's words."""
    with _at(stage) as (shown, desk, key):
        found = desk.all()
        if not found:
            shown.line(("✓", "green"), "Nothing failed")
            return
        table = Table("id", "what", "chat", "when (UTC)", "tries", "cause", box=None)
        for one in found:
            table.add_row(
                one.id[:_SHORT],
                one.kind,
                _chat(one, key),
                f"{one.at:%Y-%m-%d %H:%M:%S}",
                _tries(one),
                one.cause,
            )
        shown.out.print(table)


@command.command("show")
@stage_option()
@click.argument("start", metavar="ID")
@click.option("--words", is_flag=True, help="What the person wrote and was answered, too.")
def show(*, stage: str, start: str, words: bool) -> None:
    """Show one, by its id or what that begins with."""
    with _at(stage) as (shown, desk, key):
        (one,) = desk.chosen([start], everything=False)
        facts = {
            "id": one.id,
            "what": one.kind,
            "chat": _chat(one, key),
            "cause": one.cause,
            "when": f"{one.at:%Y-%m-%d %H:%M:%S} UTC",
            "tries": _tries(one),
            **_of_turn(one, words=words),
        }
        for name, value in facts.items():
            shown.out.print(Text.assemble((f"{name:<9}", "dim"), value))


@command.command("replay")
@stage_option()
@click.argument("ids", nargs=-1, metavar="ID…")
@click.option("--all", "everything", is_flag=True, help="Everything that is listed.")
def replay(*, stage: str, ids: Sequence[str], everything: bool) -> None:
    """Let it be worked on again, with all its attempts."""
    _settle(stage, ids, everything=everything, how=lambda desk: desk.replay)


@command.command("drop")
@stage_option()
@click.argument("ids", nargs=-1, metavar="ID…")
@click.option("--all", "everything", is_flag=True, help="Everything that is listed.")
def drop(*, stage: str, ids: Sequence[str], everything: bool) -> None:
    """Take it off the list; the person is told nothing more."""
    _settle(stage, ids, everything=everything, how=lambda desk: desk.drop)


def _settle(
    stage: str,
    ids: Sequence[str],
    *,
    everything: bool,
    how: Callable[[Desk], Callable[[Failed], str]],
) -> None:
    with _at(stage) as (shown, desk, _key):
        found = desk.chosen(ids, everything=everything)
        for one in found:
            shown.run(f"{one.kind} {one.id[:_SHORT]}", partial(_done, how(desk), one))
        if not found:
            shown.line(("✓", "green"), "Nothing failed")


def _done(settle: Callable[[Failed], str], one: Failed, _told: Told) -> str:
    return settle(one)


@contextmanager
def _at(stage: str) -> Iterator[tuple[Steps, Desk, bytes]]:
    """The stage's desk, and the key that hides ids as the log does."""
    with told_of() as shown:
        stage_config(PROJECT, stage)
        names, aws = Names(stage=stage), Aws.connect()
        try:
            secret = parameters.read(aws, names).values.get("LINE_CHANNEL_SECRET", "")
            with failed.opened(aws, names) as desk:
                yield shown, desk, secret.encode()
        finally:
            aws.close()


def _chat(one: Failed, key: bytes) -> str:
    """A chat as the log names it."""
    return "–" if one.chat is None else hashed(one.chat.key, key=key)


def _tries(one: Failed) -> str:
    return "–" if one.tries is None else str(one.tries)


def _of_turn(one: Failed, *, words: bool) -> dict[str, str]:
    turn = one.turn
    if turn is None:
        return {"lane": one.lane.value}
    events: dict[str, Any] = {"state": turn.state.value}
    events["events"] = ", ".join(arrival.event.id for arrival in turn.arrivals) or "erased"
    if words:
        asked = [a.event.text for a in turn.arrivals if isinstance(a.event, TextSent)]
        events["asked"] = "\n".join(asked) or "erased, or no words"
        events["answered"] = turn.answer.memory if turn.answer and turn.answer.memory else "nothing"
    return events

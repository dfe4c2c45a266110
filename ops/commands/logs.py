"""`ops logs`: what the functions wrote, in the order of time."""

from __future__ import annotations

import time

import click

from chalicelib.domain.names import Names
from ops.aws import Aws
from ops.commands import stage_option
from ops.reading import Reading, text
from ops.show import told_of
from ops.site import PROJECT
from ops.stages import stage_config

_STEP = 2.0


@click.command("logs")
@stage_option()
@click.option("--follow", "-f", is_flag=True, help="Go on until Ctrl-C.")
@click.option(
    "--function",
    "role",
    type=click.Choice(["webhook", "worker", "sweep"]),
    help="Of one function alone.",
)
@click.option("--minutes", default=10.0, show_default=True, help="How far back to begin.")
@click.option("--all", "everything", is_flag=True, help="Lambda's own START, END and REPORT too.")
def command(
    *, stage: str, follow: bool, role: str | None, minutes: float, everything: bool
) -> None:
    """Show what the functions wrote: ids, causes and durations, never people's words."""
    with told_of() as shown:
        stage_config(PROJECT, stage)
        functions = Names(stage=stage).functions
        wanted = {it: name for it, name in functions.items() if role in (None, it)}
        aws = Aws.connect()
        try:
            since = int((time.time() - minutes * 60) * 1000)
            reading = Reading(aws=aws, functions=wanted, since=since, everything=everything)
            while True:
                for line in reading.more():
                    shown.out.print(text(line))
                if not follow:
                    return
                time.sleep(_STEP)
        except KeyboardInterrupt:
            return  # that is how following ends
        finally:
            aws.close()

"""`ops destroy`: take a stage away."""

from __future__ import annotations

import click

from chalicelib.domain.names import Names
from ops.aws import Aws
from ops.commands import stage_option
from ops.consoles import CONSOLE, USE_WEBHOOK
from ops.removal import Removal
from ops.show import told_of
from ops.site import PROJECT, remembered, stack


@click.command("destroy")
@stage_option()
@click.option("--with-table", is_flag=True, help="Delete what people wrote too.")
@click.option("--yes", is_flag=True, help="Don't ask; for scripts.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
def command(*, stage: str, with_table: bool, yes: bool, dry_run: bool) -> None:
    """Take a stage away; its table is kept unless told."""
    with told_of() as shown:
        names = Names(stage=stage)
        deployed_by = Aws.connect()
        try:
            removal = Removal(
                aws=deployed_by,
                names=names,
                deployed=remembered(deployed_by, PROJECT, stage),
                stack=stack(deployed_by, PROJECT, names),
                with_table=with_table,
            )
            shown.plan(removal.steps())
            if dry_run:
                return
            if not yes and click.prompt(f"Type {stage} to go on", default="") != stage:
                shown.out.print("Nothing was changed.")
                raise click.exceptions.Exit(1)
            shown.do(removal.steps())
        finally:
            deployed_by.close()
        shown.out.print(
            f"LINE still calls the old address: switch {USE_WEBHOOK} off ({CONSOLE}), "
            "or deploy again."
        )

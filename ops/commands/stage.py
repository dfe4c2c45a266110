"""`ops stage`: write a further stage, for another LINE channel."""

from __future__ import annotations

import click

from ops import stages
from ops.show import GOOD, told_of
from ops.site import PROJECT


@click.command("stage")
@click.argument("name")
@click.option("--like", default="prod", show_default=True, help="The stage to copy.")
def command(*, name: str, like: str) -> None:
    """Write a further stage NAME into .chalice/config.json: another bot on another LINE channel."""
    with told_of() as shown:
        for path in stages.add(PROJECT, name, like=like):
            shown.line(GOOD, str(path.relative_to(PROJECT)))
        shown.out.print(
            f"Write that channel's settings into .env.{name} (see .env.example), then run "
            f"`python -m ops deploy --stage {name}`."
        )

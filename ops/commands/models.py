"""`ops models`: ask each vendor whether what the catalogue says of its models is still true."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from ops.commands import stage_option
from ops.models import Stock, examined, values_of
from ops.show import BAD, told_of
from ops.site import PROJECT


@click.command("models")
@stage_option()
def command(*, stage: str) -> None:
    """Look at every model that is offered, a line each; ends with 1 where any is broken."""
    with told_of() as shown:
        stock = Stock.of(values_of(PROJECT, stage, os.environ))
        wrong = 0
        for finding in examined(stock, today=datetime.now(UTC).date()):
            shown.line(finding.mark, finding.what, finding.detail)
            if finding.do:
                shown.out.print(f"  {finding.do}", markup=False)
            wrong += finding.mark == BAD
        if wrong:
            raise click.exceptions.Exit(1)

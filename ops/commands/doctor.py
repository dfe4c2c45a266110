"""`ops doctor`: look at everything a stage needs, and say what to do."""

from __future__ import annotations

import os

import click

from ops.commands import stage_option
from ops.health import Patient, examined
from ops.show import BAD, GOOD, told_of
from ops.site import PROJECT


@click.command("doctor")
@stage_option()
def command(*, stage: str) -> None:
    """Look at everything a stage needs, a line each; ends with 1 where anything is wrong."""
    with told_of() as shown:
        wrong = 0
        for finding in examined(Patient.of(PROJECT, stage, os.environ)):
            shown.line(GOOD if finding.good else BAD, finding.what, finding.detail)
            if finding.do:
                shown.out.print(f"  {finding.do}", markup=False)
            wrong += not finding.good
        if wrong:
            raise click.exceptions.Exit(1)

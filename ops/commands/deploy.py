"""`ops deploy`: bring a stage about, or up to date."""

from __future__ import annotations

import platform

import click

from ops import consoles
from ops.commands import stage_option
from ops.deployment import Deployment
from ops.show import told_of
from ops.site import opened

_HERE = {"aarch64": "arm64", "arm64": "arm64"}


@click.command("deploy")
@stage_option()
@click.option("--dry-run", is_flag=True, help="Say what it would do, and change nothing.")
@click.option(
    "--architecture",
    type=click.Choice(["arm64", "x86_64", "here"]),
    default=None,
    help="Pack for another processor than .chalice/config.json says; here: this machine's.",
)
@click.option("--alarm-email", default="", help="Where alarms are mailed to; kept until changed.")
@click.option(
    "--people-email",
    default="",
    help="Where it is mailed that somebody wants a human, if not where alarms are.",
)
@click.option("--spend-per-hour", default="", help="USD for models in an hour that raise an alarm.")
def command(
    *,
    stage: str,
    dry_run: bool,
    architecture: str | None,
    alarm_email: str,
    people_email: str,
    spend_per_hour: str,
) -> None:
    """Bring a stage about, or up to date; run it again after anything went wrong."""
    if architecture == "here":
        architecture = _HERE.get(platform.machine().lower(), "x86_64")
    values = {
        "AlarmEmail": alarm_email,
        "PeopleEmail": people_email,
        "SpendPerHour": spend_per_hour,
    }
    with told_of() as shown, opened(shown, stage) as site:
        deployment = Deployment(site=site, stack_values=values, architecture=architecture or "")
        if dry_run:
            shown.plan(deployment.steps())
            return
        shown.do(deployment.steps())
        consoles.show(shown.out, site.line.webhook(), site.bot)

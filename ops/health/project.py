"""Looks at the project's own files: the operator's `bot.toml` and the settings."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.errors import SettingInvalid
from ops.configuration import missing_of_channel, missing_of_vendors
from ops.health.patient import Finding, Patient
from ops.site import bot_of


def bot(patient: Patient) -> Iterator[Finding]:
    """Does `bot.toml` say what it may?"""
    yield Finding(good=True, what="bot.toml", detail=bot_of(patient.project))


def settings(patient: Patient) -> Iterator[Finding]:
    """Is every setting there, and does it mean something?"""
    parsed, wrong = patient.parsed()
    where = patient.given.file or "the environment"
    lacking = missing_of_channel(parsed)
    try:
        lacking += missing_of_vendors(patient.given.over(patient.known()))
    except SettingInvalid as exc:
        wrong = [*dict.fromkeys([*wrong, str(exc)])]
    for why in wrong:
        yield Finding(good=False, what="Setting", detail=why, do=f"Mend it in {where}.")
    for what in lacking:
        yield Finding(
            good=False,
            what="Setting",
            detail=f"missing: {what}",
            do=f"Write it into .env.{patient.stage}, then deploy.",
        )
    if not wrong and not lacking:
        names = sorted(name for name, value in patient.given.values.items() if value)
        told = f"{where}: {', '.join(names)}" if names else "as stored on AWS"
        yield Finding(good=True, what="Settings", detail=told)

"""Looks at the project's own files: the operator's `bot.toml` and the settings."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.adapters import shipped
from chalicelib.domain.commands import CommandList
from chalicelib.domain.errors import SettingInvalid
from ops.configuration import missing
from ops.health.patient import Finding, Patient


def bot(patient: Patient) -> Iterator[Finding]:
    """Does `bot.toml` say what it may?"""
    path = patient.project / "chalicelib" / "bot.toml"
    try:
        made = shipped.bot(path)
        offered = CommandList.offering(made.commands, shipped.commands())
    except SettingInvalid as exc:
        yield Finding(good=False, what="bot.toml", detail=str(exc), do=f"Mend it in {path}.")
        return
    count = len(list(offered.specs))
    yield Finding(good=True, what="bot.toml", detail=f"{made.name}, {count} commands offered")


def settings(patient: Patient) -> Iterator[Finding]:
    """Is every setting there, and does it mean something?"""
    parsed, wrong = patient.parsed()
    where = patient.given.file or "the environment"
    for why in wrong:
        yield Finding(good=False, what="Setting", detail=why, do=f"Mend it in {where}.")
    lacking = missing(parsed)
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

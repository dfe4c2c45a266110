"""Looks at the LINE channel: its token, what may still be pushed, and where its webhook goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ops.consoles import CONSOLE, USE_WEBHOOK
from ops.deployment import BOT_USER_ID, webhook_address
from ops.health.patient import Finding, Patient
from ops.site import remembered

#: Of a month's pushes, the part that should be left.
_NEARLY: Final = 0.1


def token(patient: Patient) -> Iterator[Finding]:
    """Does LINE accept the token, and is it the bot that the webhook expects?"""
    info = patient.line.info()
    who = f"{info.get('displayName', '')} ({info.get('basicId', '')})"
    expected = patient.known().get(BOT_USER_ID, info["userId"])
    yield Finding(
        good=expected == info["userId"],
        what="Access token",
        detail=who if expected == info["userId"] else f"opens another channel: {who}",
        do="" if expected == info["userId"] else patient.deploy,
    )


def pushes(patient: Patient) -> Iterator[Finding]:
    """Is enough of the month's quota left, where pushing is allowed?"""
    allowed, used = patient.line.quota()
    if allowed is None:
        yield Finding(good=True, what="Pushes left", detail=f"any number ({used} used this month)")
        return
    settings, _ = patient.parsed()
    left = max(0, allowed - used)
    good = settings.push == "never" or left > allowed * _NEARLY
    yield Finding(
        good=good,
        what="Pushes left",
        detail=f"{left} of {allowed} this month; LIAO_PUSH={settings.push}",
        do="" if good else "Set LIAO_PUSH=never and deploy, or take a larger plan of LINE's.",
    )


def webhook(patient: Patient) -> Iterator[Finding]:
    """Does the webhook go to what is deployed, and is it switched on?"""
    told = patient.line.webhook()
    endpoint = told.get("endpoint", "")
    deployed = remembered(patient.aws, patient.project, patient.stage)
    expected = webhook_address(patient.address or deployed.url(deployed.recall()))
    if not expected:
        yield Finding(good=False, what="LINE webhook", detail="no API yet", do=patient.deploy)
        return
    if endpoint != expected:
        yield Finding(
            good=False,
            what="LINE webhook",
            detail=f"goes to {endpoint or 'nowhere'}, deployed is {expected}",
            do=patient.deploy,
        )
    else:
        yield Finding(good=True, what="LINE webhook", detail=endpoint)
    if endpoint and not told.get("active"):
        yield Finding(
            good=False,
            what="Use webhook",
            detail="is off, so no message arrives",
            do=f"Switch {USE_WEBHOOK} on: {CONSOLE}.",
        )


def test(patient: Patient) -> Iterator[Finding]:
    """Does the bot answer LINE?"""
    result = patient.line.test_webhook()
    good = bool(result.get("success"))
    yield Finding(
        good=good,
        what="Webhook test",
        detail=f"LINE got {result.get('statusCode')} {result.get('reason', '')}".strip(),
        do="" if good else f"See `python -m ops logs --stage {patient.stage} --function webhook`.",
    )

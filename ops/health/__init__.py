"""What `ops doctor` looks at: many cheap looks, each of which may fail by itself.

A look is a function of the patient that yields findings. What it needs and can't have, it needn't
handle: Trouble on the way is a finding too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ops.health import amazon, channel, project
from ops.health.patient import Finding, Patient
from ops.trouble import Trouble

__all__ = ["Finding", "Patient", "examined"]

Look = Callable[[Patient], Iterator[Finding]]

#: What is looked at, in the order in which it is told.
LOOKS: Final[tuple[tuple[str, Look], ...]] = (
    ("bot.toml", project.bot),
    ("Settings", project.settings),
    ("AWS account", amazon.account),
    ("Stored settings", amazon.stored),
    ("Stack", amazon.stack),
    ("Table", amazon.table),
    ("Queue", amazon.queue),
    ("Buckets", amazon.buckets),
    ("Functions", amazon.functions),
    ("Wakes reach the worker", amazon.mapping),
    ("Schedule of the sweep", amazon.schedule),
    ("Lambda's concurrency", amazon.concurrency),
    ("Log retention", amazon.retention),
    ("Alarms", amazon.alarms),
    ("People who want a human", amazon.people),
    ("Access token", channel.token),
    ("Pushes left", channel.pushes),
    ("LINE webhook", channel.webhook),
    ("Webhook test", channel.test),
)


def examined(patient: Patient) -> Iterator[Finding]:
    """Look at everything, and close what was opened for it."""
    try:
        for what, look in LOOKS:
            try:
                yield from look(patient)
            except Trouble as exc:
                yield Finding(good=False, what=what, detail=exc.what, do=exc.do or patient.deploy)
    finally:
        patient.close()

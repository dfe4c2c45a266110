"""How much is measured: enough for a quiet 99th percentile, or just enough to see that it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Counts of messages, and the pace of those that are paced.

    pace: webhooks a second while acknowledgements are measured: workers are busy, nothing queues.
    wave: how many of a flood come at once: even a slow machine answers them all within the 45 s
    after which a late answer would become a button. woken: how often each function is started anew.
    billed: messages by which its bill is reckoned. priced: messages whose money is looked after.
    rendered: answers whose Markdown is made into messages.
    """

    pace: float = 16
    acknowledged: int = 320
    waited_for: int = 16
    handled: int = 2_000
    handled_plain: int = 300
    flood: int = 400
    wave: int = 100
    thoughtful_flood: int = 80
    questions: int = 60
    thoughtful_questions: int = 20
    warm_up: int = 16
    woken: int = 9
    billed: int = 10
    priced: int = 2_000
    rendered: int = 1_000


FULL = Sizes()
QUICK = Sizes(
    acknowledged=64,
    waited_for=8,
    handled=300,
    handled_plain=30,
    flood=80,
    thoughtful_flood=16,
    questions=12,
    thoughtful_questions=4,
    woken=1,
    billed=1,
    priced=100,
    rendered=100,
)

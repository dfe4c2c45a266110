"""How fast LINE gets its 200, and whether the model's time has any part in it.

LINE waits two seconds, then counts a time-out, and may suspend a webhook that keeps failing. So a
webhook must be answered as fast while the model thinks for five seconds as while it thinks for
none. Paced load over eight connections that stay open, each webhook with an event and a chat of its
own, through `chalice local`, while the workers answer what came before.

A ratio below 1 is no contradiction: a model that takes no time keeps the workers computing, beside
the webhook and on its cores, while a slow one lets them wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.load import Sent, send_all
from bench.losses import Losses, count
from bench.people import Platform
from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import LIAO, PLAIN, Handler, Running, Stage
from simulator.load.figures import p50, p99

SLOW = 5.0
#: LINE: the bot has two seconds to answer a webhook.
LINE_WAITS = 2.0
#: The model's time must not be seen in the acknowledgement; a busy machine's noise is.
SAME = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """One handler's times, with a model that takes no time and with a slow one."""

    fast: Sequence[float]
    slow: Sequence[float]
    pace: float
    losses: Losses

    @property
    def change(self) -> float:
        """How many times longer it takes when the model is slow."""
        return p50(self.slow) / p50(self.fast)

    @property
    def late(self) -> float:
        """How many of a hundred come later than LINE waits, when the model is slow."""
        return 100 * sum(seconds > LINE_WAITS for seconds in self.slow) / len(self.slow)


def measure(stage: Stage, sizes: Sizes) -> Result:
    """Measure both handlers."""
    liao = _measured(stage, LIAO, sizes, slow=sizes.acknowledged)
    plain = _measured(stage, PLAIN, sizes, slow=sizes.waited_for)
    fast, slow = {"seconds": 0.0}, {"seconds": SLOW}
    lines = (
        _ms("ack_p50", fast, p50(liao.fast), p50(plain.fast)),
        _ms("ack_p99", fast, p99(liao.fast), p99(plain.fast)),
        _ms("ack_p50", slow, p50(liao.slow), p50(plain.slow)),
        _ms("ack_p99", slow, p99(liao.slow), p99(plain.slow)),
        Line(
            what="ack_change", given=slow, unit="", liao=liao.change, plain=plain.change, most=SAME
        ),
        Line(what="ack_late", given=slow, unit="", liao=liao.late, plain=plain.late, most=0),
        Line(what="ack_pace", given=fast, unit="/s", liao=liao.pace, plain=plain.pace),
        *liao.losses.lines(plain.losses),
    )
    return Result(name="acknowledge", lines=lines)


def _ms(what: str, given: dict[str, float], liao: float, plain: float) -> Line:
    return Line(what=what, given=given, unit="ms", liao=liao * 1_000, plain=plain * 1_000)


def _measured(stage: Stage, handler: Handler, sizes: Sizes, *, slow: int) -> Acknowledged:
    """Measure one handler. What is still unanswered at the slow model's end is left behind."""
    platform = stage.platform
    with stage.running(handler) as bot:
        _send(platform, bot, handler, "warm", sizes.warm_up, sizes.pace)
        fast, losses = _send(platform, bot, handler, "fast", sizes.acknowledged, sizes.pace)
        platform.think(SLOW)
        people = [f"{handler.name} slow {number}" for number in range(slow)]
        slowly = send_all(bot.url, platform.written(people), rate=sizes.pace)
    platform.think(0)
    return Acknowledged(
        fast=[sent.seconds for sent in fast],
        slow=[sent.seconds for sent in slowly],
        pace=(len(fast) - 1) / (fast[-1].at - fast[0].at),
        losses=losses,
    )


def _send(
    platform: Platform, bot: Running, handler: Handler, phase: str, messages: int, pace: float
) -> tuple[list[Sent], Losses]:
    """Send one message from each of many people, and wait until all are answered."""
    platform.think(0)
    people = [f"{handler.name} {phase} {number}" for number in range(messages)]
    webhooks, before = platform.written(people), platform.asked()
    sent = send_all(bot.url, webhooks, rate=pace)
    return sent, count(platform, webhooks, asked_before=before)

"""How many messages a second the whole way sustains, from the webhook to the reply.

A hundred people who have met the bot before write one message each, as fast as eight connections
carry them; the clock stops at their last reply, and the next hundred follow. Nothing may be lost,
nothing doubled. With a model that takes a second, eight at a time are answered: as many as Liao has
workers, and as many webhooks as the plain handler is sent at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.load import send_all
from bench.losses import NONE, Losses, count
from bench.people import Platform
from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import LIAO, PLAIN, Handler, Running, Stage

SLOW = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sustained:
    """One handler's messages a second, by the seconds the model takes."""

    rates: Mapping[float, float]
    losses: Losses


def measure(stage: Stage, sizes: Sizes) -> Result:
    """Measure both handlers."""
    liao, plain = (_measured(stage, handler, sizes) for handler in (LIAO, PLAIN))
    lines = [
        Line(
            what="a_second",
            given={"seconds": seconds},
            unit="/s",
            liao=rate,
            plain=plain.rates[seconds],
        )
        for seconds, rate in liao.rates.items()
    ]
    return Result(name="throughput", lines=(*lines, *liao.losses.lines(plain.losses)))


def _measured(stage: Stage, handler: Handler, sizes: Sizes) -> Sustained:
    platform = stage.platform
    people = [f"{handler.name} flood {number}" for number in range(sizes.flood)]
    rates = {}
    with stage.running(handler) as bot:
        _, losses = _flood(platform, bot, people, sizes.wave, seconds=0)
        for seconds, messages in ((0.0, sizes.flood), (SLOW, sizes.thoughtful_flood)):
            asking = people[:messages]
            rates[seconds], more = _flood(platform, bot, asking, sizes.wave, seconds=seconds)
            losses += more
    platform.think(0)
    return Sustained(rates=rates, losses=losses)


def _flood(
    platform: Platform, bot: Running, people: Sequence[str], size: int, *, seconds: float
) -> tuple[float, Losses]:
    """Let all of them write, in waves; messages a second, and what became of them."""
    platform.think(seconds)
    took, losses = 0.0, NONE
    for first in range(0, len(people), size):
        webhooks = platform.written(people[first : first + size])
        before = platform.asked()
        sent = send_all(bot.url, webhooks)
        found = count(platform, webhooks, asked_before=before)
        took += max(found.last - sent[0].at, 0)
        losses += found
    return (len(people) - losses.lost) / took if took else 0.0, losses

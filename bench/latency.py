"""How long a person waits for what the model isn't to blame for.

One person at a time, whom the bot has met before, writes a complete sentence; the clock runs from
the webhook's first byte until LINE has the reply, and the model's own time, as the model measured
it, is taken away. Where Liao's time goes is told by its own log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench import parts
from bench.load import Sent, send_all
from bench.losses import NONE, Losses, of
from bench.people import Broken, Platform
from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import LIAO, PLAIN, Handler, Running, Stage
from simulator.load.figures import p50, p99

SLOW = 0.5
#: Milliseconds that half of all answers may take beside the model's own time.
TARGET = 50.0
WITHIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Some questions, one after the other: milliseconds to each reply, to each 200, and parts."""

    seconds: float
    replied: Sequence[float]
    acknowledged: Sequence[float]
    parts: Sequence[dict[str, float]]
    losses: Losses


def measure(stage: Stage, sizes: Sizes) -> Result:
    """Measure both handlers."""
    liao, plain = (_measured(stage, handler, sizes) for handler in (LIAO, PLAIN))
    lines: list[Line] = []
    for mine, theirs in zip(liao, plain, strict=True):
        given, times = {"seconds": mine.seconds}, (mine.replied, theirs.replied)
        lines.append(_line("reply_p50", given, *map(p50, times), most=TARGET))
        lines.append(_line("reply_p99", given, *map(p99, times)))
    losses, others = (_losses(each) for each in (liao, plain))
    return Result(
        name="latency",
        lines=(*lines, *losses.lines(others)),
        parts=tuple(part for each in liao for part in _parts(each)),
    )


def _line(
    what: str,
    given: dict[str, float],
    liao: float,
    plain: float | None = None,
    *,
    most: float | None = None,
) -> Line:
    return Line(what=what, given=given, unit="ms", liao=liao, plain=plain, most=most)


def _losses(phases: Sequence[Answered]) -> Losses:
    return sum((phase.losses for phase in phases), start=NONE)


def _parts(answered: Answered) -> list[Line]:
    given = {"seconds": answered.seconds}
    medians = {"acknowledged": p50(answered.acknowledged)}
    if answered.parts:
        medians |= {name: p50([each[name] for each in answered.parts]) for name in parts.PARTS}
    return [_line(f"part_{name}", given, median) for name, median in medians.items()]


def _measured(stage: Stage, handler: Handler, sizes: Sizes) -> list[Answered]:
    platform = stage.platform
    people = [f"{handler.name} asks {number}" for number in range(sizes.questions)]
    with stage.running(handler) as bot:
        _ask(platform, bot, people, seconds=0)
        found = [
            _ask(platform, bot, people[:questions], seconds=seconds)
            for seconds, questions in ((0.0, sizes.questions), (SLOW, sizes.thoughtful_questions))
        ]
    platform.think(0)
    return found


def _ask(platform: Platform, bot: Running, people: list[str], *, seconds: float) -> Answered:
    """Let one person after the other ask, each in a chat of their own."""
    platform.think(seconds)
    before = platform.asked()
    bot.log.clear()
    sent: list[Sent] = []
    answers: dict[str, list[float]] = {}
    for webhook in platform.written(people):
        sent += send_all(bot.url, [webhook], clients=1)
        answers |= platform.answered([webhook], within=WITHIN, look_every=0.005)
        if not answers[webhook.event]:
            raise Broken(f"no answer within {WITHIN:.0f} s")
    thought = platform.thought(before)
    waits = [answers[each.webhook.event][0] - each.at for each in sent]
    return Answered(
        seconds=seconds,
        replied=[(wait - model) * 1_000 for wait, model in zip(waits, thought, strict=False)],
        acknowledged=[each.seconds * 1_000 for each in sent],
        parts=list(parts.parts(tuple(bot.log), {each.webhook.event: each.at for each in sent})),
        losses=of(answers, asked=len(thought)),
    )

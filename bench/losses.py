"""Counts what must never happen: a message without an answer, or with two, or paid for twice."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.people import Platform, Webhook
from bench.results import Line
from simulator.load.figures import GRACE, too_many

WITHIN = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What became of some messages, all of which should have got one answer.

    lost: had none. doubled: answers too many. asked_again: model calls too many.
    last: when the last answer appeared, in seconds since the epoch.
    """

    lost: int
    doubled: int
    asked_again: int
    last: float

    def __add__(self, other: Losses) -> Losses:
        """Both together."""
        return Losses(
            lost=self.lost + other.lost,
            doubled=self.doubled + other.doubled,
            asked_again=self.asked_again + other.asked_again,
            last=max(self.last, other.last),
        )

    def lines(self, plain: Losses) -> tuple[Line, ...]:
        """The lines of a result, with the plain handler's beside them."""
        pairs = {
            "lost": (self.lost, plain.lost),
            "doubled": (self.doubled, plain.doubled),
            "asked_again": (self.asked_again, plain.asked_again),
        }
        return tuple(
            Line(what=what, unit="", liao=mine, plain=theirs, most=0, is_loss=True)
            for what, (mine, theirs) in pairs.items()
        )


NONE = Losses(lost=0, doubled=0, asked_again=0, last=0)


def count(platform: Platform, webhooks: Sequence[Webhook], *, asked_before: int) -> Losses:
    """Wait for all answers, a moment longer, and count."""
    platform.answered(webhooks, within=WITHIN)
    time.sleep(GRACE)
    found = platform.answered(webhooks, within=0)
    asked = platform.asked() - asked_before
    return of(found, asked=asked)


def of(answers: Mapping[str, Sequence[float]], *, asked: int) -> Losses:
    """Count from the times of each message's answers, and how often the model was asked."""
    return Losses(
        lost=sum(not times for times in answers.values()),
        doubled=too_many(answers.values()),
        asked_again=max(asked - len(answers), 0),
        last=max((time for times in answers.values() for time in times), default=0),
    )

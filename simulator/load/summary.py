"""What became of many messages, each of which should have got one answer: values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from simulator.load.figures import p50, p99, percentile, too_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One webhook. status: the bot's answer, or 0 and what went wrong instead."""

    ms: float
    status: int
    error: str | None = None
    redelivery: bool = False

    @property
    def trouble(self) -> str | None:
        """Why the bot didn't take it; None where it did."""
        if 200 <= self.status < 300:
            return None
        return f"status {self.status}" if self.status else self.error or "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One message and what came of it.

    written: when, in seconds on a steady clock. answers: when each call of the bot's for it
    arrived, on the same clock. given_up: nothing had come when its person stopped waiting; without
    that and without an answer, it was still waited for at the end.
    """

    written: float
    answers: Sequence[float] = ()
    given_up: bool = False
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How some measured milliseconds lie."""

    min: float
    p50: float
    p90: float
    p99: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self | None:
        """The spread of these values; None without any."""
        if not values:
            return None
        return cls(
            min=min(values),
            p50=p50(values),
            p90=percentile(values, 90),
            p99=p99(values),
            max=max(values),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A whole run.

    messages: how many should be written; written: how many were. lost: not answered in time, of
    which `late` were answered after all. waiting: neither answered nor given up when it was broken
    off. doubled: answers too many. failed: webhooks the bot did not take, by the reason. refused:
    the bot's calls that LINE refused, by the status. a_second: messages answered in each second
    between the first message and the last answer. acknowledged: from a webhook to its 200, in ms;
    answering: from a message to its answer.
    """

    chats: int
    messages: int
    written: int
    answered: int
    lost: int
    late: int
    waiting: int
    doubled: int
    failed: Mapping[str, int]
    redeliveries: int
    refused: Mapping[str, int]
    a_second: float
    acknowledged: Spread | None
    answering: Spread | None

    @property
    def flawless(self) -> bool:
        """Every message was written, and got one answer in time."""
        return self.answered == self.messages and not self.doubled


def summary(
    asked: Sequence[Asked], *, chats: int, messages: int, refused: Mapping[int, int]
) -> Summary:
    """Sum up what was asked. refused: how many calls LINE refused, by the status."""
    answered = [one for one in asked if one.answers and not one.given_up]
    lost = [one for one in asked if one.given_up]
    attempts = [attempt for one in asked for attempt in one.attempts]
    return Summary(
        chats=chats,
        messages=messages,
        written=len(asked),
        answered=len(answered),
        lost=len(lost),
        late=sum(bool(one.answers) for one in lost),
        waiting=len(asked) - len(answered) - len(lost),
        doubled=too_many(one.answers for one in asked),
        failed=Counter(each.trouble for each in attempts if each.trouble),
        redeliveries=sum(each.redelivery for each in attempts),
        refused={f"status {status}": count for status, count in sorted(refused.items())},
        a_second=_a_second(answered),
        acknowledged=Spread.of([each.ms for each in attempts if not each.trouble]),
        answering=Spread.of([(one.answers[0] - one.written) * 1_000 for one in answered]),
    )


def _a_second(answered: Sequence[Asked]) -> float:
    if not answered:
        return 0.0
    first = min(one.written for one in answered)
    took = max(one.answers[0] for one in answered) - first
    return len(answered) / took if took else 0.0

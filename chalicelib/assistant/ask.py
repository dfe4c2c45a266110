"""Asks models, one after the other, until one answers or the time is over.

The chosen model is asked first. Where it is busy, down or over its limits, the next of its
fallbacks answers in its place, as long as the reply token lives; a vendor that keeps failing is
left out at once. Each call is reserved before it is made and settled after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.assistant.breaker import Breaker
from chalicelib.assistant.choices import Choices
from chalicelib.assistant.limits import LimitReached
from chalicelib.assistant.note import Notes
from chalicelib.assistant.spending import CallPurpose, Spending
from chalicelib.domain.catalogue import Ability, ModelSpec
from chalicelib.domain.errors import (
    Cause,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from chalicelib.domain.money import Nano
from chalicelib.domain.prices import Usage
from chalicelib.domain.prompt import Prompt
from chalicelib.domain.tokens import estimate
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Completion, Telemetry, Vendors

#: One call, and all calls of a turn together, take no longer than this.
MODEL_TIME = timedelta(seconds=120)
#: What is kept of the worker's time for saving and sending.
RESERVE = timedelta(seconds=15)
#: A call is not begun with less time than this.
_LEAST = timedelta(seconds=1)
#: How often the whole line of models is asked, and how many calls that may be.
_ROUNDS = 3
_CALLS = 5
_FIRST_PAUSE = 1.0
#: Reserved for each picture: what the dearest way to look at one takes.
_PICTURE_TOKENS = 2_500
#: Reserved for a model that may search: it mostly does so once or not at all.
_SEARCHES = 3
#: What one model refuses of pictures, for their size or their kind, another may take.
_OF_ITS_EYES = frozenset({Cause.TOO_LONG, Cause.REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who answered, what, and at what cost."""

    completion: Completion
    spec: ModelSpec
    cost: Nano


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Finds a model that answers."""

    vendors: Vendors
    choices: Choices
    spending: Spending
    breaker: Breaker
    notes: Notes
    max_output_tokens: int
    clock: Clock
    telemetry: Telemetry

    def __call__(self, turn: Turn, question: Prompt, first: ModelSpec, *, ends: datetime) -> Asked:
        """Ask for a turn; `ends` is when the worker must be done.

        Raises LimitReached before anything is asked, or the ModelError that says most.
        """
        asking = _Asking(
            ask=self,
            turn=turn,
            question=question,
            over=min(self.clock.now() + MODEL_TIME, ends - RESERVE),
            line=self.choices.line_up(first, Ability.VISION if question.images else None),
        )
        return asking.run()

    def call(
        self, turn: Turn, question: Prompt, spec: ModelSpec, over: datetime, purpose: CallPurpose
    ) -> Asked:
        """Make one call, which ends before it is `over`. Raises LimitReached or a ModelError."""
        within = over - self.clock.now()
        if within < _LEAST:
            raise ModelBusy(Cause.TIME_OUT, "no time was left for a call")
        call = self.spending.reserve(
            turn.latest.event,
            spec,
            self._most(question, spec),
            purpose=purpose,
            within=within,
        )
        with self.spending.settling_failures(call), self.breaker.over(spec.vendor.id):
            model = self.vendors.model(spec)
            completion = model.complete(question, within=within, max_tokens=self.max_output_tokens)
        late = self.clock.now() >= self.notes.deadline(turn.latest)
        sure = bool(completion.usage)
        cost = self.spending.settle(call, completion.usage, sure=sure, late=late)
        return Asked(completion=completion, spec=spec, cost=cost)

    def _most(self, question: Prompt, spec: ModelSpec) -> Usage:
        """What a call may use at most."""
        words = estimate(question.system) + sum(estimate(line.told) for line in question.lines)
        pictures = len(question.images) if spec.can(Ability.VISION) else 0
        searches = _SEARCHES if question.searches and spec.can(Ability.WEB) else 0
        return Usage(
            tokens_in=words + pictures * _PICTURE_TOKENS,
            tokens_out=self.max_output_tokens,
            searches=searches,
        )


@dataclass(slots=True, kw_only=True)
class _Asking:
    """One turn's way along the line of models.

    tried: what went wrong, as it is told if nothing goes right. calls: made so far.
    """

    ask: Ask
    turn: Turn
    question: Prompt
    over: datetime
    line: tuple[ModelSpec, ...]
    tried: ModelError | None = None
    calls: int = 0

    def run(self) -> Asked:
        out: set[str] = set()
        for number in range(_ROUNDS):
            pause = _FIRST_PAUSE * 2**number
            for spec in self.line:
                if self.tried is not None and self._is_over():
                    raise self.tried
                if spec.id in out or not self._lets(spec):
                    continue
                try:
                    return self._call(spec)
                except ModelBusy as exc:
                    pause = max(pause, exc.retry_after or 0)
                    self._failed(spec, exc)
                except ModelError as exc:
                    if isinstance(exc, ModelRefused) and not self._is_of_its_eyes(exc):
                        raise
                    out.add(spec.id)
                    self._failed(spec, exc)
            if self.line and not self.calls:  # all rest: one try may find that a vendor is back
                return self._tried_once(self.line[0])
            if number + 1 == _ROUNDS or len(out) == len(self.line) or not self._may_wait(pause):
                break
            self.ask.clock.sleep(pause)
        raise self.tried or ModelUnavailable(Cause.UNKNOWN_MODEL, "no model is on offer")

    def _tried_once(self, spec: ModelSpec) -> Asked:
        try:
            return self._call(spec)
        except (ModelBusy, ModelUnavailable) as exc:
            self._failed(spec, exc)
            raise

    def _call(self, spec: ModelSpec) -> Asked:
        purpose = CallPurpose.AGAIN if self.calls else CallPurpose.ANSWER
        self.calls += 1
        try:
            return self.ask.call(self.turn, self.question, spec, self._until(spec), purpose)
        except LimitReached as limit:
            raise self.tried or limit from None

    def _until(self, spec: ModelSpec) -> datetime:
        """When a call ends: a doubtful vendor leaves the next model half of the token's time."""
        token_ends = self.ask.notes.deadline(self.turn.latest)
        if spec == self.line[-1] or not self.ask.breaker.doubts(spec.vendor.id):
            return self.over
        now = self.ask.clock.now()
        return min(self.over, now + max((token_ends - now) / 2, _LEAST))

    def _is_over(self) -> bool:
        return self.calls >= _CALLS or not self._may_wait(0)

    def _is_of_its_eyes(self, error: ModelRefused) -> bool:
        return bool(self.question.images) and error.cause in _OF_ITS_EYES

    def _lets(self, spec: ModelSpec) -> bool:
        return self.ask.breaker.lets(spec.vendor.id)

    def _failed(self, spec: ModelSpec, error: ModelError) -> None:
        """Remember what is told in the end: that it is worth trying again, if anything is."""
        if self.tried is None or isinstance(error, ModelBusy):
            self.tried = error
        self.ask.telemetry.trouble(
            "model_failed", error, turn=self.turn.id, model=spec.id, cause=error.cause
        )

    def _may_wait(self, seconds: float) -> bool:
        """Tell whether the reply token lives that long."""
        patience = min(self.over, self.ask.notes.deadline(self.turn.latest))
        return self.ask.clock.now() + timedelta(seconds=seconds) < patience

"""Asks the model, and makes an answer of what it says, or of why it didn't.

Every call counts against the person's limits before it is made. What can be tried again is tried
again while the reply token lives; then the person hears one of three things: try again, shorten
it, or the bot is resting. The cause goes to the log, and to admins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.assistant.limits import LimitReached, Limits
from chalicelib.assistant.note import Notes
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.taps import RETRY, Taps
from chalicelib.assistant.watch import Watch
from chalicelib.domain import prompt
from chalicelib.domain.bot import Bot
from chalicelib.domain.cutting import cut
from chalicelib.domain.errors import (
    Cause,
    ModelBusy,
    ModelError,
    ModelRefused,
)
from chalicelib.domain.events import ImageSent, OtherSent
from chalicelib.domain.messages import Answer, Buttons, Text
from chalicelib.domain.story import Making, milliseconds
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Completion, History, Model, Telemetry

#: One call, and all calls of a turn together, take no longer than this.
MODEL_TIME = timedelta(seconds=120)
#: What is kept of the worker's time for saving and sending.
RESERVE = timedelta(seconds=15)
#: A call is not begun with less time than this.
_LEAST = timedelta(seconds=1)
_CALLS = 3
_FIRST_PAUSE = 1.0
#: Lines of history looked at; the budget of tokens decides how many of them are used.
_LINES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """Answers words."""

    bot: Bot
    model: Model
    history: History
    limits: Limits
    watch: Watch
    notes: Notes
    taps: Taps
    speaking: Speaking
    admins: frozenset[str]
    timezone: ZoneInfo
    clock: Clock
    telemetry: Telemetry

    def __call__(self, turn: Turn, *, words: str, ends: datetime) -> Answer:
        """Answer `words` in the turn's chat; `ends` is when the worker must be done."""
        begun = self.clock.now()
        try:
            with self.watch.over(turn):
                completion = self._ask(turn, self._prompt(turn, words), ends)
        except LimitReached as limit:
            return self._limited(turn, limit, self._voice(turn))
        except ModelError as error:
            self.telemetry.trouble("model_failed", error, turn=turn.id, cause=error.cause)
            made = Making(model_ms=milliseconds(self.clock.now() - begun))
            return replace(self._apology(turn, error, self._voice(turn)), made=made)
        text = completion.text + ("\n\n" + self._voice(turn)("cut") if completion.cut else "")
        return Answer(
            messages=tuple(Text(text=bubble) for bubble in cut(text)),
            memory=completion.text,
            made=Making(
                model=completion.model,
                tokens_in=completion.tokens_in,
                tokens_out=completion.tokens_out,
                cost=completion.cost,
                model_ms=milliseconds(self.clock.now() - begun),
            ),
        )

    def crashed(self, turn: Turn) -> Answer:
        """Apologize for a turn that a worker died of three times."""
        return self._apology(turn, ModelBusy(Cause.CRASHED), self._voice(turn))

    def _voice(self, turn: Turn) -> Voice:
        """How the chat is spoken to; LINE may have to be asked, which the watch did meanwhile."""
        return self.speaking.voice(turn.chat)

    def _prompt(self, turn: Turn, words: str) -> prompt.Prompt:
        now = self.clock.now()
        lines = self.history.recent(turn.chat, limit=_LINES, now=now)
        unseen = {
            _what(a.event) for a in turn.arrivals if isinstance(a.event, ImageSent | OtherSent)
        }
        remarks = [prompt.UNSEEN.format(what=", ".join(sorted(unseen)))] if unseen else []
        return prompt.build(
            self.bot,
            history=[prompt.Line(text=line.text, by_bot=line.by_bot) for line in lines],
            question="\n".join([words, *remarks]),
            local_time=now.astimezone(self.timezone),
            budget=self.bot.history_tokens,
        )

    def _ask(self, turn: Turn, question: prompt.Prompt, ends: datetime) -> Completion:
        """Call the model, again while that may help and the token lives. Raises ModelError."""
        over = min(self.clock.now() + MODEL_TIME, ends - RESERVE)
        patience = min(over, self.notes.deadline(turn.latest))
        tried: ModelBusy | None = None
        for call in range(1, _CALLS + 1):
            try:
                self.limits.spend(turn.latest.event)
                return self._call(question, over)
            except LimitReached as limit:
                raise tried or limit from None
            except ModelBusy as busy:
                tried = busy
                pause = timedelta(seconds=busy.retry_after or _FIRST_PAUSE * 2 ** (call - 1))
                out_of_time = self.clock.now() + pause >= patience
                if call == _CALLS or out_of_time or busy.cause is Cause.TIME_OUT:
                    raise
                self.telemetry.trouble("model_retried", busy, turn=turn.id, cause=busy.cause)
                self.clock.sleep(pause.total_seconds())
        raise AssertionError("the last call returns or raises")

    def _call(self, question: prompt.Prompt, over: datetime) -> Completion:
        within = over - self.clock.now()
        if within < _LEAST:
            raise ModelBusy(Cause.TIME_OUT, "no time was left for a call")
        return self.model.complete(question, within=within, max_tokens=self.bot.max_output_tokens)

    def _apology(self, turn: Turn, error: ModelError, voice: Voice) -> Answer:
        event = turn.latest.event
        remark = ""
        if event.user in self.admins and event.chat.is_private:
            remark = "\n" + voice("admin_cause", cause=voice(f"cause_{error.cause}"))
        if isinstance(error, ModelBusy) and turn.words:
            again = self._again(turn, voice("busy") + remark, voice)
            return Answer(messages=(again,), cause=error.cause)
        text = voice(_SENTENCES.get(type(error), "resting")) + remark
        return Answer(messages=(Text(text=text),), cause=error.cause)

    def _limited(self, turn: Turn, limit: LimitReached, voice: Voice) -> Answer:
        """Tell when it goes on; where that is soon, with a button that asks again."""
        told = limit.told(voice)
        soon = limit.key == "limit_minute" and bool(turn.words)
        return Answer(messages=(self._again(turn, told, voice) if soon else Text(text=told),))

    def _again(self, turn: Turn, text: str, voice: Voice) -> Buttons:
        button = self.taps.make(
            voice("retry_button"), chat=turn.chat, action=RETRY, subject=turn.id
        )
        return Buttons(text=text, buttons=(button,))


#: What a person hears where no button helps.
_SENTENCES: dict[type[ModelError], str] = {ModelBusy: "busy", ModelRefused: "refused"}


def _what(event: object) -> str:
    return event.what if isinstance(event, OtherSent) else "image"

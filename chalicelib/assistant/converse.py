"""Makes an answer of what a model says, or of why none did.

Every call counts against budgets before it is made. Where no model answers, the person hears one
of three things: try again, shorten it, or the bot is resting. The cause goes to the log, and to
admins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.assistant.admission import Admission
from chalicelib.assistant.ask import RESERVE, Ask, Asked
from chalicelib.assistant.choices import Choices, Chosen
from chalicelib.assistant.limits import LimitReached
from chalicelib.assistant.perceive import Perceive, Perceived
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.spending import Spending
from chalicelib.assistant.taps import RETRY, Taps
from chalicelib.assistant.watch import Watch
from chalicelib.domain import prompt
from chalicelib.domain.bot import Bot
from chalicelib.domain.catalogue import Ability
from chalicelib.domain.cutting import cut
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused, StorageUnavailable
from chalicelib.domain.messages import Answer, Buttons, Text
from chalicelib.domain.money import in_dollars
from chalicelib.domain.story import Making, milliseconds
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, History, Source, Telemetry

#: Lines of history looked at; the budget of tokens decides how many of them are used.
_LINES = 100
_SILENCE = Answer(messages=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """Answers words, pictures and voices.

    names_models: people may know which model answers.
    """

    bot: Bot
    ask: Ask
    perceive: Perceive
    choices: Choices
    spending: Spending
    admission: Admission
    history: History
    watch: Watch
    taps: Taps
    speaking: Speaking
    names_models: bool
    timezone: ZoneInfo
    clock: Clock
    telemetry: Telemetry

    def __call__(self, turn: Turn, *, ends: datetime) -> Answer:
        """Answer a turn; `ends` is when the worker must be done. Raises Withdrawn."""
        begun = self.clock.now()
        chosen = self.choices.of(turn.chat)
        try:
            with self.watch.over(turn):
                perceived = self.perceive(turn, chosen.model, ends=ends - RESERVE)
                if not perceived.question:
                    return self._nothing_asked(turn, perceived)
                question = self._prompt(turn, perceived, chosen)
                asked = self.ask(turn, question, chosen.model, ends=ends)
        except LimitReached as limit:
            return self._limited(turn, limit)
        except ModelError as error:
            self.telemetry.trouble("answer_failed", error, turn=turn.id, cause=error.cause)
            made = Making(model_ms=milliseconds(self.clock.now() - begun))
            return replace(self._apology(turn, error), made=made)
        completion = asked.completion
        return Answer(
            messages=tuple(
                Text(text=bubble) for bubble in cut(self._told(turn, chosen, perceived, asked))
            ),
            memory=completion.text,
            heard=perceived.heard,
            made=Making(
                model=asked.spec.id,
                tokens_in=completion.usage.tokens_in,
                tokens_out=completion.usage.tokens_out,
                cost=in_dollars(asked.cost),
                model_ms=milliseconds(self.clock.now() - begun),
            ),
        )

    def crashed(self, turn: Turn) -> Answer:
        """Apologize for a turn that a worker died of three times."""
        return self._apology(turn, ModelBusy(Cause.CRASHED))

    # --- what is asked -----------------------------------------------------------------------

    def _prompt(self, turn: Turn, perceived: Perceived, chosen: Chosen) -> prompt.Prompt:
        now = self.clock.now()
        lines = self.history.recent(turn.chat, limit=_LINES, now=now)
        return prompt.build(
            self.bot,
            history=[prompt.Line(text=line.text, by_bot=line.by_bot) for line in lines],
            question=perceived.question,
            local_time=now.astimezone(self.timezone),
            budget=self.bot.history_tokens,
            assistant=chosen.assistant,
            images=perceived.images,
        )

    # --- what is said ------------------------------------------------------------------------

    def _told(self, turn: Turn, chosen: Chosen, perceived: Perceived, asked: Asked) -> str:
        """The answer, below what was heard, above what there is to know about it."""
        voice = self._voice(turn)
        completion = asked.completion
        nearly = self._nearly(turn)
        parts = [
            voice("heard", words=perceived.said) if perceived.said else "",
            completion.text,
            voice("cut") if completion.cut else "",
            _linked(voice("sources"), completion.sources),
            *self._troubles(perceived, voice),
            self._instead(chosen, perceived, asked, voice),
            voice(nearly) if nearly else "",
        ]
        return "\n\n".join(part for part in parts if part)

    def _nearly(self, turn: Turn) -> str:
        """The text about a budget that is nearly spent; an answer is worth more than it."""
        try:
            return self.spending.nearly(turn.latest.event)
        except StorageUnavailable as exc:
            self.telemetry.trouble("budget_not_read", exc, turn=turn.id)
            return ""

    def _instead(self, chosen: Chosen, perceived: Perceived, asked: Asked, voice: Voice) -> str:
        """One quiet line, where another model answered than the chosen one."""
        if asked.spec.id == chosen.model.id:
            return ""
        can_see = chosen.model.can(Ability.VISION) or not perceived.images
        if not self.names_models:
            return voice("instead_unnamed") if can_see else ""
        key = "instead" if can_see else "instead_sees"
        return voice(key, chosen=chosen.model.label, model=asked.spec.label)

    def _nothing_asked(self, turn: Turn, perceived: Perceived) -> Answer:
        """Say only what can't be looked at."""
        sentences = self._troubles(perceived, self._voice(turn))
        return Answer.told("\n".join(sentences)) if sentences else _SILENCE

    def _troubles(self, perceived: Perceived, voice: Voice) -> list[str]:
        return [voice(trouble.key, number=trouble.number) for trouble in perceived.troubles]

    def _voice(self, turn: Turn) -> Voice:
        """How the chat is spoken to; LINE may have to be asked, which the watch did meanwhile."""
        return self.speaking.voice(turn.chat)

    def _apology(self, turn: Turn, error: ModelError) -> Answer:
        event, voice = turn.latest.event, self._voice(turn)
        remark = ""
        if event.chat.is_private and self.admission.is_admin(event.user):
            remark = "\n" + voice("admin_cause", cause=voice(f"cause_{error.cause}"))
        if isinstance(error, ModelBusy) and turn.asks:
            again = self._again(turn, voice("busy") + remark, voice)
            return Answer(messages=(again,), cause=error.cause)
        text = voice(_SENTENCES.get(type(error), "resting")) + remark
        return Answer.told(text, cause=error.cause)

    def _limited(self, turn: Turn, limit: LimitReached) -> Answer:
        """Tell when it goes on, a group once a day; where that is soon, with a button."""
        voice = self._voice(turn)
        told = limit.told(voice)
        if limit.soon and turn.asks:
            return Answer(messages=(self._again(turn, told, voice),))
        if not turn.chat.is_private and not self.spending.tells_group(turn.latest.event, limit):
            return _SILENCE
        return Answer.told(told)

    def _again(self, turn: Turn, text: str, voice: Voice) -> Buttons:
        button = self.taps.make(
            voice("retry_button"), chat=turn.chat, action=RETRY, subject=turn.id
        )
        return Buttons(text=text, buttons=(button,))


#: What a person hears where no button helps.
_SENTENCES: dict[type[ModelError], str] = {ModelBusy: "busy", ModelRefused: "refused"}


def _linked(heading: str, sources: Sequence[Source]) -> str:
    """Write sources as numbered links; LINE makes addresses tappable."""
    lines = [
        f"{number}. {source.title}\n{source.url}" if source.title else f"{number}. {source.url}"
        for number, source in enumerate(sources, start=1)
    ]
    return "\n".join([heading, *lines]) if lines else ""

"""Makes an answer of what a model says, or of why none did.

Every call counts against budgets before it is made. Where no model answers, the person hears one
of three things: try again, shorten it, or the bot is resting. The cause goes to the log, and to
admins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.assistant.admission import Admission
from chalicelib.assistant.ask import RESERVE, Ask, Asked
from chalicelib.assistant.choices import Choices, Chosen
from chalicelib.assistant.compose import Compose, troubles
from chalicelib.assistant.handover import HandOver
from chalicelib.assistant.limits import LimitReached
from chalicelib.assistant.perceive import Perceive, Perceived
from chalicelib.assistant.recall import Recall
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.spending import Spending
from chalicelib.assistant.taps import RETRY, Taps
from chalicelib.assistant.watch import Watch
from chalicelib.domain import prompt
from chalicelib.domain.bot import Bot
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused
from chalicelib.domain.messages import Answer, Buttons, Message
from chalicelib.domain.money import in_dollars
from chalicelib.domain.pages import ROOM
from chalicelib.domain.story import Making, milliseconds
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Telemetry

_SILENCE = Answer(messages=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """Answers words, pictures and voices.

    hands_over: a model that can't help may call people.
    """

    bot: Bot
    ask: Ask
    perceive: Perceive
    choices: Choices
    spending: Spending
    admission: Admission
    recall: Recall
    compose: Compose
    handover: HandOver
    hands_over: bool
    watch: Watch
    taps: Taps
    speaking: Speaking
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
        voice = self._voice(turn)
        asked, gives_up = _given_up(asked)
        completion = asked.completion
        messages = self.compose(turn, chosen, perceived, asked, voice)
        if gives_up and self.hands_over:
            messages = _in_view(messages, self.handover.begin(turn, voice))
        return Answer(
            messages=messages,
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
        return prompt.build(
            self.bot,
            history=self.recall.lines(turn.chat),
            question=perceived.question,
            speaker=self.recall.speaker(turn.chat, turn.latest.event.user),
            local_time=self.clock.now().astimezone(self.timezone),
            budget=self.bot.history_tokens,
            assistant=chosen.assistant,
            images=perceived.images,
            hands_over=self.hands_over,
        )

    # --- what is said ------------------------------------------------------------------------

    def _nothing_asked(self, turn: Turn, perceived: Perceived) -> Answer:
        """Say only what can't be looked at."""
        sentences = troubles(perceived, self._voice(turn))
        return Answer.told("\n".join(sentences)) if sentences else _SILENCE

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


def _given_up(asked: Asked) -> tuple[Asked, bool]:
    """An answer without the sign that its model gives up, and whether it had it."""
    text, gives_up = prompt.without_giving_up(asked.completion.text)
    completion = replace(asked.completion, text=text)
    return (replace(asked, completion=completion), True) if gives_up else (asked, False)


def _in_view(answer: tuple[Message, ...], handed: tuple[Message, ...]) -> tuple[Message, ...]:
    """Put what is said of people where it shows at once: below a short answer, above a long one."""
    short = len(answer) + len(handed) <= ROOM
    return (*answer, *handed) if short else (*handed, *answer)


#: What a person hears where no button helps.
_SENTENCES: dict[type[ModelError], str] = {ModelBusy: "busy", ModelRefused: "refused"}

"""Makes an answer's messages of what a model said, and of what there is to know about it.

Above it stands what was heard; below it its sources, what could not be looked at, and who answered
in the chosen model's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.assistant.ask import Asked
from chalicelib.assistant.choices import Chosen
from chalicelib.assistant.perceive import Perceived
from chalicelib.assistant.spending import Spending
from chalicelib.domain.catalogue import Ability
from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.messages import Code, Message, Text
from chalicelib.domain.texts import Voice
from chalicelib.domain.turns import Turn
from chalicelib.ports import Source, Telemetry

#: LINE: a text holds 5,000 UTF-16 code units.
_LIMIT = 5_000
_GAP = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """Puts an answer together.

    names_models: people may know which model answers.
    """

    spending: Spending
    names_models: bool
    telemetry: Telemetry

    def __call__(
        self, turn: Turn, chosen: Chosen, perceived: Perceived, asked: Asked, voice: Voice
    ) -> tuple[Message, ...]:
        """An answer's messages, in reading order."""
        from chalicelib.domain.rendering import render

        completion = asked.completion
        above = voice("heard", words=perceived.said) if perceived.said else ""
        below = [
            voice("cut") if completion.cut else "",
            _linked(voice("sources"), completion.sources),
            *troubles(perceived, voice),
            self._instead(chosen, perceived, asked, voice),
            self._nearly(turn, voice),
        ]
        rendered = render(completion.text) or (Text(text=completion.text),)
        answer = [_labelled(message, voice) for message in rendered]
        return _framed(answer, above, _GAP.join(filter(None, below)))

    def get_ready(self) -> None:
        """Import what reads Markdown, 30 ms that there is time for while a model thinks."""
        import chalicelib.domain.rendering  # noqa: F401

    def _nearly(self, turn: Turn, voice: Voice) -> str:
        """Say that a budget is nearly spent; an answer is worth more than to know it."""
        try:
            key = self.spending.nearly(turn.latest.event)
        except StorageUnavailable as exc:
            self.telemetry.trouble("budget_not_read", exc, turn=turn.id)
            return ""
        return voice(key) if key else ""

    def _instead(self, chosen: Chosen, perceived: Perceived, asked: Asked, voice: Voice) -> str:
        """One quiet line, where another model answered than the chosen one."""
        if asked.spec.id == chosen.model.id:
            return ""
        can_see = chosen.model.can(Ability.VISION) or not perceived.images
        if not self.names_models:
            return voice("instead_unnamed") if can_see else ""
        key = "instead" if can_see else "instead_sees"
        return voice(key, chosen=chosen.model.label, model=asked.spec.label)


def troubles(perceived: Perceived, voice: Voice) -> list[str]:
    """Say what of a question could not be looked at, a sentence each."""
    return [voice(trouble.key, number=trouble.number) for trouble in perceived.troubles]


def _labelled(message: Message, voice: Voice) -> Message:
    """Name the buttons that copy code."""
    return (
        replace(message, copy_label=voice("copy_button")) if isinstance(message, Code) else message
    )


def _framed(answer: Sequence[Message], above: str, below: str) -> tuple[Message, ...]:
    """Put lines above and below an answer: in its own texts where they have room."""
    messages = list(answer)
    if above:
        first = messages[0] if messages else None
        if isinstance(first, Text) and _fits(above, first.text):
            messages[0] = replace(first, text=f"{above}{_GAP}{first.text}")
        else:
            messages.insert(0, Text(text=above))
    if below:
        last = messages[-1] if messages else None
        if isinstance(last, Text) and _fits(last.text, below):
            messages[-1] = replace(last, text=f"{last.text}{_GAP}{below}")
        else:
            messages.append(Text(text=below))
    return tuple(messages)


def _fits(*parts: str) -> bool:
    return utf16_length(_GAP.join(parts)) <= _LIMIT


def _linked(heading: str, sources: Sequence[Source]) -> str:
    """Write sources as numbered links; LINE makes addresses tappable."""
    lines = [
        f"{number}. {source.title}\n{source.url}" if source.title else f"{number}. {source.url}"
        for number, source in enumerate(sources, start=1)
    ]
    return "\n".join([heading, *lines]) if lines else ""

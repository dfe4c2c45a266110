"""Eyes and ears: what a turn holds beside words, made fit for a model.

Pictures go to a model that sees; a voice message is written down first. Each thing that can't be
looked at costs one clear sentence, never the rest of the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.assistant.ears import Ears
from chalicelib.assistant.eyes import Eyes
from chalicelib.assistant.trouble import Trouble
from chalicelib.domain import prompt
from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.events import AudioSent, ImageSent, OtherSent, TextSent
from chalicelib.domain.media import Medium
from chalicelib.domain.turns import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceived:
    """What a turn holds.

    question: what a model is asked in words, with remarks about what it can't see; "" where
    nothing is left to ask. heard: by message id, what the history keeps of what was no text.
    said: a voice message's words, to be shown. troubles: what can't be looked at, and why.
    """

    question: str
    images: tuple[Medium, ...] = ()
    heard: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceive:
    """Looks and listens."""

    eyes: Eyes
    ears: Ears

    def __call__(self, turn: Turn, chosen: ModelSpec, *, ends: datetime) -> Perceived:
        """Take a turn in; `ends` is when all of it must be done.

        chosen: the model that answers in this chat. Raises Withdrawn where the turn was taken back,
        LimitReached, or a ModelError where a voice can't be written down now.
        """
        events = [arrival.event for arrival in turn.arrivals]
        images = [event for event in events if isinstance(event, ImageSent)]
        pictures, unseen = self.eyes.look(turn, images, chosen, ends=ends)
        sounds = [event for event in events if isinstance(event, AudioSent)]
        written, unheard = self.ears.listen(turn, sounds, ends=ends)
        words = [
            event.text if isinstance(event, TextSent) else written[event.message_id]
            for event in events
            if isinstance(event, TextSent)
            or (isinstance(event, AudioSent) and event.message_id in written)
        ]
        others = sorted({e.what for e in events if isinstance(e, OtherSent)})
        asks = bool("".join(words).strip() or pictures)
        remarks = prompt.remarks(
            pictures=len(pictures), alone=not words, unseen=[*others, *(["image"] * bool(unseen))]
        )
        return Perceived(
            question="\n".join([*words, *remarks]).strip() if asks else "",
            images=tuple(pictures.values()),
            heard={**written, **dict.fromkeys(pictures, prompt.PICTURE)},
            said="\n".join(written.values()),
            troubles=(*unseen, *unheard),
        )

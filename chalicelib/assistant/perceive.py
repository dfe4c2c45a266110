"""Eyes and ears: what a turn holds beside words, made fit for a model.

Pictures go to a model that sees; a voice message is written down first. Each thing that can't be
looked at costs one clear sentence, never the rest of the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.assistant.ears import Ears
from chalicelib.assistant.eyes import Eyes
from chalicelib.assistant.fetch import Fetch
from chalicelib.assistant.recall import Recall
from chalicelib.assistant.trouble import Trouble
from chalicelib.domain import prompt
from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.errors import ContentError
from chalicelib.domain.events import (
    AudioSent,
    Event,
    ImageSent,
    LocationSent,
    OtherSent,
    Sent,
    TextSent,
)
from chalicelib.domain.media import Medium
from chalicelib.domain.turns import Turn

#: A quoted picture or voice may have so many bytes.
QUOTED_BYTES = 10_000_000


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
    fetch: Fetch
    recall: Recall

    def __call__(self, turn: Turn, chosen: ModelSpec, *, ends: datetime) -> Perceived:
        """Take a turn in; `ends` is when all of it must be done.

        chosen: the model that answers in this chat. Raises Withdrawn where the turn was taken back,
        LimitReached, or a ModelError where a voice can't be written down now.
        """
        events = [arrival.event for arrival in turn.arrivals]
        about = self._about(turn, ends)
        images = [event for event in (*about.media, *events) if isinstance(event, ImageSent)]
        pictures, unseen = self.eyes.look(turn, images, chosen, ends=ends)
        sounds = [event for event in (*about.media, *events) if isinstance(event, AudioSent)]
        written, unheard = self.ears.listen(turn, sounds, ends=ends)
        heard = {**written, **_places(events)}
        words = [
            event.text if isinstance(event, TextSent) else heard[event.message_id]
            for event in (*about.media, *events)
            if isinstance(event, TextSent)
            or (isinstance(event, Sent) and event.message_id in heard)
        ]
        others = sorted({e.what for e in events if isinstance(e, OtherSent)})
        asks = bool("".join(words).strip() or pictures or about.remarks)
        remarks = prompt.remarks(
            pictures=len(pictures), alone=not words, unseen=[*others, *(["image"] * bool(unseen))]
        )
        return Perceived(
            question="\n".join([*about.remarks, *words, *remarks]).strip() if asks else "",
            images=tuple(pictures.values()),
            heard={**heard, **dict.fromkeys(pictures, prompt.PICTURE)},
            said="\n".join(written.values()),
            troubles=(*unseen, *unheard),
        )

    def _about(self, turn: Turn, ends: datetime) -> _About:
        """Find what a turn's quotes are about: words that are known, or a picture or a voice."""
        remarks: list[str] = []
        media: list[Sent] = []
        for message_id, said in self.recall.quoted(turn).items():
            quoted = None if said else self._quoted_medium(turn, message_id, ends)
            if quoted is None:
                remarks.append(said or prompt.QUOTED_UNKNOWN)
            else:
                media.append(quoted)
        return _About(remarks=tuple(remarks), media=tuple(media))

    def _quoted_medium(self, turn: Turn, message_id: str, ends: datetime) -> Sent | None:
        """The picture or voice that is quoted, as if it had come along; None where it is neither.

        Whose it is isn't known; it is forgotten with its message and with the chat.
        """
        event = turn.latest.event
        picture = ImageSent(
            id=event.id, chat=turn.chat, user=None, at=event.at, token=None, message_id=message_id
        )
        ((_, found),) = self.fetch.each(turn, [picture], most=QUOTED_BYTES, ends=ends)
        if isinstance(found, ContentError):
            return None
        kind, _, _ = found.content_type.partition("/")
        if kind == "audio":
            return AudioSent(
                id=event.id,
                chat=turn.chat,
                user=event.user,
                at=event.at,
                token=None,
                message_id=message_id,
            )
        return picture if kind == "image" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What a question is about: remarks in words, and media as if they had come along."""

    remarks: tuple[str, ...]
    media: tuple[Sent, ...]


def _places(events: Sequence[Event]) -> dict[str, str]:
    return {e.message_id: prompt.place(e) for e in events if isinstance(e, LocationSent)}

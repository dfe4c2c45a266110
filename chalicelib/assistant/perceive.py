"""Eyes and ears: what a turn holds beside words, made fit for a model.

Pictures go to a model that sees; a voice message is written down first. Each thing that can't be
looked at costs one clear sentence, never the rest of the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.assistant.breaker import Breaker
from chalicelib.assistant.choices import Choices
from chalicelib.assistant.fetch import Fetch
from chalicelib.assistant.spending import Spending
from chalicelib.domain import prompt
from chalicelib.domain.catalogue import Ability, ModelSpec
from chalicelib.domain.errors import (
    Cause,
    ContentBusy,
    ContentError,
    ContentGone,
    ContentTooLarge,
    ModelBusy,
    ModelError,
    ModelRefused,
)
from chalicelib.domain.events import AudioSent, ImageSent, OtherSent, TextSent
from chalicelib.domain.media import Medium
from chalicelib.domain.prices import Usage
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Telemetry, Vendors

#: What every vendor takes.
_SEEN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_HEARD = frozenset(
    {"audio/mp4", "audio/x-m4a", "audio/m4a", "audio/aac", "audio/mpeg", "audio/wav", "audio/ogg"}
)
PICTURES = 10
PICTURE_BYTES = 10_000_000
VOICE_BYTES = 25_000_000
VOICE_TIME = timedelta(minutes=10)
_MEGABYTE = 1_000_000
_HEARING_TIME = timedelta(seconds=60)
#: What a second of sound takes at most, heard and written down.
_TOKENS_HEARD, _TOKENS_WRITTEN = 12, 12
#: The length of a voice message whose length LINE doesn't tell, for what is reserved.
_UNKNOWN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something can't be looked at: a text's key, and the number that it tells."""

    key: str
    number: int = 0


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

    fetch: Fetch
    vendors: Vendors
    choices: Choices
    spending: Spending
    breaker: Breaker
    clock: Clock
    telemetry: Telemetry

    def __call__(self, turn: Turn, chosen: ModelSpec, *, ends: datetime) -> Perceived:
        """Take a turn in; `ends` is when all of it must be done.

        chosen: the model that answers in this chat. Raises Withdrawn where the turn was taken back,
        LimitReached, or a ModelError where a voice can't be written down now.
        """
        events = [arrival.event for arrival in turn.arrivals]
        images = [event for event in events if isinstance(event, ImageSent)]
        pictures, unseen = self._look(turn, images, chosen)
        sounds = [event for event in events if isinstance(event, AudioSent)]
        written, unheard = self._listen(turn, sounds, ends)
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

    # --- pictures ----------------------------------------------------------------------------

    def _look(
        self, turn: Turn, sent: Sequence[ImageSent], chosen: ModelSpec
    ) -> tuple[dict[str, Medium], list[Trouble]]:
        """Get the pictures by their message ids, and why each other can't be seen."""
        if not sent:
            return {}, []
        if not self.choices.line_up(chosen, Ability.VISION):
            return {}, [Trouble("no_eyes")]
        troubles: list[Trouble] = []
        if len(sent) > PICTURES:
            troubles.append(Trouble("pictures_too_many", PICTURES))
        seen: dict[str, Medium] = {}
        for event, found in zip(
            sent[:PICTURES],
            self.fetch.all(turn, sent[:PICTURES], most=PICTURE_BYTES),
            strict=True,
        ):
            if isinstance(found, ContentError):
                troubles.append(Trouble(_PICTURE[type(found)], PICTURE_BYTES // _MEGABYTE))
            elif found.content_type not in _SEEN:
                troubles.append(Trouble("picture_kind"))
            else:
                seen[event.message_id] = found
        return seen, list(dict.fromkeys(troubles))

    # --- voices ------------------------------------------------------------------------------

    def _listen(
        self, turn: Turn, sent: Sequence[AudioSent], ends: datetime
    ) -> tuple[dict[str, str], list[Trouble]]:
        """Write voices down by their message ids, and why each other can't be heard."""
        if not sent:
            return {}, []
        hearing = self.choices.hearing()
        if not hearing:
            return {}, [Trouble("no_ears")]
        written: dict[str, str] = {}
        troubles: list[Trouble] = []
        short = [event for event in sent if _length(event) <= VOICE_TIME]
        if len(short) < len(sent):
            troubles.append(Trouble("voice_too_long", int(VOICE_TIME.total_seconds() // 60)))
        for event, found in zip(short, self.fetch.all(turn, short, most=VOICE_BYTES), strict=True):
            if isinstance(found, ContentError):
                troubles.append(Trouble(_VOICE[type(found)], VOICE_BYTES // _MEGABYTE))
            elif found.content_type not in _HEARD:
                troubles.append(Trouble("voice_kind"))
            else:
                try:
                    written[event.message_id] = self._written(event, found, hearing, ends)
                except ModelRefused:
                    troubles.append(Trouble("voice_silent"))
        return written, list(dict.fromkeys(troubles))

    def _written(
        self, event: AudioSent, sound: Medium, hearing: Sequence[ModelSpec], ends: datetime
    ) -> str:
        """Let the first model that can write it down. Raises a ModelError, or LimitReached."""
        tried: ModelError | None = None
        for spec in hearing:
            within = min(_HEARING_TIME, ends - self.clock.now())
            if within <= timedelta(0) or not self.breaker.lets(spec.vendor.id):
                continue
            try:
                return self._transcribed(event, sound, spec, within)
            except ModelRefused:
                raise
            except ModelError as exc:
                self.telemetry.trouble("hearing_failed", exc, event=event.id, model=spec.id)
                tried = exc if tried is None or isinstance(exc, ModelBusy) else tried
        raise tried or ModelBusy(Cause.OVERLOADED, "nobody could be asked")

    def _transcribed(
        self, event: AudioSent, sound: Medium, spec: ModelSpec, within: timedelta
    ) -> str:
        seconds = (_length(event) or _UNKNOWN).total_seconds()
        call = self.spending.reserve(event, spec, _most(seconds), purpose="hearing", within=within)
        with self.spending.settling_failures(call), self.breaker.over(spec.vendor.id):
            transcript = self.vendors.hearing(spec).transcribe(sound, within=within)
        # A vendor that is paid by the minute may tell tokens, and another may tell nothing.
        told = transcript.usage
        usage = told if told.seconds else replace(told, seconds=seconds)
        self.spending.settle(call, usage, sure=bool(told) or spec.price.minute > 0)
        return transcript.text


def _most(seconds: float) -> Usage:
    heard = int(seconds * _TOKENS_HEARD) + 1
    written = int(seconds * _TOKENS_WRITTEN) + 1
    return Usage(tokens_in=heard, audio_in=heard, tokens_out=written, seconds=seconds)


def _length(event: AudioSent) -> timedelta:
    return timedelta(milliseconds=event.duration)


#: What is said of a picture or a voice that could not be fetched.
_PICTURE: Mapping[type[ContentError], str] = {
    ContentGone: "picture_gone",
    ContentTooLarge: "picture_too_large",
    ContentBusy: "picture_busy",
}
_VOICE: Mapping[type[ContentError], str] = {
    ContentGone: "voice_gone",
    ContentTooLarge: "voice_too_large",
    ContentBusy: "voice_busy",
}

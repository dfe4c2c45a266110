"""Voice messages: what was said in them is written down, once, and paid for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.assistant.breaker import Breaker
from chalicelib.assistant.choices import Choices
from chalicelib.assistant.fetch import Fetch
from chalicelib.assistant.spending import CallPurpose, Spending
from chalicelib.assistant.trouble import Trouble
from chalicelib.domain.catalogue import ModelSpec
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
from chalicelib.domain.events import AudioSent
from chalicelib.domain.media import Medium
from chalicelib.domain.prices import Usage
from chalicelib.domain.turns import Turn
from chalicelib.ports import Clock, Telemetry, Vendors

_HEARD = frozenset(
    {"audio/mp4", "audio/x-m4a", "audio/m4a", "audio/aac", "audio/mpeg", "audio/wav", "audio/ogg"}
)
#: Voice messages of one burst that are listened to.
VOICES = 5
VOICE_BYTES = 25_000_000
VOICE_TIME = timedelta(minutes=10)
_MEGABYTE = 1_000_000
_HEARING_TIME = timedelta(seconds=60)
#: What a second of sound takes at most, heard and written down.
_TOKENS_HEARD, _TOKENS_WRITTEN = 12, 12
#: The length of a voice message whose length LINE doesn't tell, for what is reserved.
_UNKNOWN = timedelta(minutes=1)


class _Unheard(Exception):
    """A voice message that nothing was written down of."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.key)
        self.trouble = trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Listens."""

    fetch: Fetch
    vendors: Vendors
    choices: Choices
    spending: Spending
    breaker: Breaker
    clock: Clock
    telemetry: Telemetry

    def listen(
        self, turn: Turn, sent: Sequence[AudioSent], *, ends: datetime
    ) -> tuple[dict[str, str], list[Trouble]]:
        """Write voices down by their message ids, and why each other can't be heard.

        Raises Withdrawn, LimitReached, or a ModelError where one can't be written down now.
        """
        if not sent:
            return {}, []
        hearing = self.choices.hearing()
        if not hearing:
            return {}, [Trouble("no_ears")]
        written: dict[str, str] = {}
        troubles: list[Trouble] = []
        for event in sent[:VOICES]:
            try:
                written[event.message_id] = self._words(turn, event, hearing, ends)
            except _Unheard as exc:
                troubles.append(exc.trouble)
        if len(sent) > VOICES:
            troubles.append(Trouble("voices_too_many", VOICES))
        return written, list(dict.fromkeys(troubles))

    def _words(
        self, turn: Turn, event: AudioSent, hearing: Sequence[ModelSpec], ends: datetime
    ) -> str:
        """What was said in one voice message. Raises _Unheard, a ModelError, or LimitReached."""
        if _length(event) > VOICE_TIME:
            raise _Unheard(Trouble("voice_too_long", int(VOICE_TIME.total_seconds() // 60)))
        if words := self.fetch.words(turn, event):
            return words
        ((_, found),) = self.fetch.each(turn, [event], most=VOICE_BYTES, ends=ends)
        if isinstance(found, ContentError):
            raise _Unheard(Trouble(_VOICE[type(found)], VOICE_BYTES // _MEGABYTE))
        if found.content_type not in _HEARD:
            raise _Unheard(Trouble("voice_kind"))
        try:
            words = self._written(event, found, hearing, ends)
        except ModelRefused as exc:
            silent = exc.cause is Cause.EMPTY
            raise _Unheard(Trouble("voice_silent" if silent else "voice_unclear")) from exc
        self.fetch.keep_words(turn, event, words)
        return words

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
            except ModelError as exc:
                if exc.cause is Cause.EMPTY:  # nobody spoke: another would hear nobody either
                    raise
                self.telemetry.trouble("hearing_failed", exc, event=event.id, model=spec.id)
                tried = exc if tried is None or isinstance(exc, ModelBusy) else tried
        raise tried or ModelBusy(Cause.OVERLOADED, "nobody could be asked")

    def _transcribed(
        self, event: AudioSent, sound: Medium, spec: ModelSpec, within: timedelta
    ) -> str:
        seconds = (_length(event) or _UNKNOWN).total_seconds()
        call = self.spending.reserve(
            event, spec, _most(seconds), purpose=CallPurpose.HEARING, within=within
        )
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


#: What is said of a voice message that could not be fetched.
_VOICE: Mapping[type[ContentError], str] = {
    ContentGone: "voice_gone",
    ContentTooLarge: "voice_too_large",
    ContentBusy: "voice_busy",
}

"""Voices into words: OpenAI's transcriptions, which other vendors speak too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib.adapters.models.calling import Caller
from chalicelib.adapters.models.reading import as_dict, usage, words
from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.errors import Cause, ModelRefused
from chalicelib.domain.media import Medium
from chalicelib.ports import Transcript

#: Vendors know a sound by its file's ending. LINE's voice messages are MPEG-4, by several names.
_ENDINGS: Final[Mapping[str, str]] = {
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "audio/x-wav": "wav",
}
_USUAL: Final = "m4a"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionsModel:
    """Implements `ports.Hearing`; safe for many threads."""

    spec: ModelSpec
    caller: Caller

    def transcribe(self, voice: Medium, *, within: timedelta) -> Transcript:
        """Ask once; see `ports.Hearing`."""
        kind = voice.content_type.partition(";")[0].strip().lower()
        name = f"voice.{_ENDINGS.get(kind, _USUAL)}"
        return self.caller.call(
            self.spec,
            lambda client: client.audio.transcriptions.with_raw_response.create,
            _transcript,
            within=within,
            file=(name, voice.content, voice.content_type),
            response_format="json",
        )


def _transcript(answer: object) -> Transcript:
    body = as_dict(answer)
    text = words(body.get("text"))
    if not text:
        raise ModelRefused(Cause.EMPTY)
    return Transcript(text=text, usage=usage(body.get("usage")))

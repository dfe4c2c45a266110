"""Hearing and speaking: transcripts that tell what was heard, and voices that are soft tones."""

from __future__ import annotations

import asyncio
import io
import math
import struct
import wave
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import PurePath
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

from simulator.model_api.asking import CHUNK, Asked, Wrong, event, streaming
from simulator.model_api.multipart import Upload

Json = dict[str, Any]
HEARD = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
LARGEST = 25 * 1_024 * 1_024
MOST_WORDS = 4_096
RATE = 24_000
#: Bytes a second of a voice message, where the length can't be read.
SLOW = 4_000
LETTERS_A_SECOND = 6
LONGEST = 60.0


async def transcribe(asked: Asked) -> Response:
    """`POST /audio/transcriptions`: what it heard, in the format asked for. Raises Wrong."""
    asked.name  # noqa: B018 - raises where there is none
    file = asked.file
    if file is None:
        raise Wrong(400, "Missing required parameter: 'file'.", param="file")
    if PurePath(file.name).suffix.lstrip(".").lower() not in HEARD:
        message = f"Unrecognized file format. Supported formats: {list(HEARD)}"
        raise Wrong(400, message, param="file")
    if len(file.bytes) > LARGEST:
        raise Wrong(413, f"Maximum content size limit ({LARGEST}) exceeded", param="file")
    seconds = _seconds(file)
    text = asked.how.text
    if text is None:
        language = str(asked.body.get("language") or "zh")
        text = (HEARD_ZH if language.startswith("zh") else HEARD_EN).format(
            name=file.name, seconds=seconds
        )
    kind = str(asked.body.get("response_format") or "json")
    if kind not in FORMATS:
        raise Wrong(400, f"Invalid value for 'response_format': one of {list(FORMATS)}.")
    if asked.body.get("stream") == "true":
        return streaming(_stream(text, asked))
    return FORMATS[kind](text, seconds)


async def _stream(text: str, asked: Asked) -> AsyncIterator[bytes]:
    """The transcript in pieces, as server-sent events."""
    if asked.how.delay:
        await asyncio.sleep(asked.how.delay)
    for start in range(0, len(text), CHUNK):
        yield event({"type": "transcript.text.delta", "delta": text[start : start + CHUNK]})
    whole = {"type": "transcript.text.done", "text": text}
    yield event(whole)
    asked.answered(whole)


HEARD_ZH = "這是示範的逐字稿，聽到了「{name}」，長度 {seconds:.1f} 秒。"
HEARD_EN = "This is a demonstration's transcript of {name}, {seconds:.1f} seconds long."


def _json(text: str, seconds: float) -> Response:
    usage = {"type": "duration", "seconds": math.ceil(seconds)}
    return JSONResponse({"text": text, "usage": usage})


def _verbose(text: str, seconds: float) -> Response:
    segment = {"id": 0, "seek": 0, "start": 0.0, "end": seconds, "text": text, "tokens": []}
    sure = {"temperature": 0.0, "avg_logprob": -0.1, "compression_ratio": 1.0}
    whole = {"task": "transcribe", "language": "chinese", "duration": seconds, "text": text}
    usage = {"type": "duration", "seconds": math.ceil(seconds)}
    segments = [{**segment, **sure, "no_speech_prob": 0.0}]
    return JSONResponse({**whole, "segments": segments, "usage": usage})


def _stamp(seconds: float, mark: str) -> str:
    whole = int(seconds)
    parts = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{parts}{mark}{round(seconds % 1 * 1000):03}"


def _srt(text: str, seconds: float) -> Response:
    return PlainTextResponse(f"1\n{_stamp(0, ',')} --> {_stamp(seconds, ',')}\n{text}\n\n")


def _vtt(text: str, seconds: float) -> Response:
    return PlainTextResponse(f"WEBVTT\n\n{_stamp(0, '.')} --> {_stamp(seconds, '.')}\n{text}\n\n")


FORMATS: Mapping[str, Callable[[str, float], Response]] = {
    "json": _json,
    "text": lambda text, _: PlainTextResponse(f"{text}\n"),
    "verbose_json": _verbose,
    "srt": _srt,
    "vtt": _vtt,
}


def _seconds(file: Upload) -> float:
    """How long a recording is; only WAV can be read, others are guessed by their size."""
    try:
        with wave.open(io.BytesIO(file.bytes)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return max(0.1, len(file.bytes) / SLOW)


async def speak(asked: Asked) -> Response:
    """`POST /audio/speech`: a tone as long as the words would take, as WAV or PCM. Raises Wrong."""
    asked.name  # noqa: B018 - raises where there is none
    words = asked.body.get("input")
    if not isinstance(words, str) or not words:
        raise Wrong(400, "Missing required parameter: 'input'.", param="input")
    if len(words) > MOST_WORDS:
        message = f"string_too_long: 'input' must have at most {MOST_WORDS} characters"
        raise Wrong(400, message, param="input")
    if not asked.body.get("voice"):
        raise Wrong(400, "Missing required parameter: 'voice'.", param="voice")
    kind = asked.body.get("response_format") or "mp3"
    if kind not in ("wav", "pcm"):
        message = f"The simulator has no encoder for {kind!r}: ask for 'wav' or 'pcm'."
        raise Wrong(400, message, param="response_format")
    sound = tone(min(LONGEST, 0.4 + len(words) / LETTERS_A_SECOND))
    if kind == "pcm":
        return Response(sound, media_type="audio/pcm")
    return Response(wav(sound), media_type="audio/wav")


def tone(seconds: float) -> bytes:
    """A soft tone that swells like syllables: 16 bits, mono, 24 kHz."""
    count = int(seconds * RATE)
    swell = [abs(math.sin(math.pi * at / RATE * 4)) for at in range(RATE // 4)]
    wave_ = [math.sin(2 * math.pi * 220 * at / RATE) for at in range(RATE // 20)]
    values = (int(3_000 * swell[at % len(swell)] * wave_[at % len(wave_)]) for at in range(count))
    return struct.pack(f"<{count}h", *values)


def wav(sound: bytes) -> bytes:
    """The same sound as a WAV file."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound)
    return whole.getvalue()

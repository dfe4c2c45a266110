"""What is particular to writing down what was said; what all calls promise holds here too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import Cause, ModelError, ModelRefused
from chalicelib.domain.media import Medium
from chalicelib.domain.prices import Price, Usage
from chalicelib.ports import Transcript
from tests.contract.models.speeches import VOICE
from tests.contract.models.talk import SOON, Talk
from tests.scripted import Reply

PRICE = Price(tokens_in=2.5, audio_in=6, tokens_out=10, minute=0.006, as_of=date(2026, 11, 1))


def hear(hearing: Talk, voice: Medium = VOICE, *, within: timedelta = SOON) -> Transcript:
    spec = hearing.row(price=PRICE)
    return hearing.vendors.hearing(spec).transcribe(voice, within=within)


def test_a_voice_is_sent_as_a_file_with_the_models_name(hearing: Talk) -> None:
    assert hear(hearing).text == "好的。"
    assert hearing.asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="model"\r\n\r\ngpt-5.4-mini\r\n' in hearing.asked.body
    assert b'name="response_format"\r\n\r\njson\r\n' in hearing.asked.body
    assert b"Content-Type: audio/mp4\r\n\r\n" + VOICE.content in hearing.asked.body


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("audio/mp4", "voice.m4a"),
        ("audio/x-m4a", "voice.m4a"),
        ("audio/m4a", "voice.m4a"),
        ("audio/aac", "voice.m4a"),
        ("application/octet-stream", "voice.m4a"),
        ("audio/mpeg", "voice.mp3"),
        ("audio/wav", "voice.wav"),
        ("audio/x-wav", "voice.wav"),
        ("audio/ogg", "voice.ogg"),
        ("Audio/OGG; codecs=opus", "voice.ogg"),
        ("audio/flac", "voice.flac"),
        ("audio/webm", "voice.webm"),
    ],
)
def test_a_files_name_ends_as_its_content_type_says(
    hearing: Talk, content_type: str, name: str
) -> None:
    hear(hearing, Medium(content=b"sound", content_type=content_type))
    assert f'filename="{name}"'.encode() in hearing.asked.body


@pytest.mark.parametrize(
    ("usage", "used", "cost"),
    [
        (
            {
                "type": "tokens",
                "input_tokens": 14,
                "input_token_details": {"text_tokens": 2, "audio_tokens": 12},
                "output_tokens": 45,
                "total_tokens": 59,
            },
            Usage(tokens_in=14, audio_in=12, tokens_out=45),
            (2 * 2.5 + 12 * 6 + 45 * 10) / 1_000_000,
        ),
        ({"type": "duration", "seconds": 30}, Usage(seconds=30), 0.003),
        ({"prompt_audio_seconds": 15, "prompt_tokens": 0}, Usage(seconds=15), 0.0015),
        (None, Usage(), None),
        ({"type": "duration", "seconds": "9"}, Usage(), None),
        ({"type": "duration", "seconds": -1}, Usage(), None),
        ({"type": "duration", "seconds": float("nan")}, Usage(), None),
    ],
)
def test_what_was_heard_is_counted_in_tokens_or_in_seconds(
    hearing: Talk, usage: Any, used: Usage, cost: float | None
) -> None:
    hearing.says({"text": " 你好 ", "usage": usage})
    assert hear(hearing) == Transcript(text="你好", usage=used)
    (fact,) = hearing.facts
    assert fact.get("cost") == (None if cost is None else pytest.approx(cost))


def test_a_vendor_that_tells_no_usage_is_read_all_the_same(hearing: Talk) -> None:
    hearing.says({"text": "你好", "x_groq": {"id": "req_1"}})
    assert hear(hearing) == Transcript(text="你好")


@pytest.mark.parametrize(
    "body", [{"text": ""}, {"text": " \n"}, {"text": None}, {"text": 7}, {}, [], None, "你好"]
)
def test_nothing_said_is_refused(hearing: Talk, body: Any) -> None:
    hearing.says(body)
    with pytest.raises(ModelError) as caught:
        hear(hearing)
    assert (type(caught.value), caught.value.cause) == (ModelRefused, Cause.EMPTY)


def test_an_answer_that_drips_is_left_in_time(hearing: Talk) -> None:
    hearing.server.usual = Reply(body={"text": "你好"}, drips=500)
    with pytest.raises(ModelError) as caught:
        hear(hearing, within=timedelta(seconds=0.2))
    assert caught.value.cause is Cause.TIME_OUT


def test_nothing_of_a_voice_is_in_what_is_shown_of_it(hearing: Talk) -> None:
    assert "voice'" not in repr(VOICE)
    hear(hearing)
    assert "ftyp" not in f"{VOICE!r} {hearing.telemetry.facts}"

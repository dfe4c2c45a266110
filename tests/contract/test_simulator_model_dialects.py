"""OpenAI's own SDK asks the simulated model for more than chat: each of OpenAI's other dialects."""

from __future__ import annotations

import base64
import io
import math
import struct
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from simulator.model_api.embeddings import vector
from simulator.model_api.images import paint
from tests.simulated import Simulated, simulated


@pytest.fixture(scope="module")
def running() -> Iterator[Simulated]:
    with simulated() as sim:
        yield sim


@pytest.fixture
def sim(running: Simulated) -> Simulated:
    running.reset()
    return running


@pytest.fixture
def client(sim: Simulated) -> Iterator[OpenAI]:
    with OpenAI(base_url=sim.openai_url, api_key="demo", max_retries=0, timeout=10) as client:
        yield client


# -- responses ---------------------------------------------------------------------------------


def test_a_response_answers_and_tells_what_it_used(client: OpenAI) -> None:
    answer = client.responses.create(model="demo", input="台北有什麼好吃的？", instructions="簡短")
    assert "台北有什麼好吃的？" in answer.output_text
    assert answer.status == "completed"
    assert answer.usage
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens > 0


def test_a_conversation_goes_on_from_an_earlier_response(client: OpenAI) -> None:
    first = client.responses.create(model="demo", input="長文 20 句")
    second = client.responses.create(
        model="demo", input="繼續", previous_response_id=first.id, max_output_tokens=4_000
    )
    assert "(21)" in second.output_text
    assert client.responses.retrieve(first.id).output_text == first.output_text
    client.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(first.id)
    with pytest.raises(openai.BadRequestError, match="not found"):
        client.responses.create(model="demo", input="繼續", previous_response_id=first.id)


def test_a_response_is_cut_where_its_tokens_end(client: OpenAI) -> None:
    answer = client.responses.create(model="demo", input="long", max_output_tokens=20)
    assert answer.status == "incomplete"
    assert answer.incomplete_details
    assert answer.incomplete_details.reason == "max_output_tokens"


def test_a_web_search_is_cited_where_the_text_names_its_pages(client: OpenAI) -> None:
    answer = client.responses.create(
        model="demo", input="明天的天氣？", tools=[{"type": "web_search"}]
    )
    search, message = answer.output
    assert search.type == "web_search_call"
    assert message.type == "message"
    part = message.content[0]
    assert part.type == "output_text"
    assert len(part.annotations) == 2
    for one in part.annotations:
        assert one.type == "url_citation"
        cited = part.text[one.start_index : one.end_index]
        assert one.url in cited
        assert one.title in cited


def test_a_response_fits_a_schema(client: OpenAI) -> None:
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["question", "chat"]}},
        "required": ["kind"],
        "additionalProperties": False,
    }
    wish = {"format": {"type": "json_schema", "name": "kind", "schema": schema, "strict": True}}
    answer = client.responses.create(model="demo", input="hi", text=wish)  # type: ignore[call-overload]
    assert answer.output_text == '{"kind": "question"}'


def test_a_response_can_be_streamed(client: OpenAI, sim: Simulated) -> None:
    with client.responses.stream(
        model="demo", input="明天的天氣？", tools=[{"type": "web_search"}]
    ) as stream:
        kinds = [event.type for event in stream]
        answer = stream.get_final_response()
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert kinds.count("response.output_text.delta") > 1
    assert "明天的天氣？" in answer.output_text
    [asked] = sim.model_requests()
    assert asked["answer"]["id"] == answer.id


def test_a_response_without_an_input_is_refused(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client.responses.create(model="demo", input="")
    assert error.value.param == "input"


def test_a_response_says_which_model_was_asked(client: OpenAI) -> None:
    answer = client.responses.create(model="demo-eyes", input="搜尋明天的天氣")
    assert answer.output_text.startswith("[demo-eyes] （示範模型）")


def test_every_picture_is_counted_and_costs_tokens(client: OpenAI) -> None:
    small, large = (
        "data:image/png;base64," + base64.b64encode(paint("x", *size)).decode()
        for size in ((64, 80), (600, 512))
    )

    def chat(*urls: str) -> tuple[str, int]:
        pictures = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
        parts = [{"type": "text", "text": "這是什麼？"}, *pictures]
        said: list[Any] = [{"role": "user", "content": parts}]
        found = client.chat.completions.create(model="demo", messages=said)
        assert found.usage
        return str(found.choices[0].message.content), found.usage.prompt_tokens

    def response(*urls: str) -> tuple[str, int]:
        pictures = [{"type": "input_image", "image_url": url} for url in urls]
        parts = [{"type": "input_text", "text": "這是什麼？"}, *pictures]
        said: list[Any] = [{"role": "user", "content": parts}]
        found = client.responses.create(model="demo", input=said)
        assert found.usage
        return found.output_text, found.usage.input_tokens

    for ask in (chat, response):
        words, tokens = ask(small, large)
        assert "2 張圖片：image/png 64×80, image/png 600×512" in words
        assert tokens - ask()[1] == (85 + 170) + (85 + 2 * 170)


def test_the_demo_model_tells_what_picture_it_sees(client: OpenAI) -> None:
    url = "data:image/png;base64," + base64.b64encode(paint("x", 64, 80)).decode()
    chat = client.chat.completions.create(
        model="demo",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "這是什麼？"},
                    {"type": "image_url", "image_url": {"url": url}},
                ],
            }
        ],
    )
    assert "image/png 64×80" in (chat.choices[0].message.content or "")
    answer = client.responses.create(
        model="demo",
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is it?"},
                    {"type": "input_image", "image_url": url, "detail": "auto"},
                ],
            }
        ],
    )
    assert "image/png 64×80" in answer.output_text


# -- embeddings --------------------------------------------------------------------------------


def nearness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", ["text-embedding-3-small", "text-embedding-3-large"])
def test_an_embedding_is_a_unit_vector_of_its_models_size(client: OpenAI, name: str) -> None:
    found = client.embeddings.create(model=name, input=["早安", "good morning"])
    assert [len(one.embedding) for one in found.data] == [3_072 if "large" in name else 1_536] * 2
    assert math.isclose(math.hypot(*found.data[0].embedding), 1, abs_tol=1e-5)
    assert found.usage.prompt_tokens > 0


def test_floats_and_base64_are_the_same_vector(client: OpenAI, sim: Simulated) -> None:
    packed = client.embeddings.create(model="demo-embedding", input="茶", dimensions=8)
    plain = client.embeddings.create(
        model="demo-embedding", input="茶", dimensions=8, encoding_format="float"
    )
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-6)
    formats = [asked["body"].get("encoding_format") for asked in sim.model_requests()]
    assert formats == ["base64", "float"]


def test_the_same_text_is_the_same_vector_in_another_process() -> None:
    told = "from simulator.model_api.embeddings import vector; print(vector('高山茶', 8))"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == str(vector("高山茶", 8))


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("營業時間是幾點？", "我們的營業時間是早上十點到晚上八點。", "蛋糕可以冷藏三天。"),
        ("how do I cancel my order?", "To cancel an order, call us.", "We open at ten."),
        ("กี่โมงเปิด", "ร้านเปิดเวลาสิบโมงเช้า เปิดทุกวัน", "ขนมเก็บได้สามวัน"),
    ],
)
def test_a_question_is_nearest_to_what_shares_its_words(question: str, near: str, far: str) -> None:
    asked, right, wrong = (vector(text, 1_536) for text in (question, near, far))
    assert nearness(asked, right) > nearness(asked, wrong) + 0.05


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (["x"] * 2_047, True),
        (["x"] * 2_048, True),
        (["x"] * 2_049, False),
        ([1, 2, 3], True),
        ([[1, 2], [3]], True),
        ([], False),
        ("", False),
        (["x", ""], False),
    ],
)
def test_what_can_be_embedded(sim: Simulated, given: object, taken: bool) -> None:
    body = {"model": "demo-embedding", "input": given, "dimensions": 2}
    bearer = {"authorization": "Bearer demo"}
    found = sim.http.post("/openai/v1/embeddings", json=body, headers=bearer)
    assert found.status_code == (200 if taken else 400)


@pytest.mark.parametrize(("size", "taken"), [(1, True), (1_536, True), (1_537, False), (-1, False)])
def test_dimensions_have_a_limit(sim: Simulated, size: int, taken: bool) -> None:
    body = {"model": "demo-embedding", "input": "x", "dimensions": size}
    bearer = {"authorization": "Bearer demo"}
    found = sim.http.post("/openai/v1/embeddings", json=body, headers=bearer)
    assert found.status_code == (200 if taken else 400)


# -- hearing and speaking ----------------------------------------------------------------------


def test_what_is_spoken_can_be_heard(client: OpenAI, sim: Simulated) -> None:
    spoken = client.audio.speech.create(
        model="demo-speech", voice="alloy", input="您好，歡迎光臨", response_format="wav"
    ).content
    with wave.open(io.BytesIO(spoken)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert 1 < seconds < 3
    heard = client.audio.transcriptions.create(
        model="demo-transcribe", file=("語音.wav", spoken, "audio/wav"), language="zh"
    )
    assert "語音.wav" in heard.text
    assert f"{seconds:.1f} 秒" in heard.text
    asked = sim.model_requests()[-1]
    assert asked["endpoint"] == "audio.transcriptions"
    assert asked["body"]["file"] == {
        "name": "語音.wav",
        "type": "audio/wav",
        "bytes": len(spoken),
    }
    assert asked["body"]["language"] == "zh"


def test_pcm_is_the_bare_sound(client: OpenAI) -> None:
    bare = client.audio.speech.create(
        model="demo-speech", voice="alloy", input="hi", response_format="pcm"
    ).content
    values = struct.unpack(f"<{len(bare) // 2}h", bare)
    assert max(values) > 1_000


@pytest.mark.parametrize("kind", ["mp3", "opus", "aac", "flac"])
def test_what_cannot_be_encoded_is_refused_by_name(client: OpenAI, kind: str) -> None:
    with pytest.raises(openai.BadRequestError, match="no encoder"):
        client.audio.speech.create(
            model="demo-speech",
            voice="alloy",
            input="hi",
            response_format=kind,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(("length", "taken"), [(4_095, True), (4_096, True), (4_097, False)])
def test_speech_has_up_to_4096_characters(sim: Simulated, length: int, taken: bool) -> None:
    body = {"model": "m", "voice": "alloy", "input": "x" * length, "response_format": "wav"}
    bearer = {"authorization": "Bearer demo"}
    found = sim.http.post("/openai/v1/audio/speech", json=body, headers=bearer)
    assert found.status_code == (200 if taken else 400)


@pytest.mark.parametrize(
    ("kind", "begins"), [("text", "This is"), ("srt", "1\n00:00:00,000"), ("vtt", "WEBVTT\n")]
)
def test_a_transcript_comes_in_the_format_asked_for(client: OpenAI, kind: str, begins: str) -> None:
    heard = client.audio.transcriptions.create(
        model="m",
        file=("a.m4a", b"0" * 8_000),
        language="en",
        response_format=kind,  # type: ignore[call-overload]
    )
    assert str(heard).startswith(begins)


def test_a_transcript_can_be_streamed(client: OpenAI, sim: Simulated) -> None:
    sim.model(endpoint="audio.transcriptions", text="一二三四五" * 20)
    events = list(
        client.audio.transcriptions.create(model="m", file=("a.m4a", b"0" * 8_000), stream=True)
    )
    pieces = [one.delta for one in events if one.type == "transcript.text.delta"]
    assert len(pieces) > 1
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text == "".join(pieces) == "一二三四五" * 20
    assert sim.model_requests()[-1]["answer"]["text"] == events[-1].text


def test_a_response_can_be_streamed_without_the_sdks_helper(client: OpenAI) -> None:
    events = list(client.responses.create(model="demo", input="long", stream=True))
    numbers = [one.sequence_number for one in events]
    assert numbers == list(range(len(events)))
    text = "".join(one.delta for one in events if one.type == "response.output_text.delta")
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == text


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.responses.create(model="m", input="hi", stream=True),
        lambda client: client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hi"}], stream=True
        ),
    ],
)
def test_an_error_comes_instead_of_a_stream(
    client: OpenAI, sim: Simulated, ask: Callable[[OpenAI], object]
) -> None:
    sim.model(status=429, message="Slow down.", times=1)
    with pytest.raises(openai.RateLimitError, match="Slow down"):
        ask(client)


def test_a_verbose_transcript_has_segments(client: OpenAI) -> None:
    heard = client.audio.transcriptions.create(
        model="m", file=("a.m4a", b"0" * 8_000), response_format="verbose_json"
    )
    assert heard.segments
    assert heard.duration == 2
    assert heard.segments[0].text == heard.text


@pytest.mark.parametrize(
    ("name", "size", "status"),
    [
        ("a.txt", 10, 400),
        ("a.wav", 25 * 1_024 * 1_024, 200),
        ("a.wav", 25 * 1_024 * 1_024 + 1, 413),
    ],
)
def test_a_recording_has_a_known_kind_and_at_most_25_megabytes(
    sim: Simulated, name: str, size: int, status: int
) -> None:
    found = sim.http.post(
        "/openai/v1/audio/transcriptions",
        data={"model": "m"},
        files={"file": (name, b"0" * size, "audio/wav")},
        headers={"authorization": "Bearer demo"},
    )
    assert found.status_code == status


# -- pictures ----------------------------------------------------------------------------------


def test_a_picture_is_a_png_of_its_size_and_the_same_for_the_same_words(client: OpenAI) -> None:
    one, other = (
        client.images.generate(model="demo-image", prompt="高山湖泊", size="256x128", n=2)
        for _ in range(2)
    )
    assert one.data
    assert other.data
    raw = base64.b64decode(one.data[0].b64_json or "")
    assert struct.unpack(">II", raw[16:24]) == (256, 128)
    assert [p.b64_json for p in one.data] == [p.b64_json for p in other.data]
    assert one.data[0].b64_json != one.data[1].b64_json
    assert one.usage
    assert one.usage.output_tokens > 0


@pytest.mark.parametrize(
    ("wish", "taken"),
    [
        ({"size": "64x64"}, True),
        ({"size": "63x64"}, False),
        ({"size": "2049x64"}, False),
        ({"size": "large"}, False),
        ({"size": "64x64", "n": 10}, True),
        ({"size": "64x64", "n": 11}, False),
        ({"size": "64x64", "n": 0}, True),
        ({"prompt": ""}, False),
        ({"response_format": "url"}, False),
    ],
)
def test_which_pictures_can_be_asked_for(
    sim: Simulated, wish: dict[str, object], taken: bool
) -> None:
    body = {"model": "demo-image", "prompt": "x", **wish}
    bearer = {"authorization": "Bearer demo"}
    found = sim.http.post("/openai/v1/images/generations", json=body, headers=bearer)
    assert found.status_code == (200 if taken else 400)


# -- scripts and errors ------------------------------------------------------------------------


def test_a_script_may_be_for_one_endpoint_alone(client: OpenAI, sim: Simulated) -> None:
    sim.model(endpoint="embeddings", status=429, retry_after="7", times=1)
    sim.model(endpoint="audio.transcriptions", text="你好嗎")
    assert client.responses.create(model="demo", input="hi").output_text
    with pytest.raises(openai.RateLimitError) as error:
        client.embeddings.create(model="m", input="x")
    assert error.value.response.headers["retry-after"] == "7"
    assert client.embeddings.create(model="m", input="x").data
    heard = client.audio.transcriptions.create(model="m", file=("a.wav", b"0"))
    assert heard.text == "你好嗎"
    assert sim.state()["model"]["behaviour"] == {
        "endpoint": "audio.transcriptions",
        "text": "你好嗎",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/responses",
        "/embeddings",
        "/audio/transcriptions",
        "/audio/speech",
        "/images/generations",
    ],
)
def test_every_endpoint_wants_a_key(sim: Simulated, path: str) -> None:
    assert sim.http.post(f"/openai/v1{path}", json={}).status_code == 401


def test_an_unknown_path_is_named(sim: Simulated) -> None:
    found = sim.http.post("/openai/v1/dreams", json={})
    assert found.status_code == 404
    assert found.json()["error"]["message"] == "Invalid URL (POST /v1/dreams)"


def test_a_form_that_is_none_is_refused(sim: Simulated) -> None:
    headers = {"authorization": "Bearer demo", "content-type": "multipart/form-data"}
    found = sim.http.post("/openai/v1/audio/transcriptions", content=b"x", headers=headers)
    assert found.status_code == 400

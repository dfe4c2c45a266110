"""OpenAI's own SDK talks with the simulated model."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openai import OpenAI

from simulator.bot import CATALOGUE
from simulator.model_api import demo_text
from simulator.model_api.models import NAMES
from tests.simulated import Simulated, wait_until

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 5},
        "kind": {"enum": ["question", "chat"]},
        "score": {"type": "integer", "minimum": 3, "maximum": 9},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 2},
        "due": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
        "child": {"$ref": "#/$defs/node"},
    },
    "required": ["title", "kind", "score", "tags", "due", "child"],
    "additionalProperties": False,
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["name", "next"],
            "additionalProperties": False,
        }
    },
}


@pytest.fixture
def client(sim: Simulated) -> Iterator[OpenAI]:
    with OpenAI(base_url=sim.openai_url, api_key="demo", max_retries=0, timeout=5) as client:
        yield client


def ask(client: OpenAI, text: str, **more: Any) -> Any:
    return client.chat.completions.create(
        model="demo", messages=[{"role": "user", "content": text}], **more
    )


def said(client: OpenAI, text: str, **more: Any) -> str:
    return str(ask(client, text, **more).choices[0].message.content)


@pytest.mark.parametrize(
    ("question", "mark"),
    [
        ("今天天氣如何？", "（示範模型）"),
        ("How is the weather?", "(demo model) "),
        ("天気はどう？", "（デモモデル）"),
        ("อากาศเป็นอย่างไร", "(โมเดลสาธิต) "),
    ],
)
def test_it_says_what_it_is_in_the_language_of_the_question(
    client: OpenAI, question: str, mark: str
) -> None:
    answer = said(client, question)
    assert answer.startswith(mark)
    assert question in answer


def test_asked_by_another_name_it_says_which(client: OpenAI) -> None:
    for name in ("demo-cheap", "gpt-5.4-mini"):
        answer = client.chat.completions.create(
            model=name, messages=[{"role": "user", "content": "你好"}]
        )
        assert answer.model == name
        assert str(answer.choices[0].message.content).startswith(f"[{name}] （示範模型）")
    assert said(client, "你好").startswith("（示範模型）")


def test_it_tells_how_to_plug_in_a_real_model(client: OpenAI) -> None:
    assert "OPENAI_API_KEY" in said(client, "How do I plug in a model?")
    assert "11434" in said(client, "怎麼接模型")


def test_a_long_text_is_cut_at_the_limit_and_can_be_continued(client: OpenAI) -> None:
    first = ask(client, "長文 40", max_completion_tokens=300)
    assert first.choices[0].finish_reason == "length"
    assert first.usage.completion_tokens <= 300
    text = first.choices[0].message.content
    reached = int(text.rpartition("(")[2].partition(")")[0])
    more = client.chat.completions.create(
        model="demo",
        messages=[
            {"role": "user", "content": "長文 40"},
            {"role": "assistant", "content": text},
            {"role": "user", "content": "請繼續"},
        ],
    )
    assert f"({reached + 1})" in str(more.choices[0].message.content)[:20]


def test_a_long_text_has_as_many_numbered_sentences_as_asked_for(client: OpenAI) -> None:
    answer = said(client, "a long text of 12 sentences")
    assert "(12)" in answer
    assert "(13)" not in answer
    assert "\n\n" in answer
    assert len(said(client, "long")) > 10_000


def test_a_stream_gives_the_same_words_and_then_the_usage(client: OpenAI) -> None:
    pieces = list(ask(client, "你好嗎？", stream=True, stream_options={"include_usage": True}))
    text = "".join(p.choices[0].delta.content or "" for p in pieces if p.choices)
    assert text == said(client, "你好嗎？")
    assert pieces[-2].choices[0].finish_reason == "stop"
    assert pieces[-1].usage.total_tokens > 0
    assert ask(client, "x").usage is not None


def test_a_stream_without_the_wish_has_no_usage(client: OpenAI) -> None:
    assert all(piece.usage is None for piece in ask(client, "hi", stream=True))


def test_an_answer_fits_the_json_schema_and_is_always_the_same(client: OpenAI) -> None:
    wish = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA, "strict": True}}
    first, second = (said(client, "填表", response_format=wish) for _ in range(2))
    assert first == second
    Draft202012Validator(SCHEMA).validate(json.loads(first))


def test_an_answer_is_json_where_json_is_asked_for(client: OpenAI) -> None:
    answer = json.loads(said(client, "hi", response_format={"type": "json_object"}))
    assert answer["answer"].startswith("(demo model)")


def test_its_models_can_be_listed_and_looked_up(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == list(NAMES)
    assert client.models.retrieve("demo").id == "demo"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-0")


def test_its_models_are_rows_of_the_bots_catalogue() -> None:
    rows = tomllib.loads(CATALOGUE.read_text("utf-8"))
    assert rows["models"].keys() <= {*NAMES}
    for row in rows["models"].values():
        assert row["vendor"] in rows["vendors"]
        assert {*row.get("fallbacks", [])} <= rows["models"].keys()
        assert row["good_for"].keys() == demo_text.WORDS.keys()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_an_error_is_what_the_sdk_makes_of_openais(
    sim: Simulated, client: OpenAI, status: int, error: type[openai.APIStatusError]
) -> None:
    sim.model(status=status, code="some_code", message="No.", retry_after="7", times=1)
    with pytest.raises(error) as raised:
        ask(client, "hi")
    assert raised.value.code == "some_code"
    assert raised.value.response.headers["retry-after"] == "7"
    assert said(client, "hi")


def test_a_missing_key_or_question_is_refused(sim: Simulated, client: OpenAI) -> None:
    url = f"{sim.openai_url}/chat/completions"
    assert sim.http.post(url, json={"model": "demo", "messages": []}).status_code == 401
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="demo", messages=[])


def test_its_words_can_be_scripted(sim: Simulated, client: OpenAI) -> None:
    sim.model(text="always")
    sim.model(text="", finish_reason="content_filter", times=1)
    filtered = ask(client, "hi").choices[0]
    assert (filtered.message.content, filtered.finish_reason) == ("", "content_filter")
    assert said(client, "hi") == said(client, "again") == "always"
    sim.usual_model()
    assert said(client, "hi").startswith("(demo model)")


def test_it_can_be_slow_or_silent(sim: Simulated, client: OpenAI) -> None:
    sim.model(delay=0.3, times=2)
    start = time.monotonic()
    said(client, "hi")
    assert list(ask(client, "hi", stream=True))
    assert time.monotonic() - start >= 0.6
    sim.model(hang=True, times=1)
    with pytest.raises(openai.APITimeoutError):
        ask(client, "hi", timeout=0.2)


def test_what_it_was_asked_is_remembered(sim: Simulated, client: OpenAI) -> None:
    said(client, "hi", temperature=0.5)
    [request] = sim.model_requests()
    assert request["status"] == 200
    assert request["body"]["temperature"] == 0.5
    assert request["body"]["messages"] == [{"role": "user", "content": "hi"}]


def test_an_unknown_way_to_behave_is_refused(sim: Simulated) -> None:
    response = sim.http.put("/sim/model", json={"temper": "bad"})
    assert response.status_code == 400
    assert "temper" in response.json()["error"]


def test_a_question_may_be_in_parts(client: OpenAI) -> None:
    parts = [
        {"type": "text", "text": "what is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    answer = client.chat.completions.create(
        model="demo",
        messages=[{"role": "user", "content": parts}],  # type: ignore[misc,list-item]
    )
    assert "what is this?" in str(answer.choices[0].message.content)


def test_every_language_says_everything() -> None:
    questions = {"zh-Hant": "長文", "en": "long", "ja": "長文をください", "th": "ยาว"}
    assert questions.keys() == demo_text.WORDS.keys()
    for language, question in questions.items():
        assert demo_text.language_of(question) == language
        assert "(300)" in demo_text.answer([{"role": "user", "content": question}])


def test_a_model_that_is_taken_back_lets_go_whom_it_kept_waiting(
    sim: Simulated, client: OpenAI
) -> None:
    sim.model(hang=True)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, client, "hello")
        wait_until(sim.model_requests, what="the model's request")
        sim.usual_model()
        with pytest.raises(openai.InternalServerError, match="did not answer"):
            asked.result(5)

"""Requests that no client of good will sends to a model: it says no, in OpenAI's words.

Nothing here may be answered by a 500, or break what is looked at later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from simulator.model_api import ENDPOINTS, Endpoint
from tests.contract.odd import ODD
from tests.simulated import Simulated, simulated

Json = dict[str, Any]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulated]:
    with simulated(redelivery=()) as sim:
        yield sim


@pytest.fixture
def sim(running: Simulated) -> Iterator[Simulated]:
    """A simulator that still tells what its model was asked after the attack."""
    running.reset()
    yield running
    for path in ("/sim/state", "/sim/model/requests"):
        assert running.http.get(path).status_code == 200


IN_ORDER: Mapping[str, Json] = {
    "chat.completions": {"messages": [{"role": "user", "content": "hi"}]},
    "responses": {"input": "hi"},
    "embeddings": {"input": "hi", "dimensions": 4},
    "audio.transcriptions": {},
    "audio.speech": {"input": "hi", "voice": "alloy", "response_format": "wav"},
    "images": {"prompt": "hi", "size": "64x64"},
}
VALUES: tuple[Any, ...] = (
    True,
    0,
    -1,
    1.5,
    10**30,
    "x",
    "\ud800",
    [],
    {},
    [None],
    [1, "x"],
    [[]],
    [{}],
    {"a": 1},
)
SCHEMAS: tuple[Any, ...] = (
    None,
    [],
    {"$ref": "#"},
    {"$ref": "#/nothing"},
    {"enum": []},
    {"anyOf": 1},
    {"type": {}},
    {"properties": 1},
    {"type": "integer", "minimum": "x"},
    {"type": "array", "minItems": 10**9},
    {"type": "string", "minLength": 10**12},
)


def ask(sim: Simulated, path: str, raw: bytes, kind: str = "application/json") -> Any:
    headers = {"authorization": "Bearer demo", "content-type": kind}
    return sim.http.post(f"/openai/v1{path}", content=raw, headers=headers)


def asked_wrongly(response: Any) -> Json:
    """OpenAI's own no."""
    assert 400 <= response.status_code < 500, response.text
    error: Json = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    return error


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: one.name)
def test_no_value_of_a_field_breaks_the_model(sim: Simulated, one: Endpoint) -> None:
    for name in one.shapes:
        for value in VALUES:
            body = {"model": "demo", **IN_ORDER[one.name], name: value}
            response = ask(sim, one.path, json.dumps(body).encode())
            assert response.status_code == 200 or asked_wrongly(response), (name, value)


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=", "x"])
def test_no_body_breaks_the_model(sim: Simulated, what: str, kind: str) -> None:
    for one in ENDPOINTS:
        assert asked_wrongly(ask(sim, one.path, ODD[what], kind))


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@pytest.mark.parametrize("stream", [False, True])
def test_a_schema_that_nothing_fits_is_named(sim: Simulated, schema: Any, stream: bool) -> None:
    wish = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    chat = {"model": "demo", **IN_ORDER["chat.completions"], "response_format": wish}
    response = ask(sim, "/chat/completions", json.dumps({**chat, "stream": stream}).encode())
    assert asked_wrongly(response)["param"] == "response_format"
    text = {"format": {"type": "json_schema", "name": "x", "schema": schema}}
    body = {"model": "demo", "input": "hi", "text": text, "stream": stream}
    asked_wrongly(ask(sim, "/responses", json.dumps(body).encode()))


def test_a_field_of_the_wrong_type_is_named_as_openai_names_it(sim: Simulated) -> None:
    body = json.dumps({"model": "demo", "messages": ["hi"]}).encode()
    assert asked_wrongly(ask(sim, "/chat/completions", body)) == {
        "message": "Invalid type for 'messages[0]': expected an object, but got a string instead.",
        "type": "invalid_request_error",
        "param": "messages[0]",
        "code": "invalid_type",
    }


@pytest.mark.parametrize(
    "sound",
    [
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\x10\0data\0\0\0\0",
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0data\0\0\0\0",
        b"RIFF",
        bytes(range(256)),
    ],
)
def test_no_recording_breaks_the_ear(sim: Simulated, sound: bytes) -> None:
    heard = sim.http.post(
        "/openai/v1/audio/transcriptions",
        data={"model": "m"},
        files={"file": ("a.wav", sound, "audio/wav")},
        headers={"authorization": "Bearer demo"},
    )
    assert heard.status_code == 200
    assert heard.json()["text"]


def test_a_picture_that_is_no_base64_is_seen_as_its_kind(sim: Simulated) -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,abc"}}
    body = {"model": "demo", "messages": [{"role": "user", "content": [part]}]}
    answer = ask(sim, "/chat/completions", json.dumps(body).encode()).json()
    assert "image/png" in answer["choices"][0]["message"]["content"]

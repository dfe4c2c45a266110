"""Requests that no client of good will sends: the simulator says no, in LINE's and OpenAI's words.

Nothing here may be answered by a 500, by another's error body, or break what is looked at later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from simulator.line_api import ENDPOINTS, Endpoint
from simulator.model_api import ENDPOINTS as MODELS_ENDPOINTS
from tests.simulated import Simulated, receiving, simulated

Json = dict[str, Any]
NOBODY = "U" + "0" * 32


@pytest.fixture(scope="module")
def running() -> Iterator[Simulated]:
    with receiving() as bot, simulated(bot.url, redelivery=()) as sim:
        yield sim


@pytest.fixture
def sim(running: Simulated) -> Iterator[Simulated]:
    """A simulator that still tells everything after the attack."""
    running.reset()
    yield running
    for path in ("/sim/state", "/sim/calls", "/sim/webhooks", "/sim/model/requests"):
        assert running.http.get(path).status_code == 200


def boxes(deep: int) -> bytes:
    """A Flex message of boxes in boxes."""
    box = '{"type":"box","layout":"vertical","contents":['
    inner = box * deep + "]}" * deep
    message = f'{{"type":"flex","altText":"x","contents":{{"type":"bubble","body":{inner}}}}}'
    return f'{{"messages":[{message}]}}'.encode()


BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "half an object": b'{"a":',
    "a zero byte": b"\0",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "another encoding": '{"to":"x"}'.encode("utf-16"),
    "bytes that are no UTF-8": b'{"replyToken":"\xff"}',
    "no number": b'{"loadingSeconds":NaN}',
    "an endless number": b'{"loadingSeconds":1e999}',
    "a number of 5,000 digits": b'{"loadingSeconds":' + b"9" * 5_000 + b"}",
    "100,000 brackets": b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "500 boxes in boxes": boxes(500),
    "nulls": b'{"replyToken":null,"messages":null,"to":null,"chatId":null,"richMenuId":null}',
    "an unknown half of a pair": b'{"\\ud800":1}',
    "messages of every kind": b'{"messages":[1,null,[],"x",{"type":[]},{"type":{}}]}',
}
WITH_BODY = [one for one in ENDPOINTS if one.verb in ("POST", "PUT") and not one.open]
WITHOUT_BODY = re.compile(r"/leave|/content|/user/.*/richmenu|bulk/unlink|webhook/test")
READ = [one for one in WITH_BODY if not WITHOUT_BODY.search(one.path)]


def filled(path: str) -> str:
    """A path whose parts name nothing that there is."""
    return "/line" + re.sub(r"\{\w+\}", NOBODY, path)


def attack(sim: Simulated, verb: str, path: str, raw: bytes = b"", **headers: str) -> Any:
    given = {"authorization": f"Bearer {sim.token}", "content-type": "application/json"}
    return sim.http.request(verb, path, content=raw, headers={**given, **headers})


def said_no(response: Any) -> str:
    """LINE's own no: its id, a status of the caller's fault, and a message."""
    assert response.headers["x-line-request-id"]
    assert 400 <= response.status_code < 500, response.text
    return str(response.json()["message"])


@pytest.mark.parametrize("what", BODIES)
def test_no_body_breaks_an_endpoint_of_lines(sim: Simulated, what: str) -> None:
    for one in WITH_BODY:
        response = attack(sim, one.verb, filled(one.path), BODIES[what])
        assert response.status_code < 500, (one.path, response.text)
        assert response.headers["x-line-request-id"]
    for one in READ:
        assert said_no(attack(sim, one.verb, filled(one.path), BODIES[what]))


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: f"{one.verb} {one.path}")
def test_another_verb_is_a_405_and_a_slash_more_a_404(sim: Simulated, one: Endpoint) -> None:
    known = {other.verb for other in ENDPOINTS if matches(other, one.path)} | {"HEAD"}
    for verb in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - known:
        response = attack(sim, verb, filled(one.path))
        assert response.status_code == 405
        assert said_no(response) == f"The request method, '{verb}', is not supported"
    assert attack(sim, "HEAD", filled(one.path)).status_code < 500
    assert said_no(attack(sim, one.verb, filled(one.path) + "/")) == "Not found"


def matches(one: Endpoint, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one.path), path) is not None


def test_a_request_has_at_most_2_megabytes(sim: Simulated) -> None:
    amy = sim.user("Amy")
    body = json.dumps({"to": amy, "messages": [{"type": "text", "text": "x"}]}).encode()
    most = 2 * 1_024 * 1_024
    statuses = [
        attack(sim, "POST", "/line/v2/bot/message/push", body.ljust(size)).status_code
        for size in (most - 1, most, most + 1)
    ]
    assert statuses == [200, 200, 413]


def test_90_boxes_in_boxes_are_looked_at(sim: Simulated) -> None:
    path = "/line/v2/bot/message/validate/push"
    assert attack(sim, "POST", path, boxes(90)).status_code == 200


def test_half_of_a_pair_is_shown_as_a_sign_nobody_knows(sim: Simulated) -> None:
    amy = sim.user("Amy")
    raw = b'{"to":"%s","messages":[{"type":"text","text":"a\\ud83db"}]}' % amy.encode()
    assert attack(sim, "POST", "/line/v2/bot/message/push", raw).status_code == 200
    assert sim.texts(amy) == ["a\ufffdb"]


@pytest.mark.parametrize("header", ["", "Bearer", "Basic {}", "{}", "Bearer {}x", "Token {}"])
def test_only_a_bearers_token_opens_the_channel(sim: Simulated, header: str) -> None:
    given = {"authorization": header.format(sim.token)}
    response = sim.http.get("/line/v2/bot/info", headers=given)
    assert response.status_code == 401
    assert said_no(response) == (
        "Authentication failed. Confirm that the access token in the authorization header is valid."
    )


@pytest.mark.parametrize(
    "url",
    ["http://[::1", "http://127.0.0.1:99999/x", "http://例え.テスト:80/", "http://x\\r\\ny:1/"],
)
def test_no_webhook_address_breaks_the_postman(sim: Simulated, url: str) -> None:
    raw = f'{{"endpoint":"{url}"}}'.encode()
    for verb, path in (("PUT", "endpoint"), ("POST", "test")):
        response = attack(sim, verb, f"/line/v2/bot/channel/webhook/{path}", raw)
        assert response.status_code in (200, 400)
    assert sim.text(sim.user("Amy"), "hi", wait=True).event_id


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xd8", b"\xff\xd8\xff\xc0\x00\x02", b"\xff\xd8\xff\xc0\x00\x05\1\2\3", b"\x89PNG"],
)
@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/svg+xml", ""])
def test_no_picture_breaks_a_rich_menu(sim: Simulated, raw: bytes, kind: str) -> None:
    menu = {"size": {"width": 800, "height": 250}, "selected": True, "name": "x", "areas": []}
    body = json.dumps({**menu, "chatBarText": "x"}).encode()
    made = attack(sim, "POST", "/line/v2/bot/richmenu", body).json()["richMenuId"]
    path = f"/line/v2/bot/richmenu/{made}/content"
    assert said_no(attack(sim, "POST", path, raw, **{"content-type": kind}))


# -- the model ---------------------------------------------------------------------------------

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


@pytest.mark.parametrize("one", MODELS_ENDPOINTS, ids=lambda one: one.name)
def test_no_value_of_a_field_breaks_the_model(sim: Simulated, one: Any) -> None:
    for name in one.shapes:
        for value in VALUES:
            body = {"model": "demo", **IN_ORDER[one.name], name: value}
            response = ask(sim, one.path, json.dumps(body).encode())
            assert response.status_code == 200 or asked_wrongly(response), (name, value)


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=", "x"])
def test_no_body_breaks_the_model(sim: Simulated, what: str, kind: str) -> None:
    for one in MODELS_ENDPOINTS:
        assert asked_wrongly(ask(sim, one.path, BODIES[what], kind))


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

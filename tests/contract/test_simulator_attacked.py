"""Requests that no client of good will sends: the simulator says no, in LINE's words.

Nothing here may be answered by a 500, by another's error body, or break what is looked at later.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulator.line_api import ENDPOINTS, Endpoint
from tests.contract.odd import ODD, boxes
from tests.simulated import Simulated, receiving, simulated, wait_until

NOBODY = "U" + "0" * 32
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulated]:
    with receiving() as bot, simulated(bot.url, redelivery=()) as sim:
        yield sim


@pytest.fixture
def sim(running: Simulated) -> Iterator[Simulated]:
    """A simulator that still tells everything after the attack."""
    running.reset()
    yield running
    for path in ("/sim/state", "/sim/calls", "/sim/webhooks"):
        assert running.http.get(path).status_code == 200


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


@pytest.mark.parametrize("what", ODD)
def test_no_body_breaks_an_endpoint_of_lines(sim: Simulated, what: str) -> None:
    for one in WITH_BODY:
        response = attack(sim, one.verb, filled(one.path), ODD[what])
        assert response.status_code < 500, (one.path, response.text)
        assert response.headers["x-line-request-id"]
    for one in READ:
        assert said_no(attack(sim, one.verb, filled(one.path), ODD[what]))


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


@pytest.mark.parametrize("name", ["\ud800", "x\udfff"])
def test_half_of_a_pair_in_a_persons_name_is_shown_as_well(sim: Simulated, name: str) -> None:
    made = sim.http.post("/sim/people", content=json.dumps({"name": name}), headers=JSON)
    assert "\ufffd" in made.json()["name"]


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("path", ["text", "people", "groups", "faults", "event", "redeliver"])
def test_no_body_breaks_the_simulators_own_side(sim: Simulated, path: str, what: str) -> None:
    response = sim.http.post(f"/sim/{path}", content=ODD[what], headers=JSON)
    assert response.status_code in (200, 400, 404)


@pytest.mark.parametrize("times", [-1, 10_001, 10**30])
def test_a_behaviour_is_scripted_for_up_to_10000_times(sim: Simulated, times: int) -> None:
    assert sim.http.put("/sim/model", json={"text": "x", "times": times}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/line/v2/bot/message/push", "/sim/text", "/openai/v1/chat/completions"]
)
def test_who_hangs_up_in_the_middle_of_a_request_leaves_no_trace(
    sim: Simulated, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    hang_up(sim, path, b"{", length=1_000)
    assert sim.http.get("/sim/state").status_code == 200
    assert capfd.readouterr().err == ""


def test_who_hangs_up_in_the_middle_of_a_stream_ends_it(
    sim: Simulated, caplog: pytest.LogCaptureFixture
) -> None:
    messages = [{"role": "user", "content": "long 9000"}]
    raw = json.dumps({"model": "demo", "stream": True, "messages": messages}).encode()
    hang_up(sim, "/openai/v1/chat/completions", raw, length=len(raw), read=100)
    wait_until(sim.model_requests)
    assert sim.http.get("/sim/state").status_code == 200
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    [asked] = sim.model_requests()
    assert asked["answer"] is None


def hang_up(sim: Simulated, path: str, raw: bytes, *, length: int, read: int = 0) -> None:
    """Send a part of a request, or read a part of an answer, and go away."""
    where = urlsplit(sim.url)
    head = f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: {length}\r\n"
    given = f"Content-Type: application/json\r\nAuthorization: Bearer {sim.token}\r\n\r\n"
    with socket.create_connection((str(where.hostname), int(where.port or 0))) as sock:
        sock.sendall(f"{head}{given}".encode() + raw)
        if read:
            sock.recv(read)

"""LINE's SDK drives every operation of LINE's API files, and the files look on.

A new operation in LINE's files fails here, and so does an endpoint that nothing drives.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from linebot.v3.messaging import ApiException  # type: ignore[import-untyped]

from simulator.line_api import ENDPOINTS, Endpoint
from simulator.refusals import UNAUTHORIZED
from tests.contract.operations import DRIVEN, NOT_SPOKEN, REFUSED, Scene, needs_files
from tests.contract.spec import FILE, TOKENS, operations
from tests.simulated import Simulated


@pytest.fixture(scope="module")
def sim(make: Callable[[], Scene]) -> Simulated:
    """For tests that change nothing."""
    return make().sim


@needs_files
def test_every_operation_of_lines_files_is_driven_or_named_with_a_reason() -> None:
    known = {**operations(FILE), **operations(TOKENS)}
    told = [*DRIVEN, *REFUSED, *NOT_SPOKEN]
    assert sorted(known) == sorted(told)


def matches(path: str, url: str) -> bool:
    """Tell whether a URL is one of a path with `{parameters}`."""
    pattern = re.sub(r"\{\w+\}", "[^/?]+", path)
    return re.search(rf"/line{pattern}(\?|$)", url) is not None


@pytest.mark.parametrize("operation", DRIVEN)
def test_the_sdk_is_answered_as_lines_file_says(scene: Scene, operation: str) -> None:
    DRIVEN[operation](scene)
    exchanges = scene.pool.exchanges
    assert exchanges
    assert all(exchange.status < 300 for exchange in exchanges)
    if FILE.exists():
        verb, path = {**operations(FILE), **operations(TOKENS)}[operation]
        assert any(one.method == verb and matches(path, one.url) for one in exchanges)


@pytest.mark.parametrize("operation", REFUSED)
def test_lists_of_people_are_not_for_an_ordinary_account(scene: Scene, operation: str) -> None:
    with pytest.raises(ApiException) as error:
        REFUSED[operation](scene)
    assert error.value.status == 403


def test_every_endpoint_of_the_simulator_is_driven(make: Callable[[], Scene]) -> None:
    driven = set()
    for drive in (*DRIVEN.values(), *REFUSED.values()):
        with suppress(ApiException):  # who is refused has asked, too
            drive(scene := make())
        asked = [(one.method, urlsplit(one.url).path) for one in scene.pool.exchanges]
        driven |= {endpoint_of(*one) for one in asked}
    assert set(ENDPOINTS) - driven == set()


def endpoint_of(verb: str, path: str) -> Endpoint | None:
    """The endpoint that answers: the first that fits."""
    fitting = (one for one in ENDPOINTS if one.verb == verb and matches(one.path, path))
    return next(fitting, None)


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: f"{one.verb} {one.path}")
def test_every_endpoint_but_those_that_give_tokens_wants_a_token(
    sim: Simulated, one: Endpoint
) -> None:
    path = "/line" + re.sub(r"\{\w+\}", "x", one.path)
    for headers in ({}, {"authorization": "Bearer wrong"}):
        found = sim.http.request(one.verb, path, headers=headers)
        assert (found.status_code == 401) != one.open
        assert one.open == ("oauth" in one.path)
        assert one.open or found.json() == {"message": UNAUTHORIZED}


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: f"{one.verb} {one.path}")
def test_a_retry_key_is_taken_only_where_messages_are_counted(
    sim: Simulated, one: Endpoint
) -> None:
    path = "/line" + re.sub(r"\{\w+\}", "x", one.path)
    given = {"authorization": f"Bearer {sim.token}", "x-line-retry-key": str(uuid.uuid4())}
    found = sim.http.request(one.verb, path, headers=given)
    refused = b"X-Line-Retry-Key is not supported" in found.content
    assert refused != one.path.endswith(("message/push", "message/multicast", "message/broadcast"))


@needs_files
def test_what_is_not_spoken_answers_404(scene: Scene) -> None:
    for name in NOT_SPOKEN.keys() & operations(FILE).keys():
        verb, path = operations(FILE)[name]
        bearer = {"authorization": f"Bearer {scene.sim.token}"}
        found = scene.sim.http.request(
            verb, "/line" + re.sub(r"\{\w+\}", "x", path), headers=bearer
        )
        assert (name, found.status_code) == (name, 404)
        assert "the simulator does not" in found.json()["message"]

"""What is counted and what is free, the month's quota, and retry keys."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from linebot.v3.messaging import ApiException, TextMessage  # type: ignore[import-untyped]

from tests.contract.operations import MESSAGES, Scene, refused

NO_MORE = (429, "You have reached your monthly limit.")
WRONG_TO = "The property, 'to', in the request body is invalid (line: -, column: -)"


def of_five(scene: Scene) -> str:
    """A group of five people and the bot."""
    return scene.sim.group("五人", *(scene.sim.user(f"friend {number}") for number in range(5)))


SPENDING: dict[str, tuple[int, Callable[[Scene], Any]]] = {
    "a push": (1, lambda s: s.api.push_message({"to": s.amy, "messages": MESSAGES})),
    "a push of five messages": (
        1,
        lambda s: s.api.push_message({"to": s.amy, "messages": MESSAGES * 5}),
    ),
    "a push to a group of five": (
        5,
        lambda s: s.api.push_message({"to": of_five(s), "messages": MESSAGES}),
    ),
    "a multicast to two": (
        2,
        lambda s: s.api.multicast({"to": [s.amy, s.sim.user("Ben")], "messages": MESSAGES}),
    ),
}


@pytest.mark.parametrize("what", SPENDING)
@pytest.mark.parametrize(("spare", "taken"), [(1, True), (0, True), (-1, False)])
def test_what_is_counted_ends_with_the_quota(
    scene: Scene, what: str, spare: int, taken: bool
) -> None:
    cost, send = SPENDING[what]
    scene.sim.quota(100, pushed=100 - cost - spare)
    if taken:
        send(scene)
        assert scene.api.get_message_quota_consumption().total_usage == 100 - spare
        return
    with pytest.raises(ApiException) as error:
        send(scene)
    assert refused(error) == NO_MORE
    assert scene.api.get_message_quota_consumption().total_usage == 100 - cost - spare


def test_a_broadcast_counts_every_friend(scene: Scene) -> None:
    friends = [person for person in scene.sim.state()["people"] if person["follows"]]
    scene.sim.quota(len(friends))
    scene.api.broadcast({"messages": MESSAGES})
    with pytest.raises(ApiException) as error:
        scene.api.broadcast({"messages": MESSAGES})
    assert refused(error) == NO_MORE


def test_a_reply_is_free_when_nothing_is_left(scene: Scene) -> None:
    scene.sim.quota(0)
    scene.api.reply_message({"replyToken": scene.reply_token, "messages": MESSAGES})
    assert scene.sim.texts(scene.amy) == ["哈囉"]
    assert scene.api.get_message_quota().value == 0


def test_a_channel_may_have_no_limit(scene: Scene) -> None:
    scene.sim.http.put("/sim/quota", json={"quota": None, "pushed": 10**6})
    scene.api.push_message({"to": scene.amy, "messages": MESSAGES})
    assert scene.api.get_message_quota().type == "none"


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("U1", WRONG_TO),
        ("X" + "0" * 32, WRONG_TO),
        ("U" + "f" * 32, "Failed to send messages"),
        ("C" + "f" * 32, "Failed to send messages"),
    ],
)
def test_a_push_to_nobody_is_refused(scene: Scene, to: str, message: str) -> None:
    with pytest.raises(ApiException) as error:
        scene.api.push_message({"to": to, "messages": MESSAGES})
    assert refused(error) == (400, message)


def test_a_multicast_counts_friends_and_a_retry_key_holds(scene: Scene) -> None:
    sim = scene.sim
    ben, cat = sim.user("Ben"), sim.user("Cat")
    sim.block(cat)
    key = str(uuid.uuid4())
    request = {"to": [scene.amy, ben, cat, ben], "messages": MESSAGES}
    first = scene.api.multicast_with_http_info(request, x_line_retry_key=key)
    with pytest.raises(ApiException) as error:
        scene.api.multicast(request, x_line_retry_key=key)
    assert error.value.status == 409
    accepted = error.value.headers["x-line-accepted-request-id"]
    assert accepted == first.headers["x-line-request-id"]
    assert [len(sim.texts(who)) for who in (scene.amy, ben, cat)] == [1, 1, 0]
    assert sim.state()["quota"]["pushed"] == 2
    sim.quota(3, pushed=2)
    with pytest.raises(ApiException) as error:
        scene.api.multicast(request)
    assert error.value.status == 429


def test_a_push_to_who_blocked_the_bot_neither_arrives_nor_counts(scene: Scene) -> None:
    scene.sim.block(scene.amy)
    assert scene.api.push_message({"to": scene.amy, "messages": MESSAGES}).sent_messages
    assert scene.sim.texts(scene.amy) == []
    assert scene.sim.state()["quota"]["pushed"] == 0


# -- retry keys --------------------------------------------------------------------------------


def test_a_retry_key_makes_a_push_count_once(scene: Scene) -> None:
    key, request = str(uuid.uuid4()), {"to": scene.amy, "messages": MESSAGES}
    first = scene.api.push_message_with_http_info(request, x_line_retry_key=key)
    for again in (key, key.upper()):
        with pytest.raises(ApiException) as error:
            scene.api.push_message(request, x_line_retry_key=again)
        assert refused(error) == (409, "The retry key is already accepted")
        accepted = error.value.headers["x-line-accepted-request-id"]
        assert accepted == first.headers["x-line-request-id"]
        told = json.loads(error.value.body)["sentMessages"]
        assert [m["id"] for m in told] == [m.id for m in first.data.sent_messages]
    assert scene.sim.texts(scene.amy) == ["哈囉"]
    assert scene.api.get_message_quota_consumption().total_usage == 1


def test_a_key_of_a_push_that_was_refused_may_be_used_again(scene: Scene) -> None:
    key = str(uuid.uuid4())
    with pytest.raises(ApiException):
        scene.api.push_message(
            {"to": scene.amy, "messages": [TextMessage(text="")]}, x_line_retry_key=key
        )
    scene.api.push_message({"to": scene.amy, "messages": MESSAGES}, x_line_retry_key=key)
    assert scene.sim.texts(scene.amy) == ["哈囉"]


def test_a_push_that_was_carried_out_before_a_fault_is_known_by_its_key(scene: Scene) -> None:
    key, request = str(uuid.uuid4()), {"to": scene.amy, "messages": MESSAGES}
    scene.sim.fault("/v2/bot/message/push", status=500, accepted=True)
    statuses = []
    for _ in range(2):
        with pytest.raises(ApiException) as error:
            scene.api.push_message(request, x_line_retry_key=key)
        statuses.append(error.value.status)
    assert statuses == [500, 409]
    assert scene.sim.texts(scene.amy) == ["哈囉"]


UUID = "123e4567-e89b-12d3-a456-426614174000"


@pytest.mark.parametrize("key", ["x", UUID[:-1], f"{UUID}0", f"{UUID[:-1]}g", f"{{{UUID}}}"])
def test_a_retry_key_is_a_uuid(scene: Scene, key: str) -> None:
    with pytest.raises(ApiException) as error:
        scene.api.push_message({"to": scene.amy, "messages": MESSAGES}, x_line_retry_key=key)
    assert error.value.status == 400
    assert scene.sim.texts(scene.amy) == []

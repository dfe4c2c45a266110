"""What the Messaging API's answers say: content, counting, groups, tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiException,
    PushMessageRequest,
    TextMessage,
)

from simulator.access import LONG, STATELESS, Access
from simulator.channel import Channel
from tests.contract.operations import CLIENT, MESSAGES, Scene, issued_token, png, refused

Json = dict[str, Any]
BOX = {"type": "box", "layout": "vertical", "contents": []}
EMPTY: Json = {"type": "bubble", "body": BOX}


def test_content_is_the_bytes_that_were_sent(scene: Scene) -> None:
    found = scene.blob.get_message_content_with_http_info(scene.picture)
    assert bytes(found.data) == png(4, 3)
    assert found.headers["content-type"] == "image/png"


def test_content_is_prepared_first_and_gone_when_unsent(scene: Scene) -> None:
    sim, amy = scene.sim, scene.amy
    voice = sim.media(amy, b"voice", kind="audio", media_type="audio/mp4", preparing=600).message_id
    waiting = scene.blob.get_message_content_with_http_info(voice)
    assert (waiting.status_code, waiting.data) == (202, None)
    told = scene.blob.get_message_content_transcoding_by_message_id(voice)
    assert told.status == "processing"
    sim.unsend(amy, voice or "")
    with pytest.raises(ApiException) as error:
        scene.blob.get_message_content(voice)
    assert error.value.status == 410
    for stranger in ("0", sim.text(amy, "words have no content").message_id):
        with pytest.raises(ApiException) as error:
            scene.blob.get_message_content(stranger)
        assert error.value.status == 404


def test_validating_sends_nothing_and_finds_what_is_wrong(scene: Scene) -> None:
    scene.api.validate_push({"messages": MESSAGES})
    with pytest.raises(ApiException) as error:
        scene.api.validate_push({"messages": [TextMessage(text="")]})
    assert refused(error)[0] == 400
    assert scene.sim.texts(scene.amy) == []


def test_a_groups_name_members_and_size(scene: Scene) -> None:
    scene.sim.joins(scene.group, scene.sim.user("Ben"))
    assert scene.api.get_group_summary(scene.group).group_name == "午餐"
    assert scene.api.get_group_member_count(scene.group).count == 2
    member = scene.api.get_group_member_profile(scene.group, scene.amy)
    assert member.display_name == "Amy"
    calls: tuple[Callable[[], Any], ...] = (
        lambda: scene.api.get_group_member_profile(scene.group, "U" + "e" * 32),
        lambda: scene.api.get_group_summary("C" + "e" * 32),
    )
    for call in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert refused(error) == (404, "Not found")


def test_a_group_is_no_room_and_a_room_no_group(scene: Scene) -> None:
    assert scene.api.get_room_member_profile(scene.room, scene.amy).display_name == "Amy"
    calls: tuple[Callable[[], Any], ...] = (
        lambda: scene.api.get_group_member_profile(scene.room, scene.amy),
        lambda: scene.api.get_room_member_profile(scene.group, scene.amy),
    )
    for call in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert refused(error) == (404, "Not found")


def test_what_people_can_quote_has_a_token_and_the_rest_has_none(scene: Scene) -> None:
    picture = "https://example.com/a.png"
    place = {"latitude": 25.0, "longitude": 121.5}
    messages = [
        {"type": "text", "text": "x"},
        {"type": "image", "originalContentUrl": picture, "previewImageUrl": picture},
        {"type": "flex", "altText": "x", "contents": EMPTY},
        {"type": "audio", "originalContentUrl": picture, "duration": 1_000},
        {"type": "location", "title": "x", "address": "y", **place},
    ]
    request = PushMessageRequest.from_dict({"to": scene.amy, "messages": messages})
    sent = scene.api.push_message(request).sent_messages
    assert [bool(message.quote_token) for message in sent] == [True] * 3 + [False] * 2


def test_a_quote_is_shown_in_its_own_chat_and_refused_elsewhere(scene: Scene) -> None:
    (sent,) = scene.api.push_message({"to": scene.amy, "messages": MESSAGES}).sent_messages
    quoting = {"messages": [TextMessage(text="?", quoteToken=sent.quote_token)]}
    scene.api.push_message({"to": scene.amy, **quoting})
    shown = scene.sim.messages(scene.amy)
    assert shown[-1]["content"]["quoteToken"] == shown[-2]["quote_token"]
    token = scene.sim.text(scene.amy, "hi", chat=scene.group).token
    calls: tuple[Callable[[], Any], ...] = (
        lambda: scene.api.push_message({"to": scene.group, **quoting}),
        lambda: scene.api.reply_message({"replyToken": token, **quoting}),
    )
    for call in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert error.value.status == 400
    scene.api.reply_message({"replyToken": token, "messages": MESSAGES})
    assert scene.sim.texts(scene.group) == ["哈囉"]


def test_a_bot_that_left_a_group_can_no_longer_speak_there(scene: Scene) -> None:
    token = scene.sim.text(scene.amy, "hi", chat=scene.group).token
    scene.api.leave_group(scene.group)
    calls: tuple[Callable[[], Any], ...] = (
        lambda: scene.api.push_message({"to": scene.group, "messages": MESSAGES}),
        lambda: scene.api.reply_message({"replyToken": token, "messages": MESSAGES}),
    )
    for call in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert error.value.status == 400
    assert scene.sim.texts(scene.group) == []
    assert scene.sim.webhooks()[-1]["type"] == "leave"


def opens(scene: Scene, token: str) -> bool:
    """Whether the channel opens to an access token."""
    bearer = {"authorization": f"Bearer {token}"}
    return scene.sim.http.get("/line/v2/bot/info", headers=bearer).status_code == 200


def test_a_short_lived_token_opens_the_channel_until_it_is_revoked(scene: Scene) -> None:
    token = issued_token(scene)
    assert opens(scene, token)
    scene.oauth.revoke_channel_token(token)
    assert not opens(scene, token)


def test_a_stateless_token_lives_15_minutes_and_cannot_be_revoked(scene: Scene) -> None:
    issued = scene.oauth.issue_stateless_channel_token_by_client_secret(**CLIENT)
    assert (issued.token_type, issued.expires_in) == ("Bearer", 900)
    scene.oauth.revoke_channel_token(issued.access_token)
    assert opens(scene, issued.access_token)


@pytest.mark.parametrize("life", [STATELESS, LONG])
def test_a_token_opens_until_its_life_is_over(life: int) -> None:
    now = [0.0]
    access = Access(Channel(), clock=lambda: now[0])
    token = access.issue(life)
    seen = []
    for now[0] in (life - 1.0, life - 0.001, float(life)):
        seen.append(access.valid(token))
    assert seen == [True, True, False]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion": "a.b.c"}, "invalid_request"),
    ],
)
def test_a_token_is_refused_with_the_error_of_oauth(scene: Scene, form: Json, error: str) -> None:
    asked = {"grant_type": "client_credentials", **CLIENT, **form}
    found = scene.sim.http.post("/line/oauth2/v3/token", data=asked)
    assert (found.status_code, found.json()["error"]) == (400, error)


def test_calls_are_remembered_with_their_answers(scene: Scene) -> None:
    scene.api.get_profile(scene.amy)
    scene.blob.get_message_content(scene.picture)
    profile, content = scene.sim.calls()[-2:]
    assert profile["answer"]["displayName"] == "Amy"
    assert content["answer"] == {"type": "image/png", "bytes": len(png(4, 3))}

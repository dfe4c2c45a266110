"""LINE's SDK drives every operation of LINE's API files, and the files look on.

An operation is in `DRIVEN` or in `NOT_SPOKEN` with a reason; a new one in LINE's files fails here.
"""

from __future__ import annotations

import json
import re
import struct
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    RichMenuRequest,
    TextMessage,
)
from linebot.v3.oauth import ApiClient as OAuthClient  # type: ignore[import-untyped]
from linebot.v3.oauth import ChannelAccessToken
from linebot.v3.oauth import Configuration as OAuthConfiguration

from simulator.channel import Channel
from tests.contract.spec import FILE, TOKENS, CheckedPool, operations
from tests.simulated import Receiver, Simulated, receiving, simulated

Json = dict[str, Any]
NOT_JSON = "the simulated channel has no key for assertions"
NOT_SPOKEN: dict[str, str] = {
    "narrowcast": "audiences live in LINE's own console",
    "getNarrowcastProgress": "audiences live in LINE's own console",
    "pushMessagesByPhone": "only for LINE's partners",
    "getPNPMessageStatistics": "only for LINE's partners",
    "issueLinkToken": "account links need a web service beside the bot",
    "richMenuBatch": "batches of rich menus are not simulated",
    "validateRichMenuBatchRequest": "batches of rich menus are not simulated",
    "getRichMenuBatchProgress": "batches of rich menus are not simulated",
    "getAggregationUnitUsage": "statistics are not simulated",
    "getAggregationUnitNameList": "statistics are not simulated",
    "getMembershipSubscription": "memberships are sold in LINE's own console",
    "getMembershipList": "memberships are sold in LINE's own console",
    "getJoinedMembershipUsers": "memberships are sold in LINE's own console",
    "createCoupon": "coupons are not simulated",
    "listCoupon": "coupons are not simulated",
    "getCouponDetail": "coupons are not simulated",
    "closeCoupon": "coupons are not simulated",
    "getsAllValidChannelAccessTokenKeyIds": NOT_JSON,
    "issueChannelTokenByJWT": NOT_JSON,
}


def png(width: int, height: int) -> bytes:
    """A grey picture of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@dataclass(slots=True, kw_only=True)
class Scene:
    """A person, a group with the bot in it, a picture sent, and a rich menu that can be shown."""

    sim: Simulated
    api: Any
    blob: Any
    oauth: Any
    amy: str
    group: str
    room: str
    picture: str
    reply_token: str
    read_token: str
    menu: str = ""

    def make_menu(self) -> str:
        """A rich menu with its picture."""
        menu = str(self.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id)
        self.blob.set_rich_menu_image(menu, png(800, 250), _headers={"Content-Type": "image/png"})
        return menu


MESSAGES = [TextMessage(text="哈囉")]
AREA = {"bounds": {"x": 0, "y": 0, "width": 800, "height": 250}}
MENU: Json = {
    "size": {"width": 800, "height": 250},
    "selected": True,
    "name": "menu",
    "chatBarText": "打開選單",
    "areas": [{**AREA, "action": {"type": "message", "text": "說明"}}],
}
CLIENT = {"client_id": Channel().id, "client_secret": Channel().secret}


def _with_default(s: Scene) -> Any:
    s.api.set_default_rich_menu(s.menu)
    return s.api.get_default_rich_menu_id()


def _with_link(s: Scene) -> Any:
    s.api.link_rich_menu_id_to_user(s.amy, s.menu)
    return s.api.get_rich_menu_id_of_user(s.amy)


def _alias(s: Scene, name: str) -> str:
    s.api.create_rich_menu_alias({"richMenuAliasId": name, "richMenuId": s.menu})
    return name


def _token(s: Scene) -> str:
    form = {"grant_type": "client_credentials", **CLIENT}
    return str(s.oauth.issue_channel_token(**form).access_token)


DRIVEN: dict[str, Callable[[Scene], Any]] = {
    "getWebhookEndpoint": lambda s: s.api.get_webhook_endpoint(),
    "setWebhookEndpoint": lambda s: s.api.set_webhook_endpoint(
        {"endpoint": "https://example.com/"}
    ),
    "testWebhookEndpoint": lambda s: s.api.test_webhook_endpoint(test_webhook_endpoint_request={}),
    "getMessageContent": lambda s: s.blob.get_message_content(s.picture),
    "getMessageContentPreview": lambda s: s.blob.get_message_content_preview(s.picture),
    "getMessageContentTranscodingByMessageId": lambda s: (
        s.blob.get_message_content_transcoding_by_message_id(s.picture)
    ),
    "replyMessage": lambda s: s.api.reply_message(
        {"replyToken": s.reply_token, "messages": MESSAGES}
    ),
    "pushMessage": lambda s: s.api.push_message({"to": s.amy, "messages": MESSAGES}),
    "multicast": lambda s: s.api.multicast({"to": [s.amy], "messages": MESSAGES}),
    "broadcast": lambda s: s.api.broadcast({"messages": MESSAGES}),
    "getMessageQuota": lambda s: s.api.get_message_quota(),
    "getMessageQuotaConsumption": lambda s: s.api.get_message_quota_consumption(),
    "getNumberOfSentReplyMessages": lambda s: s.api.get_number_of_sent_reply_messages("20260101"),
    "getNumberOfSentPushMessages": lambda s: s.api.get_number_of_sent_push_messages("20260101"),
    "getNumberOfSentMulticastMessages": lambda s: s.api.get_number_of_sent_multicast_messages(
        "20260101"
    ),
    "getNumberOfSentBroadcastMessages": lambda s: s.api.get_number_of_sent_broadcast_messages(
        "20260101"
    ),
    "validateReply": lambda s: s.api.validate_reply({"messages": MESSAGES}),
    "validatePush": lambda s: s.api.validate_push({"messages": MESSAGES}),
    "validateMulticast": lambda s: s.api.validate_multicast({"messages": MESSAGES}),
    "validateNarrowcast": lambda s: s.api.validate_narrowcast({"messages": MESSAGES}),
    "validateBroadcast": lambda s: s.api.validate_broadcast({"messages": MESSAGES}),
    "getProfile": lambda s: s.api.get_profile(s.amy),
    "getBotInfo": lambda s: s.api.get_bot_info(),
    "getGroupMemberProfile": lambda s: s.api.get_group_member_profile(s.group, s.amy),
    "getRoomMemberProfile": lambda s: s.api.get_room_member_profile(s.room, s.amy),
    "getGroupSummary": lambda s: s.api.get_group_summary(s.group),
    "getGroupMemberCount": lambda s: s.api.get_group_member_count(s.group),
    "getRoomMemberCount": lambda s: s.api.get_room_member_count(s.room),
    "leaveGroup": lambda s: s.api.leave_group(s.group),
    "leaveRoom": lambda s: s.api.leave_room(s.room),
    "createRichMenu": lambda s: s.api.create_rich_menu(RichMenuRequest.from_dict(MENU)),
    "validateRichMenuObject": lambda s: s.api.validate_rich_menu_object(
        RichMenuRequest.from_dict(MENU)
    ),
    "setRichMenuImage": lambda s: s.make_menu(),
    "getRichMenuImage": lambda s: s.blob.get_rich_menu_image(s.menu),
    "getRichMenu": lambda s: s.api.get_rich_menu(s.menu),
    "getRichMenuList": lambda s: s.api.get_rich_menu_list(),
    "deleteRichMenu": lambda s: s.api.delete_rich_menu(s.menu),
    "setDefaultRichMenu": lambda s: s.api.set_default_rich_menu(s.menu),
    "getDefaultRichMenuId": _with_default,
    "cancelDefaultRichMenu": lambda s: s.api.cancel_default_rich_menu(),
    "linkRichMenuIdToUser": lambda s: s.api.link_rich_menu_id_to_user(s.amy, s.menu),
    "getRichMenuIdOfUser": _with_link,
    "unlinkRichMenuIdFromUser": lambda s: s.api.unlink_rich_menu_id_from_user(s.amy),
    "linkRichMenuIdToUsers": lambda s: s.api.link_rich_menu_id_to_users(
        {"richMenuId": s.menu, "userIds": [s.amy]}
    ),
    "unlinkRichMenuIdFromUsers": lambda s: s.api.unlink_rich_menu_id_from_users(
        {"userIds": [s.amy]}
    ),
    "createRichMenuAlias": lambda s: _alias(s, "home"),
    "getRichMenuAlias": lambda s: s.api.get_rich_menu_alias(_alias(s, "home")),
    "updateRichMenuAlias": lambda s: s.api.update_rich_menu_alias(
        _alias(s, "home"), {"richMenuId": s.menu}
    ),
    "deleteRichMenuAlias": lambda s: s.api.delete_rich_menu_alias(_alias(s, "home")),
    "getRichMenuAliasList": lambda s: s.api.get_rich_menu_alias_list(),
    "markMessagesAsRead": lambda s: s.api.mark_messages_as_read({"chat": {"userId": s.amy}}),
    "markMessagesAsReadByToken": lambda s: s.api.mark_messages_as_read_by_token(
        {"markAsReadToken": s.read_token}
    ),
    "showLoadingAnimation": lambda s: s.api.show_loading_animation(
        {"chatId": s.amy, "loadingSeconds": 20}
    ),
    "issueStatelessChannelToken": lambda s: s.oauth.issue_stateless_channel_token_by_client_secret(
        **CLIENT
    ),
    "issueChannelToken": _token,
    "verifyChannelToken": lambda s: s.oauth.verify_channel_token(_token(s)),
    "verifyChannelTokenByJWT": lambda s: s.oauth.verify_channel_token_by_jwt(_token(s)),
    "revokeChannelToken": lambda s: s.oauth.revoke_channel_token(_token(s)),
    "revokeChannelTokenByJWT": lambda s: s.oauth.revoke_channel_token_by_jwt(
        **CLIENT, access_token=_token(s)
    ),
}
#: LINE answers these to verified and premium accounts only.
REFUSED: dict[str, Callable[[Scene], Any]] = {
    "getFollowers": lambda s: s.api.get_followers(),
    "getGroupMembersIds": lambda s: s.api.get_group_members_ids(s.group),
    "getRoomMembersIds": lambda s: s.api.get_room_members_ids(s.room),
}
needs_files = pytest.mark.skipif(not FILE.exists(), reason="LINE's OpenAPI files are not here")


@pytest.fixture(scope="module")
def bot() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def running(bot: Receiver) -> Iterator[Simulated]:
    with simulated(bot.url, redelivery=()) as sim:
        yield sim


@pytest.fixture(scope="module")
def pool() -> Iterator[CheckedPool]:
    pool = CheckedPool()
    yield pool
    pool.clear()


@pytest.fixture
def scene(running: Simulated, bot: Receiver, pool: CheckedPool) -> Scene:
    running.reset()
    running.webhook(bot.url)
    pool.exchanges.clear()
    amy = running.user("Amy", language="zh-Hant")
    host = Configuration(host=running.line_url, access_token=running.token)
    client, oauth = ApiClient(host), OAuthClient(OAuthConfiguration(host=running.line_url))
    for one in (client, oauth):
        one.rest_client.pool_manager = pool
    sent = running.text(amy, "hi")
    made = Scene(
        sim=running,
        api=MessagingApi(client),
        blob=MessagingApiBlob(client),
        oauth=ChannelAccessToken(oauth),
        amy=amy,
        group=running.group("午餐", amy),
        room=running.group("", amy, kind="room"),
        picture=str(running.media(amy, png(4, 3), kind="image", media_type="image/png").message_id),
        reply_token=str(sent.token),
        read_token=sent.event["message"]["markAsReadToken"],
    )
    made.menu = made.make_menu()
    pool.exchanges.clear()
    return made


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
def test_the_sdk_is_answered_as_lines_file_says(
    scene: Scene, pool: CheckedPool, operation: str
) -> None:
    DRIVEN[operation](scene)
    assert pool.exchanges
    assert all(exchange.status < 300 for exchange in pool.exchanges)
    if FILE.exists():
        verb, path = {**operations(FILE), **operations(TOKENS)}[operation]
        assert any(one.method == verb and matches(path, one.url) for one in pool.exchanges)


@pytest.mark.parametrize("operation", REFUSED)
def test_lists_of_people_are_not_for_an_ordinary_account(scene: Scene, operation: str) -> None:
    with pytest.raises(ApiException) as error:
        REFUSED[operation](scene)
    assert error.value.status == 403


@needs_files
def test_what_is_not_spoken_answers_404(scene: Scene) -> None:
    for name in NOT_SPOKEN.keys() & operations(FILE).keys():
        verb, path = operations(FILE)[name]
        bearer = {"authorization": f"Bearer {scene.sim.token}"}
        found = scene.sim.http.request(
            verb, "/line" + re.sub(r"\{\w+\}", "x", path), headers=bearer
        )
        assert (name, found.status_code) == (name, 404)


# -- what the answers say ----------------------------------------------------------------------


def refused(error: pytest.ExceptionInfo[ApiException]) -> tuple[int, str]:
    return error.value.status, json.loads(error.value.body)["message"]


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


def test_a_stateless_token_opens_the_channel_and_a_revoked_one_does_not(scene: Scene) -> None:
    issued = scene.oauth.issue_stateless_channel_token_by_client_secret(**CLIENT)
    assert (issued.token_type, issued.expires_in) == ("Bearer", 900)
    info = {"authorization": f"Bearer {issued.access_token}"}
    assert scene.sim.http.get("/line/v2/bot/info", headers=info).status_code == 200
    scene.oauth.revoke_channel_token(issued.access_token)
    assert scene.sim.http.get("/line/v2/bot/info", headers=info).status_code == 401


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


def test_a_rich_menu_is_shown_only_with_its_picture(scene: Scene) -> None:
    bare = scene.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id
    calls: tuple[Callable[[], Any], ...] = (
        lambda: scene.api.set_default_rich_menu(bare),
        lambda: scene.api.link_rich_menu_id_to_user(scene.amy, bare),
    )
    for call in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert refused(error) == (400, "must upload richmenu image before applying it to user")
    with pytest.raises(ApiException) as error:
        scene.api.set_default_rich_menu("richmenu-nothing")
    assert refused(error) == (404, "richmenu not found")


def test_what_shows_a_rich_menu_goes_with_it(scene: Scene) -> None:
    scene.api.set_default_rich_menu(scene.menu)
    scene.api.link_rich_menu_id_to_user(scene.amy, scene.menu)
    _alias(scene, "home")
    scene.api.delete_rich_menu(scene.menu)
    calls: tuple[tuple[Callable[[], Any], str], ...] = (
        (scene.api.get_default_rich_menu_id, "no default richmenu"),
        (lambda: scene.api.get_rich_menu_id_of_user(scene.amy), "the user has no richmenu"),
        (lambda: scene.api.get_rich_menu_alias("home"), "richmenu alias not found"),
    )
    for call, message in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert refused(error) == (404, message)


def test_an_alias_is_taken_once(scene: Scene) -> None:
    _alias(scene, "home")
    with pytest.raises(ApiException) as error:
        _alias(scene, "home")
    assert refused(error) == (400, "conflict richmenu alias id")


JPEG = (
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b08")
    + struct.pack(">HH", 250, 800)
    + bytes.fromhex("01011100ffd9")
)


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (JPEG, "image/jpeg", 200),
        (png(800, 250), "image/png", 200),
        (png(800, 250) + b"\0" * (1024 * 1024 - len(png(800, 250))), "image/png", 200),
        (png(800, 250) + b"\0" * (1024 * 1024 + 1 - len(png(800, 250))), "image/png", 413),
        (png(800, 251), "image/png", 400),
        (png(800, 250), "image/jpeg", 400),
        (b"GIF89a", "image/png", 400),
        (png(800, 250), "image/gif", 415),
    ],
)
def test_a_rich_menus_picture_has_its_size_and_kind(
    scene: Scene, raw: bytes, kind: str, status: int
) -> None:
    menu = scene.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id
    headers = {"authorization": f"Bearer {scene.sim.token}", "content-type": kind}
    path = f"/line/v2/bot/richmenu/{menu}/content"
    assert scene.sim.http.post(path, content=raw, headers=headers).status_code == status


def sized(width: int, height: int) -> Json:
    return {**MENU, "size": {"width": width, "height": height}, "areas": []}


@pytest.mark.parametrize(
    ("menu", "taken"),
    [
        (sized(799, 250), False),
        (sized(800, 250), True),
        (sized(2_500, 1_686), True),
        (sized(2_501, 1_686), False),
        (sized(800, 249), False),
        (sized(1_450, 1_000), True),
        (sized(1_449, 1_000), False),
        ({**MENU, "chatBarText": "字" * 14}, True),
        ({**MENU, "chatBarText": "字" * 15}, False),
        ({**MENU, "name": "x" * 300}, True),
        ({**MENU, "name": "x" * 301}, False),
        ({**MENU, "areas": MENU["areas"] * 20}, True),
        ({**MENU, "areas": MENU["areas"] * 21}, False),
        ({**MENU, "areas": [{**MENU["areas"][0], "bounds": {**AREA["bounds"], "x": 1}}]}, False),
    ],
)
def test_each_limit_of_a_rich_menu(scene: Scene, menu: Json, taken: bool) -> None:
    bearer = {"authorization": f"Bearer {scene.sim.token}"}
    found = scene.sim.http.post("/line/v2/bot/richmenu/validate", json=menu, headers=bearer)
    assert found.status_code == (200 if taken else 400)


@pytest.mark.parametrize(("length", "taken"), [(31, True), (32, True), (33, False)])
def test_an_alias_has_up_to_32_signs(scene: Scene, length: int, taken: bool) -> None:
    body = {"richMenuAliasId": "a" * length, "richMenuId": scene.menu}
    bearer = {"authorization": f"Bearer {scene.sim.token}"}
    found = scene.sim.http.post("/line/v2/bot/richmenu/alias", json=body, headers=bearer)
    assert found.status_code == (200 if taken else 400)


def test_calls_are_remembered_with_their_answers(scene: Scene) -> None:
    scene.api.get_profile(scene.amy)
    scene.blob.get_message_content(scene.picture)
    profile, content = scene.sim.calls()[-2:]
    assert profile["answer"]["displayName"] == "Amy"
    assert content["answer"] == {"type": "image/png", "bytes": len(png(4, 3))}

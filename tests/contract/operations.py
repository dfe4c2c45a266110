"""Every operation of LINE's API files as a call of LINE's SDK, and the scene it is made in.

An operation is in `DRIVEN`, in `REFUSED`, or in `NOT_SPOKEN` with a reason.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    RichMenuBatchLinkOperation,
    RichMenuBatchRequest,
    RichMenuRequest,
    TextMessage,
)
from linebot.v3.oauth import ApiClient as OAuthClient  # type: ignore[import-untyped]
from linebot.v3.oauth import ChannelAccessToken
from linebot.v3.oauth import Configuration as OAuthConfiguration

from simulator.channel import Channel
from tests.contract.spec import FILE, CheckedPool
from tests.simulated import Simulated, receiving, simulated

Json = dict[str, Any]
needs_files = pytest.mark.skipif(not FILE.exists(), reason="LINE's OpenAPI files are not here")
NOT_JSON = "the simulated channel has no key for assertions"
NOT_SPOKEN: dict[str, str] = {
    "narrowcast": "audiences live in LINE's own console",
    "getNarrowcastProgress": "audiences live in LINE's own console",
    "pushMessagesByPhone": "only for LINE's partners",
    "getPNPMessageStatistics": "only for LINE's partners",
    "issueLinkToken": "account links need a web service beside the bot",
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
    pool: CheckedPool = field(repr=False)
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


def make_alias(s: Scene, name: str) -> str:
    s.api.create_rich_menu_alias({"richMenuAliasId": name, "richMenuId": s.menu})
    return name


def begin_batch(s: Scene) -> str:
    """Everybody who has the scene's menu gets another; the id to ask for it by."""
    moved = RichMenuBatchLinkOperation(**{"from": s.menu, "to": s.make_menu()})
    answered = s.api.rich_menu_batch_with_http_info(RichMenuBatchRequest(operations=[moved]))
    return str(answered.headers["x-line-request-id"])


def issued_token(s: Scene) -> str:
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
    "createRichMenuAlias": lambda s: make_alias(s, "home"),
    "getRichMenuAlias": lambda s: s.api.get_rich_menu_alias(make_alias(s, "home")),
    "updateRichMenuAlias": lambda s: s.api.update_rich_menu_alias(
        make_alias(s, "home"), {"richMenuId": s.menu}
    ),
    "deleteRichMenuAlias": lambda s: s.api.delete_rich_menu_alias(make_alias(s, "home")),
    "getRichMenuAliasList": lambda s: s.api.get_rich_menu_alias_list(),
    "richMenuBatch": begin_batch,
    "validateRichMenuBatchRequest": lambda s: s.api.validate_rich_menu_batch_request(
        {"operations": [{"type": "unlinkAll"}]}
    ),
    "getRichMenuBatchProgress": lambda s: s.api.get_rich_menu_batch_progress(begin_batch(s)),
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
    "issueChannelToken": issued_token,
    "verifyChannelToken": lambda s: s.oauth.verify_channel_token(issued_token(s)),
    "verifyChannelTokenByJWT": lambda s: s.oauth.verify_channel_token_by_jwt(issued_token(s)),
    "revokeChannelToken": lambda s: s.oauth.revoke_channel_token(issued_token(s)),
    "revokeChannelTokenByJWT": lambda s: s.oauth.revoke_channel_token_by_jwt(
        **CLIENT, access_token=issued_token(s)
    ),
}
#: LINE answers these to verified and premium accounts only.
REFUSED: dict[str, Callable[[Scene], Any]] = {
    "getFollowers": lambda s: s.api.get_followers(),
    "getGroupMembersIds": lambda s: s.api.get_group_members_ids(s.group),
    "getRoomMembersIds": lambda s: s.api.get_room_members_ids(s.room),
}


@contextmanager
def staged() -> Iterator[Callable[[], Scene]]:
    """Start a simulator with a stand-in for a bot; each call makes its scene anew."""
    pool = CheckedPool()
    with receiving() as bot, simulated(bot.url, redelivery=()) as sim:

        def make() -> Scene:
            sim.webhook(bot.url)
            return _made(sim, pool)

        yield make
    pool.clear()


def _made(sim: Simulated, pool: CheckedPool) -> Scene:
    """A fresh scene; the pool has seen nothing of it."""
    sim.reset()
    amy = sim.user("Amy", language="zh-Hant")
    host = Configuration(host=sim.line_url, access_token=sim.token)
    client, oauth = ApiClient(host), OAuthClient(OAuthConfiguration(host=sim.line_url))
    for one in (client, oauth):
        one.rest_client.pool_manager = pool
    sent = sim.text(amy, "hi")
    scene = Scene(
        pool=pool,
        sim=sim,
        api=MessagingApi(client),
        blob=MessagingApiBlob(client),
        oauth=ChannelAccessToken(oauth),
        amy=amy,
        group=sim.group("午餐", amy),
        room=sim.group("", amy, kind="room"),
        picture=str(sim.media(amy, png(4, 3), kind="image", media_type="image/png").message_id),
        reply_token=str(sent.token),
        read_token=sent.event["message"]["markAsReadToken"],
    )
    scene.menu = scene.make_menu()
    pool.exchanges.clear()
    return scene


def refused(error: pytest.ExceptionInfo[ApiException]) -> tuple[int, str]:
    """The status and LINE's words of a no."""
    return error.value.status, json.loads(error.value.body)["message"]

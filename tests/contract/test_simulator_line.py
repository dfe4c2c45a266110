"""LINE's own SDK drives every endpoint of the simulated Messaging API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from linebot.v3 import WebhookParser  # type: ignore[import-untyped]
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiClient,
    ApiException,
    ButtonsTemplate,
    Configuration,
    FlexBox,
    FlexBubble,
    FlexButton,
    FlexCarousel,
    FlexMessage,
    MarkMessagesAsReadByTokenRequest,
    MessageAction,
    MessagingApi,
    PostbackAction,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    TemplateMessage,
    TextMessage,
)
from linebot.v3.messaging import TestWebhookEndpointRequest as EndpointToTest

from tests.contract.spec import FILE, CheckedPool
from tests.simulated import Receiver, Simulated, simulated, wait_until

GROUP = "C" + "0" * 31 + "1"
REPLY = "/v2/bot/message/reply"
PUSH = "/v2/bot/message/push"


@pytest.fixture
def api(sim: Simulated) -> Iterator[MessagingApi]:
    with client(sim) as api:
        yield api


class client:  # noqa: N801 - reads as a function
    """The SDK's client, each exchange checked against LINE's file where that is at hand."""

    def __init__(self, sim: Simulated, token: str | None = None) -> None:
        host = Configuration(host=sim.line_url, access_token=token or sim.token)
        self.client = ApiClient(host)
        self.client.rest_client.pool_manager = CheckedPool()

    def __enter__(self) -> MessagingApi:
        return MessagingApi(self.client)

    def __exit__(self, *_: object) -> None:
        self.client.rest_client.pool_manager.clear()
        self.client.close()


@pytest.fixture
def amy(sim: Simulated) -> str:
    return sim.user("Amy", language="zh-Hant")


def hello(text: str = "哈囉") -> list[TextMessage]:
    return [TextMessage(text=text)]


def refused(error: pytest.ExceptionInfo[ApiException]) -> tuple[int, str]:
    return error.value.status, json.loads(error.value.body)["message"]


@pytest.mark.skipif(not FILE.exists(), reason="LINE's OpenAPI files are not beside the project")
def test_lines_own_file_really_looks_on(api: MessagingApi) -> None:
    api.get_bot_info()
    pool = api.api_client.rest_client.pool_manager
    assert [exchange.status for exchange in pool.exchanges] == [200]


def test_a_reply_appears_in_the_chat_and_its_ids_come_back(
    sim: Simulated, api: MessagingApi, amy: str
) -> None:
    sent = sim.text(amy, "你好")
    answer = api.reply_message(ReplyMessageRequest(reply_token=sent.token, messages=hello()))
    shown = sim.messages(amy)
    assert [m["from"] for m in shown] == ["user", "bot"]
    assert [m.id for m in answer.sent_messages] == [shown[1]["id"]]
    assert answer.sent_messages[0].quote_token


def test_a_reply_token_works_once(sim: Simulated, api: MessagingApi, amy: str) -> None:
    request = ReplyMessageRequest(reply_token=sim.text(amy, "hi").token, messages=hello())
    api.reply_message(request)
    with pytest.raises(ApiException) as error:
        api.reply_message(request)
    assert refused(error) == (400, "Invalid reply token")
    assert sim.texts(amy) == ["哈囉"]


def test_a_refused_reply_leaves_the_token_alive(
    sim: Simulated, api: MessagingApi, amy: str
) -> None:
    token = sim.text(amy, "hi").token
    with pytest.raises(ApiException):
        api.reply_message(ReplyMessageRequest(reply_token=token, messages=hello("")))
    api.reply_message(ReplyMessageRequest(reply_token=token, messages=hello()))
    assert sim.texts(amy) == ["哈囉"]


def test_a_reply_token_can_be_expired(sim: Simulated, api: MessagingApi, amy: str) -> None:
    token = sim.text(amy, "hi").token
    sim.expire(token)
    with pytest.raises(ApiException) as error:
        api.reply_message(ReplyMessageRequest(reply_token=token, messages=hello()))
    assert refused(error) == (400, "Invalid reply token")


def test_a_reply_token_dies_by_itself_and_a_redelivery_revives_it(bot: Receiver) -> None:
    with simulated(bot.url, reply_life=0.2, redelivery=()) as sim, client(sim) as api:
        sent = sim.text(sim.user("Amy"), "hi")
        time.sleep(0.3)
        request = ReplyMessageRequest(reply_token=sent.token, messages=hello())
        with pytest.raises(ApiException) as error:
            api.reply_message(request)
        assert refused(error) == (400, "Invalid reply token")
        sim.redeliver(sent.event_id)
        api.reply_message(request)
        sim.redeliver(sent.event_id)
        with pytest.raises(ApiException):
            api.reply_message(request)


def test_a_wrong_or_missing_access_token_is_a_401(sim: Simulated) -> None:
    with client(sim, "wrong") as api, pytest.raises(ApiException) as error:
        api.get_bot_info()
    assert error.value.status == 401
    assert error.value.headers["x-line-request-id"]
    assert sim.http.get("/line/v2/bot/info").status_code == 401


def test_dots_show_until_the_next_message(sim: Simulated, api: MessagingApi, amy: str) -> None:
    sent = sim.text(amy, "hi")
    api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=amy, loading_seconds=30))
    assert 29_000 < sim.loading_until(amy) - time.time() * 1_000 <= 30_000
    api.reply_message(ReplyMessageRequest(reply_token=sent.token, messages=hello()))
    assert sim.loading_until(amy) == 0


def test_dots_belong_to_chats_with_one_person(api: MessagingApi) -> None:
    with pytest.raises(ApiException) as error:
        api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=GROUP))
    [detail] = json.loads(error.value.body)["details"]
    assert detail["property"] == "chatId"
    assert detail["message"].startswith("Only user id is acceptable")


def test_messages_are_marked_as_read_by_their_token(
    sim: Simulated, api: MessagingApi, amy: str
) -> None:
    token = sim.text(amy, "hi").event["message"]["markAsReadToken"]
    api.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(mark_as_read_token=token))
    assert sim.messages(amy)[0]["read"]
    with pytest.raises(ApiException) as error:
        api.mark_messages_as_read_by_token(
            MarkMessagesAsReadByTokenRequest(mark_as_read_token="unknown")
        )
    assert error.value.status == 400


def test_a_profile_tells_the_language_and_a_stranger_has_none(api: MessagingApi, amy: str) -> None:
    profile = api.get_profile(amy)
    assert (profile.display_name, profile.language) == ("Amy", "zh-Hant")
    with pytest.raises(ApiException) as error:
        api.get_profile("U" + "e" * 32)
    assert refused(error) == (404, "Not found")


def test_the_bot_may_ask_who_it_is(api: MessagingApi) -> None:
    info = api.get_bot_info()
    assert info.display_name == "Liao"
    assert info.user_id.startswith("U")


def test_the_webhook_can_be_read_set_and_tested(
    sim: Simulated, api: MessagingApi, bot: Receiver
) -> None:
    assert api.get_webhook_endpoint().endpoint == bot.url
    api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=bot.url + "?v=2"))
    assert api.get_webhook_endpoint().endpoint == bot.url + "?v=2"
    tested = api.test_webhook_endpoint(EndpointToTest())
    assert (tested.success, tested.reason, tested.detail) == (True, "OK", "200")
    headers, raw = bot.got[-1]
    assert json.loads(raw)["events"] == []
    assert WebhookParser(sim.secret).signature_validator.validate(
        raw.decode(), headers["x-line-signature"]
    )
    bot.statuses.append(500)
    failed = api.test_webhook_endpoint(EndpointToTest(endpoint=bot.url))
    assert (failed.success, failed.status_code) == (False, 500)
    assert (failed.reason, failed.detail) == ("ERROR_STATUS_CODE", "500")
    nowhere = api.test_webhook_endpoint(EndpointToTest(endpoint="http://127.0.0.1:9/callback"))
    assert (nowhere.success, nowhere.reason) == (False, "COULD_NOT_CONNECT")


def test_buttons_and_chips_can_be_tapped(sim: Simulated, api: MessagingApi, amy: str) -> None:
    buttons = ButtonsTemplate(
        text="好了", actions=[PostbackAction(label="看", data="show:1", display_text="看！")]
    )
    choose = FlexButton(action=PostbackAction(label="選", data="choose:1", display_text="選！"))
    card = FlexBubble(footer=FlexBox(layout="vertical", contents=[choose]))
    chip = QuickReplyItem(action=MessageAction(label="早", text="早安"))
    messages = [
        TemplateMessage(alt_text="好了", template=buttons),
        FlexMessage(alt_text="卡片", contents=FlexCarousel(contents=[card])),
        TextMessage(text="?", quick_reply=QuickReply(items=[chip])),
    ]
    api.reply_message(ReplyMessageRequest(reply_token=sim.text(amy, "hi").token, messages=messages))
    assert sim.tap(amy, "看").event["postback"] == {"data": "show:1"}
    assert sim.tap(amy, "選").event["postback"] == {"data": "choose:1"}
    assert sim.tap(amy, "早").event["message"]["text"] == "早安"
    bubbles = [m["content"]["text"] for m in sim.messages(amy) if m["from"] == "user"]
    assert bubbles == ["hi", "看！", "選！", "早安"]


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"status": 500}, (500, [])),
        ({"status": 429, "message": "Too many"}, (429, [])),
        ({"status": 500, "accepted": True}, (500, ["哈囉"])),
        ({"seconds": 0.1}, (504, [])),
        ({"seconds": 0.1, "accepted": True}, (504, ["哈囉"])),
    ],
)
def test_a_fault_strikes_before_or_after_the_work(
    sim: Simulated,
    api: MessagingApi,
    amy: str,
    fault: dict[str, object],
    seen: tuple[int, list[str]],
) -> None:
    sim.fault(REPLY, **fault)
    request = ReplyMessageRequest(reply_token=sim.text(amy, "hi").token, messages=hello())
    with pytest.raises(ApiException) as error:
        api.reply_message(request)
    assert (error.value.status, sim.texts(amy)) == seen


def test_calls_are_remembered(sim: Simulated, api: MessagingApi, amy: str) -> None:
    sent = sim.text(amy, "hi")
    api.reply_message(ReplyMessageRequest(reply_token=sent.token, messages=hello()))
    [call] = sim.calls(REPLY)
    assert call["status"] == 200
    assert call["body"]["replyToken"] == sent.token
    wait_until(lambda: sim.webhooks()[0]["state"] == "delivered")

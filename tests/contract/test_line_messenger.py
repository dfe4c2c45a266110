"""Sending to LINE: what goes over the wire, and what is known after each way it can fail."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.line.access import LongLived
from chalicelib.adapters.line.messages import to_line
from chalicelib.adapters.line.sender import LineMessenger
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import (
    DeliveryError,
    SendBusy,
    SendForbidden,
    SendRefused,
    TokenSpent,
)
from chalicelib.domain.messages import (
    Buttons,
    Card,
    Cards,
    Code,
    Message,
    Open,
    Say,
    Table,
    Tap,
    Text,
)
from chalicelib.ports import Messenger, Profile
from tests.fakes import FakeTelemetry
from tests.scripted import Reply, Scripted, free_port, scripted

AMY = Chat(ChatKind.USER, "U206d25c2ea6bd87c17655609a1c37cb8")
GROUP = Chat(ChatKind.GROUP, "Ca56f94637cc4347f90a25382909b24b9")
TOKEN = "access-token-of-the-channel"
REPLY_TOKEN = "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA"
RETRY_KEY = "123e4567-e89b-12d3-a456-426614174000"
WORDS = "這是一句只有兩個人知道的話"

SENT = Reply(
    body={"sentMessages": [{"id": "461230966842064897"}]},
    headers={"X-Line-Request-Id": "f70dd685-499a"},
)
SAID = [Text(text=WORDS)]


def refusal(status: int, message: str, **more: Any) -> Reply:
    return Reply(status=status, body={"message": message, **more})


@pytest.fixture
def line() -> Iterator[Scripted]:
    with scripted(SENT) as server:
        yield server


@pytest.fixture
def telemetry() -> FakeTelemetry:
    return FakeTelemetry()


@pytest.fixture
def messenger(line: Scripted, telemetry: FakeTelemetry) -> Iterator[LineMessenger]:
    connected = LineMessenger.connect(
        access=LongLived(Fixed(TOKEN)), base_url=line.url, telemetry=telemetry
    )
    yield connected
    connected.close()


def connected_to(url: str) -> LineMessenger:
    return LineMessenger.connect(
        access=LongLived(Fixed(TOKEN)), base_url=url, telemetry=FakeTelemetry()
    )


def reply(messenger: LineMessenger) -> None:
    messenger.reply(REPLY_TOKEN, SAID)


def push(messenger: LineMessenger) -> None:
    messenger.push(AMY, SAID, retry_key=RETRY_KEY)


# --- what goes over the wire -------------------------------------------------------------------


def test_it_keeps_to_the_port(messenger: LineMessenger) -> None:
    port: Messenger = messenger
    assert port is messenger


def test_a_reply_carries_the_token_and_every_message_as_it_was_written(
    line: Scripted, messenger: LineMessenger
) -> None:
    messages: list[Message] = [
        Text(text="你好 😀 {x}", suggestions=(Say("天氣", "天氣？"),)),
        Buttons(
            text="?", buttons=(Tap("看", "taps:1"), Say("問", "再問"), Open("開", "https://a.tw"))
        ),
        Cards(
            text="?",
            cards=(
                Card(
                    title="一", text="二", detail="三", mark="四", buttons=(Tap("選", "turns:1"),)
                ),
                Card(title="五"),
            ),
        ),
        Code(text="if a:\n\tb()\n", language="python", copy_label="複製"),
        Table(header=("a", "b"), rows=(("c", ""),), suggestions=(Tap("續", "taps:2"),)),
    ]
    messenger.reply(REPLY_TOKEN, messages)
    (asked,) = line.asked
    assert (asked.method, asked.path) == ("POST", "/v2/bot/message/reply")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert "x-line-retry-key" not in asked.headers
    assert asked.json["replyToken"] == REPLY_TOKEN
    assert asked.json["messages"] == [to_line(message) for message in messages]


def test_a_push_carries_its_retry_key_from_the_first_attempt_on(
    line: Scripted, messenger: LineMessenger
) -> None:
    messenger.push(GROUP, SAID, retry_key=RETRY_KEY)
    (asked,) = line.asked
    assert (asked.method, asked.path) == ("POST", "/v2/bot/message/push")
    assert asked.headers["x-line-retry-key"] == RETRY_KEY
    assert asked.json["to"] == GROUP.id
    assert asked.json["messages"] == [to_line(SAID[0])]


def test_a_base_url_may_have_a_path(line: Scripted) -> None:
    messenger = connected_to(f"{line.url}/line/")
    reply(messenger)
    messenger.close()
    assert line.asked[0].path == "/line/v2/bot/message/reply"


@pytest.mark.parametrize(
    ("wished", "shown"), [(1, 5), (5, 5), (6, 10), (21, 25), (60, 60), (120, 60), (0, 5), (-3, 5)]
)
def test_dots_are_shown_for_a_multiple_of_five_seconds(
    line: Scripted, messenger: LineMessenger, wished: int, shown: int
) -> None:
    line.usual = Reply(status=202, body={})
    messenger.show_loading(AMY, seconds=wished)
    (asked,) = line.asked
    assert asked.path == "/v2/bot/chat/loading/start"
    assert asked.json == {"chatId": AMY.id, "loadingSeconds": shown}


def test_there_are_no_dots_in_groups(line: Scripted, messenger: LineMessenger) -> None:
    messenger.show_loading(GROUP, seconds=20)
    assert line.asked == []


def test_a_profile_tells_name_and_language(line: Scripted, messenger: LineMessenger) -> None:
    line.replies = [
        Reply(body={"displayName": "Amy", "userId": AMY.id, "language": "zh-TW"}),
        Reply(body={"displayName": "Bo", "userId": AMY.id}),
        Reply(body={"displayName": "Cy", "userId": AMY.id, "language": 5}),
    ]
    assert messenger.profile(AMY.id) == Profile(name="Amy", language="zh-TW")
    assert messenger.profile(AMY.id) == Profile(name="Bo")
    assert messenger.profile(AMY.id) == Profile(name="Cy")
    assert (line.asked[0].method, line.asked[0].path) == ("GET", f"/v2/bot/profile/{AMY.id}")


@pytest.mark.parametrize(
    ("limit", "used", "left"),
    [
        ({"type": "limited", "value": 500}, {"totalUsage": 20}, 480),
        ({"type": "limited", "value": 500}, {"totalUsage": 501}, 0),
        ({"type": "none"}, {"totalUsage": 20}, None),
        ({"type": "limited", "value": 500}, [], None),
    ],
)
def test_it_tells_how_many_pushes_the_month_has_left(
    line: Scripted, messenger: LineMessenger, limit: object, used: object, left: int | None
) -> None:
    line.replies = [Reply(body=limit), Reply(body=used)]
    assert messenger.pushes_left() == left
    paths = [asked.path for asked in line.asked]
    assert paths == ["/v2/bot/message/quota", "/v2/bot/message/quota/consumption"]


# --- what is known afterwards ------------------------------------------------------------------


@pytest.mark.parametrize("call", [reply, push])
@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", {}, {"sentMessages": []}, [1]])
def test_a_success_is_one_whatever_its_body_says(
    line: Scripted, messenger: LineMessenger, call: Any, body: Any
) -> None:
    line.usual = Reply(body=body, headers={"content-type": "application/json; charset=klingon"})
    call(messenger)
    assert len(line.asked) == 1


def test_a_push_that_was_accepted_before_is_a_success(
    line: Scripted, messenger: LineMessenger
) -> None:
    line.usual = refusal(409, "The retry key is already accepted")
    push(messenger)
    assert len(line.asked) == 1


BUSY_SURELY_NOT_SENT = [refusal(429, "The API rate limit has been exceeded. Try again later.")]
BUSY_MAYBE_SENT = [
    refusal(500, "Internal server error"),
    Reply(status=502, body=b"<html>\xff Bad Gateway"),
    Reply(status=503),
    Reply(breaks=True),
]


@pytest.mark.parametrize("call", [reply, push])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(400, "Invalid reply token"), TokenSpent),
        (refusal(401, "Authentication failed"), SendForbidden),
        (refusal(403, "Not authorized"), SendForbidden),
        (refusal(429, "You have reached your monthly limit."), SendForbidden),
        (Reply(status=302, headers={"location": "/elsewhere"}), SendForbidden),
        (refusal(400, "The request body has 1 error(s)"), SendRefused),
        (refusal(413, "Too large"), SendRefused),
        (Reply(status=400, body=b"\xff\xfe no UTF-8"), SendRefused),
        (Reply(status=400, body=b"[" * 50_000), SendRefused),
        *((answer, SendBusy) for answer in BUSY_SURELY_NOT_SENT + BUSY_MAYBE_SENT),
    ],
)
def test_every_failure_says_what_to_do_next(
    line: Scripted,
    messenger: LineMessenger,
    call: Any,
    answer: Reply,
    error: type[DeliveryError],
) -> None:
    line.usual = answer
    with pytest.raises(DeliveryError) as caught:
        call(messenger)
    assert type(caught.value) is error
    assert len(line.asked) == 1  # nothing is repeated behind our back


@pytest.mark.parametrize("answer", BUSY_SURELY_NOT_SENT)
def test_a_message_that_line_turned_away_has_not_arrived(
    line: Scripted, messenger: LineMessenger, answer: Reply
) -> None:
    line.usual = answer
    with pytest.raises(SendBusy) as caught:
        reply(messenger)
    assert caught.value.ambiguous is False


@pytest.mark.parametrize("answer", BUSY_MAYBE_SENT)
def test_a_message_whose_answer_got_lost_may_have_arrived(
    line: Scripted, messenger: LineMessenger, answer: Reply
) -> None:
    line.usual = answer
    with pytest.raises(SendBusy) as caught:
        reply(messenger)
    assert caught.value.ambiguous is True


def test_a_time_out_is_ambiguous(line: Scripted, messenger: LineMessenger) -> None:
    line.usual = Reply(hangs=True)
    begun = time.monotonic()
    with pytest.raises(SendBusy) as caught:
        reply(replace(messenger, send_timeout=(0.2, 0.2)))
    assert caught.value.ambiguous is True
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_where_nobody_listens_nothing_was_sent(host: str) -> None:
    messenger = connected_to(f"http://{host}:{free_port()}")
    with pytest.raises(SendBusy) as caught:
        reply(messenger)
    messenger.close()
    assert caught.value.ambiguous is False


def test_a_server_that_does_not_speak_tls_is_ambiguous_at_worst(line: Scripted) -> None:
    messenger = connected_to(line.url.replace("http:", "https:"))
    with pytest.raises(SendBusy):
        reply(messenger)
    messenger.close()


def test_what_can_never_be_sent_is_refused_before_it_is_sent(
    line: Scripted, messenger: LineMessenger
) -> None:
    for messages in ([], SAID * 6, [Buttons(text="?", buttons=(Tap("x", "y" * 301),))]):
        with pytest.raises(SendRefused):
            messenger.reply(REPLY_TOKEN, messages)
    assert line.asked == []


def test_a_refusal_names_the_fields_and_quotes_nobody(
    line: Scripted, messenger: LineMessenger
) -> None:
    details = [
        {"message": f"{WORDS} is too long", "property": "messages[0].text"},
        {"message": "?", "property": WORDS},
        "?",
    ]
    line.usual = refusal(400, f"Bad: {WORDS}", details=details)
    with pytest.raises(SendRefused) as caught:
        reply(messenger)
    assert str(caught.value) == "400: LINE refuses messages[0].text"


def test_an_access_token_that_no_header_can_hold_is_the_operators_to_mend(line: Scripted) -> None:
    for token in ("has\na line break", "有中文"):
        messenger = LineMessenger.connect(
            access=LongLived(Fixed(token)), base_url=line.url, telemetry=FakeTelemetry()
        )
        with pytest.raises(SendForbidden) as caught:
            reply(messenger)
        messenger.close()
        assert token not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "Invalid"),
        refusal(401, "x"),
        refusal(429, "x"),
        Reply(status=500),
        Reply(breaks=True),
    ],
)
def test_dots_and_profiles_fail_quietly_but_leave_a_trace(
    line: Scripted, messenger: LineMessenger, telemetry: FakeTelemetry, answer: Reply
) -> None:
    line.usual = answer
    messenger.show_loading(AMY, seconds=20)
    assert messenger.profile(AMY.id) is None
    assert len(telemetry.named("line_called")) == 2
    assert len(telemetry.named("loading_not_shown")) == 1
    assert len(telemetry.named("profile_not_found")) == 1


@pytest.mark.parametrize(
    "answer", [refusal(404, "Not found"), Reply(body=b"<html>"), Reply(body=[])]
)
def test_somebody_line_does_not_know_has_no_profile(
    line: Scripted, messenger: LineMessenger, telemetry: FakeTelemetry, answer: Reply
) -> None:
    line.usual = answer
    assert messenger.profile(AMY.id) is None
    assert telemetry.named("profile_not_found") == []


# --- what is logged ----------------------------------------------------------------------------


def test_every_call_leaves_one_fact_that_line_can_look_up(
    line: Scripted, messenger: LineMessenger, telemetry: FakeTelemetry
) -> None:
    reply(messenger)
    line.usual = Reply(body={"displayName": "Amy"})
    messenger.profile(AMY.id)
    replied, looked_up = telemetry.named("line_called")
    assert replied.pop("ms") >= 0  # type: ignore[operator]
    assert replied == {
        "method": "POST",
        "path": "/v2/bot/message/reply",
        "status": 200,
        "request_id": "f70dd685-499a",
    }
    assert looked_up["path"] == "/v2/bot/profile/{userId}"


def test_a_call_without_an_answer_leaves_its_fact_too(telemetry: FakeTelemetry) -> None:
    messenger = LineMessenger.connect(
        access=LongLived(Fixed(TOKEN)),
        base_url=f"http://127.0.0.1:{free_port()}",
        telemetry=telemetry,
    )
    with pytest.raises(SendBusy):
        reply(messenger)
    messenger.close()
    (fact,) = telemetry.named("line_called")
    assert fact["error"] == "NewConnectionError"


def test_words_and_tokens_are_nowhere(
    line: Scripted,
    messenger: LineMessenger,
    telemetry: FakeTelemetry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    line.replies = [SENT, refusal(400, f"Bad {WORDS}"), refusal(500, WORDS), Reply(breaks=True)]
    errors = []
    with caplog.at_level(logging.DEBUG):
        for _ in range(4):
            try:
                reply(messenger)
            except DeliveryError as exc:
                errors.append(str(exc))
    everything = f"{telemetry.facts} {errors} {messenger!r} {caplog.text}"
    assert len(errors) == 3
    for secret in (WORDS, TOKEN, REPLY_TOKEN):
        assert secret not in everything


# --- many at once ------------------------------------------------------------------------------


def test_sixteen_workers_share_one_messenger(
    line: Scripted, messenger: LineMessenger, telemetry: FakeTelemetry
) -> None:
    together = threading.Barrier(16)

    def work(number: int) -> None:
        together.wait(5)
        messenger.reply(f"token-{number}", [Text(text=f"answer {number}")])

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    sent = {asked.json["replyToken"]: asked.json["messages"][0]["text"] for asked in line.asked}
    assert sent == {f"token-{number}": f"answer {number}" for number in range(16)}
    assert len(telemetry.named("line_called")) == 16

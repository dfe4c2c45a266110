"""Webhooks out: LINE's own parser reads them; what was refused comes again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from linebot.v3 import WebhookParser  # type: ignore[import-untyped]
from linebot.v3.webhooks import (  # type: ignore[import-untyped]
    MessageEvent,
    PostbackEvent,
    TextMessageContent,
    UserMentionee,
)

from tests.simulated import Receiver, Simulated, simulated, wait_until

GROUP = "C" + "0" * 31 + "1"


@pytest.fixture(scope="module")
def running(bot: Receiver) -> Iterator[Simulated]:
    with simulated(bot.url, redelivery=(0.1, 0.1), webhook_timeout=1.0) as sim:
        yield sim


@pytest.fixture
def amy(sim: Simulated) -> str:
    return sim.user("Amy")


def test_the_sdk_reads_the_webhooks(sim: Simulated, bot: Receiver, amy: str) -> None:
    sim.text(amy, "早安 🌞", wait=True)
    sim.postback(amy, "taps:1", display_text="看回答", wait=True)
    parser = WebhookParser(sim.secret)
    texts, taps = (
        parser.parse(raw.decode(), headers["x-line-signature"]) for headers, raw in bot.got
    )
    assert isinstance(texts[0], MessageEvent)
    assert isinstance(texts[0].message, TextMessageContent)
    assert texts[0].message.text == "早安 🌞"
    assert isinstance(taps[0], PostbackEvent)
    assert taps[0].postback.data == "taps:1"


def test_a_mention_in_a_group_points_at_the_bot_in_utf16_units(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    sim.text(amy, "🌞 @Liao 早安", chat=GROUP, mention=True, wait=True)
    headers, raw = bot.got[-1]
    [event] = WebhookParser(sim.secret).parse(raw.decode(), headers["x-line-signature"])
    assert event.source.group_id == GROUP
    [mention] = event.message.mention.mentionees
    assert isinstance(mention, UserMentionee)
    assert (mention.index, mention.length, mention.is_self) == (3, 5, True)


def test_a_webhook_that_failed_comes_again_with_the_same_id_and_token(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    bot.statuses.extend([500, 503])
    sent = sim.text(amy, "hi")
    events = bot.wait_for_events(3)
    assert {e["webhookEventId"] for e in events} == {sent.event_id}
    assert {e["replyToken"] for e in events} == {sent.token}
    assert [e["deliveryContext"]["isRedelivery"] for e in events] == [False, True, True]
    webhook = sim.wait_until_delivered(sent)
    assert [attempt["status"] for attempt in webhook["attempts"]] == [500, 503, 200]


def test_a_bot_that_is_too_slow_gets_the_event_again(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    bot.delay = 1.3
    sent = sim.text(amy, "hi", wait=True)
    bot.delay = 0
    assert sim.wait_until_delivered(sent)["attempts"][0]["status"] == 0
    assert len(bot.wait_for_events(2)) == 2


def test_a_duplicate_is_not_marked_as_a_redelivery(sim: Simulated, bot: Receiver, amy: str) -> None:
    sent = sim.text(amy, "hi", wait=True)
    sim.redeliver(sent.event_id, duplicate=True)
    first, second = bot.events()
    assert first == second


def test_every_kind_of_event_can_be_sent(sim: Simulated, bot: Receiver, amy: str) -> None:
    message_id = sim.text(amy, "oops", wait=True).message_id or ""
    sim.unsend(amy, message_id, wait=True)
    sim.sticker(amy, wait=True)
    sim.follow(amy, again=True, wait=True)
    sim.event("join", chat=GROUP, wait=True)
    sim.event("message", {"message": {"type": "video", "duration": 1}}, user=amy, wait=True)
    seen = [(e["type"], e.get("message", {}).get("type"), "replyToken" in e) for e in bot.events()]
    assert seen == [
        ("message", "text", True),
        ("unsend", None, False),
        ("message", "sticker", True),
        ("follow", None, True),
        ("join", None, True),
        ("message", "video", True),
    ]
    assert sim.messages(amy)[0]["content"] is None


def test_time_stamps_of_a_chat_never_repeat(sim: Simulated, amy: str) -> None:
    stamps = [sim.text(amy, str(number)).event["timestamp"] for number in range(20)]
    assert stamps == sorted(set(stamps))


def test_starting_order_does_not_matter(amy: str, sim: Simulated, bot: Receiver) -> None:
    sim.webhook("http://127.0.0.1:9/callback")
    sent = sim.text(amy, "anybody there?", wait=True)
    assert sim.messages(amy)[0]["delivery"] == "waiting"
    sim.webhook(bot.url)
    attempts = sim.wait_until_delivered(sent)["attempts"]
    assert attempts[0]["error"]
    assert sim.messages(amy)[0]["delivery"] == "delivered"


def test_a_webhook_nobody_takes_fails_in_the_end(amy: str, sim: Simulated, bot: Receiver) -> None:
    bot.statuses.extend([500] * 3)
    sim.text(amy, "hi")
    wait_until(lambda: sim.messages(amy)[0]["delivery"] == "failed")
    assert len(bot.events()) == 3


@pytest.mark.parametrize("path", ["/sim/text", "/sim/unsend", "/sim/event", "/sim/redeliver"])
def test_what_makes_no_sense_is_refused_with_a_reason(sim: Simulated, path: str) -> None:
    for body in ({}, {"user": "nobody", "text": "x", "message": "1", "event": "1", "type": "x"}):
        response = sim.http.post(path, json=body)
        assert response.status_code in (400, 404)
        assert response.json()["error"]

"""What people do on simulated phones: LINE's own parser reads every event that comes of it."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from linebot.v3 import WebhookParser  # type: ignore[import-untyped]

from tests.simulated import Receiver, Simulated, wait_until

Json = dict[str, Any]
DOT = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def amy(sim: Simulated) -> str:
    return sim.user("Amy")


@pytest.fixture
def ben(sim: Simulated) -> str:
    return sim.user("Ben")


def heard(sim: Simulated, bot: Receiver) -> list[Any]:
    """Every event the bot got, as the SDK reads it."""
    parser = WebhookParser(sim.secret)
    return [
        event
        for headers, raw in bot.got
        for event in parser.parse(raw.decode(), headers["x-line-signature"])
    ]


def chats(sim: Simulated) -> dict[str, Json]:
    return {chat["id"]: chat for chat in sim.state()["chats"]}


def test_a_picture_is_an_event_and_its_bytes_can_be_looked_at(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    sent = sim.media(amy, DOT, kind="image", media_type="image/png", wait=1)
    [event] = heard(sim, bot)
    assert event.message.type == "image"
    assert event.message.content_provider.type == "line"
    assert event.message.quote_token
    shown = sim.http.get(f"/sim/media/{sent.message_id}")
    assert (shown.content, shown.headers["content-type"]) == (DOT, "image/png")


def test_pictures_sent_together_are_one_set(sim: Simulated, bot: Receiver, amy: str) -> None:
    for index in (1, 2):
        place = {"set": "E005", "index": index, "total": 2}
        sim.media(amy, DOT, kind="image", media_type="image/png", wait=1, **place)
    sets = [event.message.image_set for event in heard(sim, bot)]
    assert [(one.id, one.index, one.total) for one in sets] == [("E005", 1, 2), ("E005", 2, 2)]


def test_a_voice_has_a_length_and_no_quote_token(sim: Simulated, bot: Receiver, amy: str) -> None:
    sim.media(amy, b"voice", kind="audio", media_type="audio/mp4", duration=3_200, wait=1)
    [event] = heard(sim, bot)
    assert event.message.duration == 3_200
    assert "quoteToken" not in json.loads(bot.got[0][1])["events"][0]["message"]


def test_a_sticker_has_keywords_and_one_that_is_written_on_its_words(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    sim.sticker(amy, sticker="1991", wait=True)
    sim.sticker(amy, package="11537", sticker="52002738", wait=True)
    sim.sticker(amy, keywords=["cony"], text="晚安", wait=True)
    thanks, other, written = (event.message for event in heard(sim, bot))
    assert "Thank you" in thanks.keywords
    assert other.keywords is None
    assert (written.keywords, written.text) == (["cony"], "晚安")
    assert (thanks.sticker_resource_type, written.sticker_resource_type) == ("STATIC", "MESSAGE")


def test_a_place_may_have_no_name(sim: Simulated, bot: Receiver, amy: str) -> None:
    sim.location(amy, 25.0339, 121.5645, title="台北 101", wait=True)
    sim.location(amy, -33.9, 18.4, wait=True)
    named, bare = (event.message for event in heard(sim, bot))
    assert (named.title, named.latitude, named.longitude) == ("台北 101", 25.0339, 121.5645)
    assert (bare.title, bare.address, bare.latitude) == (None, None, -33.9)


def test_words_and_stickers_tell_which_message_they_are_about(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    picture = sim.media(amy, DOT, kind="image", media_type="image/png", wait=1).message_id
    sim.text(amy, "這是哪裡？", quoted=picture, wait=True)
    sim.sticker(amy, quoted=picture, wait=True)
    _, asked, smiled = heard(sim, bot)
    assert (asked.message.quoted_message_id, smiled.message.quoted_message_id) == (
        picture,
        picture,
    )


def test_a_file_has_a_name_and_a_size_and_is_downloaded_not_opened(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    page = b"<script>alert(1)</script>"
    sent = sim.media(amy, page, kind="file", media_type="text/html", name="報告.html", wait=1)
    [event] = heard(sim, bot)
    assert (event.message.file_name, event.message.file_size) == ("報告.html", len(page))
    shown = sim.http.get(f"/sim/media/{sent.message_id}")
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["content-security-policy"] == "sandbox"


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [("smell", b"x", "kind is one of"), ("image", b"", "there is nothing in it")],
)
def test_a_content_that_makes_no_sense_is_refused(
    sim: Simulated, amy: str, kind: str, raw: bytes, reason: str
) -> None:
    response = sim.http.post(f"/sim/media?user={amy}&kind={kind}", content=raw)
    assert response.status_code == 400
    assert reason in response.json()["error"]


def test_what_is_unsent_is_gone_with_its_bytes(sim: Simulated, amy: str) -> None:
    sent = sim.media(amy, DOT, kind="image", media_type="image/png", wait=1)
    sim.unsend(amy, sent.message_id or "", wait=True)
    assert sim.http.get(f"/sim/media/{sent.message_id}").status_code == 404
    assert sim.messages(amy)[0]["content"] is None


def test_what_is_unsent_can_be_neither_edited_nor_unsent_again(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    group = sim.group("Lunch", amy)
    sent = sim.text(amy, "hello", chat=group, wait=True)
    gone = {"user": amy, "chat": group, "message": sent.message_id, "text": "hi", "wait": True}
    assert sim.http.post("/sim/unsend", json=gone).status_code == 200
    for doing in ("edit", "unsend"):
        assert sim.http.post(f"/sim/{doing}", json=gone).status_code == 404
    assert [event["type"] for event in bot.events()] == ["join", "message", "unsend"]


def test_a_reset_lets_no_answer_to_an_earlier_event_arrive(sim: Simulated, amy: str) -> None:
    token = sim.text(amy, "hello", wait=True).token
    sim.reset()
    late = {"replyToken": token, "messages": [{"type": "text", "text": "late"}]}
    bearer = {"authorization": f"Bearer {sim.token}"}
    refused = sim.http.post("/line/v2/bot/message/reply", json=late, headers=bearer)
    assert refused.json() == {"message": "Invalid reply token"}
    assert sim.messages(amy) == []


def test_an_edit_keeps_the_message_and_brings_a_new_token(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    group = sim.group("Lunch", amy)
    sent = sim.text(amy, "Helo", chat=group, wait=True)
    edit = sim.edit(amy, sent.message_id or "", "Hello", chat=group, wait=True)
    _, first, second = heard(sim, bot)
    assert (second.type, second.message.text) == ("messageEdited", "Hello")
    assert second.message.id == first.message.id
    assert second.message.quote_token == first.message.quote_token
    assert (bool(first.message.mark_as_read_token), second.message.mark_as_read_token) == (
        True,
        None,
    )
    assert second.timestamp > first.timestamp
    assert edit.token not in (None, sent.token)
    [bubble] = sim.messages(group)
    assert (bubble["content"]["text"], bubble["edited"]) == ("Hello", True)


def test_only_in_groups_can_messages_be_edited(sim: Simulated, amy: str) -> None:
    for chat in (amy, sim.group("", amy, kind="room")):
        sent = sim.text(amy, "Helo", chat=chat, wait=True)
        body = {"user": amy, "message": sent.message_id, "text": "Hello", "chat": chat}
        refused = sim.http.post("/sim/edit", json=body)
        assert (refused.status_code, "groups" in refused.json()["error"]) == (400, True)


def test_only_ones_own_texts_can_be_edited(sim: Simulated, amy: str, ben: str) -> None:
    group = sim.group("Lunch", amy, ben)
    text = sim.text(amy, "hi", chat=group, wait=True).message_id
    sent = sim.media(amy, DOT, kind="image", media_type="image/png", chat=group, wait=1)
    picture = sent.message_id
    for who, message, status in ((ben, text, 404), (amy, picture, 400), (amy, "0", 404)):
        body = {"user": who, "message": message, "text": "x", "chat": group}
        assert sim.http.post("/sim/edit", json=body).status_code == status


def test_who_blocks_the_bot_is_heard_no_more_until_unblocking(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    sim.block(amy, wait=True)
    refused = sim.http.post("/sim/text", json={"user": amy, "text": "hi"})
    assert refused.status_code == 400
    assert "unblock" in refused.json()["error"]
    sim.follow(amy, wait=True)
    events = heard(sim, bot)
    assert [event.type for event in events] == ["unfollow", "follow"]
    assert events[1].follow.is_unblocked


def test_a_group_neither_adds_the_bot_as_a_friend_nor_blocks_it(sim: Simulated, amy: str) -> None:
    group = sim.group("Lunch", amy)
    for doing in ("follow", "block"):
        refused = sim.http.post(f"/sim/{doing}", json={"user": amy, "chat": group})
        assert refused.status_code == 400
    assert group not in [person["id"] for person in sim.state()["people"]]


def test_a_group_is_made_and_people_come_and_go(
    sim: Simulated, bot: Receiver, amy: str, ben: str
) -> None:
    group = sim.group("午餐", amy)
    sim.joins(group, ben)
    sim.leaves(group, amy)
    assert chats(sim)[group] | {"last": None} == {
        "id": group,
        "kind": "group",
        "name": "午餐",
        "members": [ben],
        "bot": True,
        "last": None,
        "count": 0,
    }
    joins, comes, goes = heard(sim, bot)
    assert (joins.type, joins.source.group_id) == ("join", group)
    assert (comes.type, comes.joined.members[0].user_id) == ("memberJoined", ben)
    assert (goes.type, goes.left.members[0].user_id) == ("memberLeft", amy)
    assert not hasattr(goes, "reply_token")


def test_a_bot_that_was_shown_out_hears_nothing_more(
    sim: Simulated, bot: Receiver, amy: str
) -> None:
    group = sim.group("Lunch", amy)
    sim.bot_inside(group, False)
    sim.text(amy, "among ourselves", chat=group, wait=True)
    sim.bot_inside(group, True)
    assert [event.type for event in heard(sim, bot)] == ["join", "leave", "join"]
    assert [m["content"]["text"] for m in sim.messages(group)] == ["among ourselves"]


def test_mentions_name_people_everybody_and_the_bot(
    sim: Simulated, bot: Receiver, amy: str, ben: str
) -> None:
    group = sim.group("Lunch", amy, ben)
    words = "🌞 @Ben @All @Liao"
    places = [
        {"index": 3, "length": 4, "who": ben},
        {"index": 8, "length": 4, "who": "all"},
        {"index": 13, "length": 5, "who": "bot"},
    ]
    sim.say(amy, words, places, chat=group)
    mentionees = heard(sim, bot)[-1].message.mention.mentionees
    assert [m.type for m in mentionees] == ["user", "all", "user"]
    assert [getattr(m, "is_self", None) for m in mentionees] == [False, None, True]
    assert mentionees[0].user_id == ben
    bad = {"user": amy, "text": "hi", "mentions": [{"index": 0, "length": 3, "who": "all"}]}
    assert sim.http.post("/sim/text", json=bad).status_code == 400


def test_webhooks_can_be_slow_and_come_twice(sim: Simulated, bot: Receiver, amy: str) -> None:
    sim.webhook(delay=0.3, copies=2)
    sent = sim.text(amy, "hi")
    wait_until(lambda: sim.webhooks()[0]["state"] == "held")
    assert bot.got == []
    first, second = bot.wait_for_events(2)
    assert first == second
    assert sim.wait_until_delivered(sent)["attempts"][0]["at"] >= sent.event["timestamp"] + 290
    assert sim.state()["webhook"]["copies"] == 2
    sim.reset()
    assert (sim.state()["webhook"]["delay"], sim.state()["webhook"]["copies"]) == (0, 1)
    assert sim.http.put("/sim/webhook", json={"copies": 0}).status_code == 400


def test_a_fault_lasts_until_it_is_taken_back(sim: Simulated, amy: str) -> None:
    number = sim.fault("/v2/bot/profile/*", status=500, times=None)
    profile = f"/line/v2/bot/profile/{amy}"
    bearer = {"authorization": f"Bearer {sim.token}"}
    assert [sim.http.get(profile, headers=bearer).status_code for _ in range(3)] == [500] * 3
    assert [fault["id"] for fault in sim.state()["faults"]] == [number]
    assert sim.http.delete(f"/sim/faults/{number}").status_code == 200
    assert sim.http.get(profile, headers=bearer).status_code == 200
    assert sim.http.delete(f"/sim/faults/{number}").status_code == 404


def test_a_fault_that_is_taken_back_lets_go_whom_it_kept_waiting(sim: Simulated, amy: str) -> None:
    number = sim.fault("/v2/bot/profile/*", times=None)
    bearer = {"authorization": f"Bearer {sim.token}"}
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(sim.http.get, f"/line/v2/bot/profile/{amy}", headers=bearer)
        wait_until(lambda: sim.calls(f"/v2/bot/profile/{amy}"), what="the call")
        sim.http.delete(f"/sim/faults/{number}")
        assert asked.result(5).status_code == 504


@pytest.mark.parametrize("fault", [{"status": 99}, {"times": 0}, {"colour": "red"}])
def test_a_fault_that_makes_no_sense_is_refused(sim: Simulated, fault: Json) -> None:
    assert sim.http.post("/sim/faults", json=fault).status_code == 400


def test_all_reply_tokens_can_be_ended_at_once(sim: Simulated, amy: str) -> None:
    tokens = [sim.text(amy, word, wait=True).token for word in ("one", "two")]
    assert sim.http.post("/sim/expire", json={}).json()["expired"] >= len(tokens)
    for token in tokens:
        body = {"replyToken": token, "messages": [{"type": "text", "text": "x"}]}
        bearer = {"authorization": f"Bearer {sim.token}"}
        answer = sim.http.post("/line/v2/bot/message/reply", json=body, headers=bearer)
        assert answer.json()["message"] == "Invalid reply token"


def test_the_feed_tells_what_happens(sim: Simulated, amy: str) -> None:
    told: list[Json] = []
    ready = threading.Event()

    def listen() -> None:
        with sim.http.stream("GET", "/sim/events") as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    told.append(json.loads(line.removeprefix("data: ")))
                    ready.set()
                if told and told[-1]["type"] == "reset":
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    assert ready.wait(10)
    group = sim.group("Lunch", amy)
    sim.text(amy, "x" * 4_500, chat=group, wait=True)
    sim.http.get("/line/v2/bot/info", headers={"authorization": f"Bearer {sim.token}"})
    sim.quota(5)
    sim.reset()
    thread.join(10)
    kinds = [event["type"] for event in told]
    assert kinds[0] == "hello"
    assert {"chat", "message", "webhook", "call", "state", "reset"} <= set(kinds)
    webhook = next(
        e["webhook"] for e in told if e["type"] == "webhook" and "message" in e["webhook"]["event"]
    )
    assert webhook["event"]["message"]["text"].endswith("(4500 characters)")
    call = [e["call"] for e in told if e["type"] == "call"][-1]
    assert (call["path"], call["status"]) == ("/v2/bot/info", 200)

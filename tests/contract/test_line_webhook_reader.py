"""LINE's webhooks as events: signed ones only, and one odd event never costs the others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.line.signature import verify
from chalicelib.adapters.line.webhook import LineWebhookReader
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import BadSignature, BadWebhook
from chalicelib.domain.events import (
    AudioSent,
    Batch,
    Followed,
    ImageSent,
    OtherSent,
    Tapped,
    TextSent,
    Unsent,
    from_record,
    message_id_of,
    to_record,
)

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT.parent / "shared" / "line-fixtures" / "webhook.json"

# LINE's documentation gives these three.
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
KNOWN_BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
KNOWN_SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="

AMY = "U206d25c2ea6bd87c17655609a1c37cb8"
GROUP = "Ca56f94637cc4347f90a25382909b24b9"
ULID = "01H810YECXQQZ37VAXPF6H9E6T"  # made 118 ms after the timestamp that goes with it
Json = dict[str, Any]


def signed(body: bytes, secret: str = SECRET) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def read_body(body: bytes) -> Batch:
    return LineWebhookReader(secret=SECRET).read(body, signed(body))


def read(*events: object) -> Batch:
    body = json.dumps({"destination": "U8e74", "events": events}).encode()
    return read_body(body)


def event(kind: str = "message", **parts: Any) -> Json:
    usual: Json = {
        "type": kind,
        "mode": "active",
        "timestamp": 1_692_251_666_727,
        "webhookEventId": ULID,
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": AMY},
        "replyToken": "757913772c4646b784d4b7ce46d12671",
    }
    return {name: value for name, value in {**usual, **parts}.items() if value is not ...}


def text(words: str = "你好", **parts: Any) -> Json:
    message = {"id": "468789577898262530", "type": "text", "text": words}
    return event(message={**message, **parts.pop("message", {})}, **parts)


def in_group(**parts: Any) -> Json:
    return text(source={"type": "group", "groupId": GROUP, "userId": AMY}, **parts)


def said(batch: Batch) -> TextSent:
    (sent,) = batch.events
    assert isinstance(sent, TextSent)
    return sent


# --- who sent it -------------------------------------------------------------------------------


def test_lines_own_example_is_accepted() -> None:
    verify(KNOWN_BODY, KNOWN_SIGNATURE, secret=SECRET)
    reader = LineWebhookReader(secret=SECRET)
    assert reader.read(KNOWN_BODY, KNOWN_SIGNATURE) == Batch(events=())


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "x",
        KNOWN_SIGNATURE.lower(),
        KNOWN_SIGNATURE + "=",
        KNOWN_SIGNATURE[:-1],
        " " + KNOWN_SIGNATURE,
        "簽名",
        "\ud800",
        signed(KNOWN_BODY, secret="another channel's"),
    ],
)
def test_any_other_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(BadSignature):
        verify(KNOWN_BODY, signature, secret=SECRET)


def test_one_changed_byte_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify(KNOWN_BODY + b" ", KNOWN_SIGNATURE, secret=SECRET)


def test_a_missing_secret_lets_nobody_in() -> None:
    with pytest.raises(BadSignature):
        verify(KNOWN_BODY, signed(KNOWN_BODY, secret=""), secret="")


def test_the_signature_is_looked_at_before_the_body() -> None:
    with pytest.raises(BadSignature):
        LineWebhookReader(secret=SECRET).read(b"\xff no JSON", "forged")


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(LineWebhookReader(secret=SECRET))


@pytest.mark.parametrize("body", ["", "{}", "你好 😀", KNOWN_BODY.decode()])
def test_the_sdk_agrees_about_signatures(body: str) -> None:
    assert sdk().SignatureValidator(SECRET).validate(body, signed(body.encode()))
    verify(body.encode(), signed(body.encode()), secret=SECRET)


# --- the body ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b'{"events":[]',
        b"[]",
        b"null",
        b'"events"',
        b"{}",
        b'{"events":null}',
        b'{"events":{}}',
        b'{"events":"none"}',
        b'{"events":[NaN]}',
        b'{"events":[],"x":Infinity}',
        b'{"events":["\xff"]}',
        b'{"events":' + b"[" * 100_000,
        b'{"events":' + b"]" * 100_000,
    ],
)
def test_a_signed_body_that_is_no_webhook_is_refused(body: bytes) -> None:
    with pytest.raises(BadWebhook):
        read_body(body)


def test_a_webhook_without_events_is_fine() -> None:
    assert read() == Batch(events=())


@pytest.mark.parametrize(
    "monster",
    [
        '{"type":"message","x":' + "[" * 50_000 + "]" * 50_000 + "}",
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        "9" * 10_000,
        '{"type":"message","timestamp":' + "9" * 10_000 + "}",
        "1e999",
        '"\\ud800"',
    ],
)
def test_a_monster_costs_only_itself(monster: str) -> None:
    good = json.dumps(text("還在嗎？[{"), ensure_ascii=False)
    batch = read_body(f'{{"events":[{good},{monster},{good}]}}'.encode())
    assert [sent.text for sent in batch.events if isinstance(sent, TextSent)] == ["還在嗎？[{"] * 2
    assert len(batch.skipped) == 1


# --- messages ----------------------------------------------------------------------------------


def test_a_text_is_read_with_all_that_answering_needs() -> None:
    assert said(read(text("你好 😀"))) == TextSent(
        id=ULID,
        chat=Chat(ChatKind.USER, AMY),
        user=AMY,
        at=1_692_251_666_727,
        token="757913772c4646b784d4b7ce46d12671",
        message_id="468789577898262530",
        text="你好 😀",
        to_bot=False,
    )


@pytest.mark.parametrize(
    ("source", "chat", "user"),
    [
        ({"type": "user", "userId": AMY}, Chat(ChatKind.USER, AMY), AMY),
        ({"type": "group", "groupId": GROUP, "userId": AMY}, Chat(ChatKind.GROUP, GROUP), AMY),
        ({"type": "group", "groupId": GROUP}, Chat(ChatKind.GROUP, GROUP), None),
        ({"type": "room", "roomId": "R1", "userId": ""}, Chat(ChatKind.ROOM, "R1"), None),
        ({"type": "room", "roomId": "R1", "userId": 7}, Chat(ChatKind.ROOM, "R1"), None),
    ],
)
def test_every_kind_of_chat_is_known(source: Json, chat: Chat, user: str | None) -> None:
    sent = said(read(text(source=source)))
    assert (sent.chat, sent.user) == (chat, user)


def test_a_picture_of_a_set_tells_its_set() -> None:
    image = {"id": "1", "type": "image", "imageSet": {"id": "E005", "index": 2, "total": 3}}
    (sent,) = read(event(message=image)).events
    assert isinstance(sent, ImageSent)
    assert (sent.message_id, sent.set_id, sent.set_total) == ("1", "E005", 3)


@pytest.mark.parametrize(
    "images",
    [
        ...,
        None,
        [],
        {},
        {"id": "E"},
        {"total": 2},
        {"id": "E", "total": 0},
        {"id": "E", "total": True},
        {"id": "E", "total": "2"},
        {"id": 5, "total": 2},
    ],
)
def test_a_picture_without_a_whole_set_is_one_picture(images: object) -> None:
    image = {"id": "1", "type": "image"} | ({} if images is ... else {"imageSet": images})
    (sent,) = read(event(message=image)).events
    assert isinstance(sent, ImageSent)
    assert (sent.set_id, sent.set_total) == (None, None)


@pytest.mark.parametrize(
    ("duration", "known"),
    [(60_000, 60_000), (0, 0), (..., 0), (None, 0), (-1, 0), ("60000", 0), (True, 0), (1.5, 0)],
)
def test_a_voice_message_tells_how_long_it_is(duration: object, known: int) -> None:
    audio = {"id": "1", "type": "audio"} | ({} if duration is ... else {"duration": duration})
    (sent,) = read(event(message=audio)).events
    assert isinstance(sent, AudioSent)
    assert (sent.message_id, sent.duration) == ("1", known)


@pytest.mark.parametrize("kind", ["sticker", "video", "file", "location"])
def test_what_cannot_be_read_yet_is_named(kind: str) -> None:
    (sent,) = read(event(message={"id": "1", "type": kind})).events
    assert isinstance(sent, OtherSent)
    assert (sent.message_id, sent.what) == ("1", kind)


# --- calling the bot ---------------------------------------------------------------------------


def own(index: Any = 0, length: Any = 4) -> Json:
    return {"index": index, "length": length, "type": "user", "userId": "Ubot", "isSelf": True}


def mentioning(*mentionees: object) -> Json:
    return {"mention": {"mentionees": list(mentionees)}}


def test_a_mention_in_a_group_calls_the_bot_and_is_no_part_of_the_question() -> None:
    sent = said(read(in_group(words="@Bot 今天天氣？", message=mentioning(own()))))
    assert (sent.text, sent.to_bot) == ("今天天氣？", True)


def test_a_group_may_talk_without_calling_the_bot() -> None:
    assert said(read(in_group(words="@Bot is not marked as a mention"))).to_bot is False


def test_positions_count_utf16_code_units() -> None:
    sent = said(read(in_group(words="👨‍👩‍👧 @Bot 😀 嗨", message=mentioning(own(index=9)))))
    assert sent.text == "👨‍👩‍👧 😀 嗨"


def test_other_peoples_mentions_stay_and_all_of_the_bots_go() -> None:
    other = {"index": 5, "length": 4, "type": "user", "userId": "Uother", "isSelf": False}
    message = mentioning(own(), other, own(index=10))
    sent = said(read(in_group(words="@Bot @Bob @Bot hi", message=message)))
    assert (sent.text, sent.to_bot) == ("@Bob hi", True)


@pytest.mark.parametrize(
    "mention",
    [
        mentioning({"index": 0, "length": 4, "type": "all"}),
        mentioning({"index": 0, "length": 4, "type": "user", "userId": AMY, "isSelf": False}),
        mentioning({"index": 0, "length": 4, "isSelf": "true"}),
        mentioning({"index": 0, "length": 4, "type": "hologram"}, None, 7, []),
        {"mention": None},
        {"mention": []},
        {"mention": {"mentionees": {}}},
    ],
)
def test_whoever_else_is_mentioned_the_bot_is_not_called(mention: Json) -> None:
    sent = said(read(in_group(words="@All 大家好", message=mention)))
    assert (sent.text, sent.to_bot) == ("@All 大家好", False)


@pytest.mark.parametrize(
    "place",
    [
        (99, 4),
        (0, 99),
        (-1, 4),
        (0, 0),
        (0, -4),
        (None, 4),
        (0, None),
        ("0", 4),
        (True, 4),
        (1.0, 4),
        (0, 1),
        (1, 1),
        (1, 2),
    ],
)
def test_a_mention_at_an_impossible_place_still_calls_the_bot(place: tuple[Any, Any]) -> None:
    sent = said(read(in_group(words="😀😀 hi", message=mentioning(own(*place)))))
    assert (sent.text, sent.to_bot) == ("😀😀 hi", True)


def test_overlapping_mentions_take_no_more_than_they_cover() -> None:
    sent = said(read(in_group(words="@Bot hi", message=mentioning(own(), own(), own(0, 3)))))
    assert sent.to_bot
    assert sent.text.endswith("hi")


def test_a_bare_mention_is_an_empty_question() -> None:
    sent = said(read(in_group(words="@Bot", message=mentioning(own()))))
    assert (sent.text, sent.to_bot) == ("", True)


def test_a_private_chat_needs_no_call() -> None:
    sent = said(read(text("@Bot 你好", message=mentioning(own()))))
    assert (sent.text, sent.to_bot) == ("你好", False)


# --- other events ------------------------------------------------------------------------------


def test_a_tap_brings_what_its_button_carried() -> None:
    (tap,) = read(event("postback", postback={"data": "taps:7f3a", "params": {"x": 1}})).events
    assert isinstance(tap, Tapped)
    assert (tap.data, tap.user, tap.token is not None) == ("taps:7f3a", AMY, True)


@pytest.mark.parametrize(
    ("follow", "again"),
    [({"isUnblocked": True}, True), ({"isUnblocked": False}, False), ({}, False), (..., False)],
)
def test_a_new_friend_is_told_from_one_who_came_back(follow: object, again: bool) -> None:
    (followed,) = read(event("follow", follow=follow)).events
    assert isinstance(followed, Followed)
    assert followed.again is again


def test_a_message_taken_back_is_named_and_who_took_it_back_is_not() -> None:
    (unsent,) = read(event("unsend", unsend={"messageId": "3257"}, replyToken=...)).events
    assert isinstance(unsent, Unsent)
    assert (unsent.message_id, unsent.token, unsent.user) == ("3257", None, None)


def test_what_is_taken_back_is_forgotten_even_while_the_bot_must_be_silent() -> None:
    batch = read(event("unsend", unsend={"messageId": "3257"}, mode="standby"))
    assert len(batch.events) == 1


# --- what is skipped, and why ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (None, "event: not an object"),
        ([], "event: not an object"),
        ({}, "event: no type"),
        (event(7), "event: no type"),  # type: ignore[arg-type]
        (event("hologram"), "hologram: unknown kind"),
        (event("x\n" + "y" * 99), "x?" + "y" * 38 + ": unknown kind"),
        (event("join"), "join: not handled"),
        (event("messageEdited", message={"id": "1", "type": "text"}), "messageEdited: not handled"),
        (text(mode="standby"), "message: mode standby"),
        (text(mode="observing"), "message: mode observing"),
        (text(mode=["active"]), "message: mode list"),
        (text(source=...), "message: no source"),
        (text(source="user"), "message: no source"),
        (text(source={"type": ["user"]}), "message: no source"),
        (text(source={"type": "planet", "id": "1"}), "message: unknown source planet"),
        (text(source={"type": "user"}), "message: no userId"),
        (text(source={"type": "user", "userId": None}), "message: no userId"),
        (text(source={"type": "group", "userId": AMY}), "message: no groupId"),
        (event(), "message: no type"),
        (event(message={"type": None, "id": "1"}), "message: no type"),
        (event(message={"type": "hologram", "id": "1"}), "message.hologram: unknown kind"),
        (event(message={"type": "text", "text": "hi"}), "message.text: no id"),
        (event(message={"type": "text", "text": "hi", "id": 5}), "message.text: no id"),
        (event(message={"type": "text", "id": "1"}), "message.text: no text"),
        (event(message={"type": "text", "id": "1", "text": {"a": 1}}), "message.text: no text"),
        (event("postback"), "postback: no data"),
        (event("postback", postback={"data": ""}), "postback: no data"),
        (event("unsend", unsend="3257"), "unsend: no messageId"),
        (text(timestamp=..., webhookEventId="evt-1"), "message: no timestamp"),
    ],
)
def test_an_odd_event_is_skipped_with_a_reason_and_costs_no_other(odd: Any, reason: str) -> None:
    batch = read(text("first"), odd, text("last"))
    assert [sent.text for sent in batch.events if isinstance(sent, TextSent)] == ["first", "last"]
    assert batch.skipped == (reason,)


def test_a_reason_holds_nothing_a_person_wrote() -> None:
    secret = "my PIN is 1234"
    odd = event(message={"type": "hologram", "id": "1", "text": secret})
    worse = event("postback", postback=secret, source={"type": "user", "userId": AMY})
    assert "1234" not in "".join(read(odd, worse).skipped)


NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = (
    "type",
    "mode",
    "timestamp",
    "webhookEventId",
    "source",
    "replyToken",
    "message",
    "postback",
)
DEEPER = (
    *("type", "id", "text", "mention", "imageSet", "duration"),
    *("userId", "groupId", "data", "mentionees"),
)


@given(st.lists(ANYTHING, max_size=3), st.lists(ANYTHING, max_size=3))
def test_anything_at_all_never_costs_its_neighbours(before: list[Any], after: list[Any]) -> None:
    batch = read(*before, text("still here"), *after)
    assert said(batch).text == "still here"
    assert len(batch.skipped) == len(before) + len(after)


@given(
    st.sampled_from(["message", "postback", "follow", "unsend"]),
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=3),
    st.dictionaries(st.sampled_from(DEEPER), ANYTHING, max_size=3),
    st.dictionaries(st.sampled_from(DEEPER), ANYTHING, max_size=3),
)
def test_any_value_in_any_field_never_costs_its_neighbours(
    kind: str, fields: Json, message: Json, source: Json
) -> None:
    whole = text(message={**message}, source={"type": "user", "userId": AMY, **source})
    odd = {**whole, "type": kind, **fields}
    batch = read(odd, text("still here"))
    last = batch.events[-1]
    assert isinstance(last, TextSent)
    assert last.text == "still here"
    assert len(batch.events) + len(batch.skipped) == 2
    for read_event in batch.events:
        stored = json.dumps(to_record(read_event), ensure_ascii=False).encode("utf-8")
        assert from_record(json.loads(stored)) == read_event


# --- ids and times -----------------------------------------------------------------------------


def test_a_redelivery_has_the_same_id() -> None:
    again = text(deliveryContext={"isRedelivery": True})
    assert said(read(text())) == said(read(again))


def test_an_event_without_an_id_gets_one_that_a_redelivery_shares() -> None:
    first, again, other = read(
        text(webhookEventId=...),
        text(webhookEventId=..., deliveryContext={"isRedelivery": True}),
        text("something else", webhookEventId=...),
    ).events
    assert first.id == again.id
    assert first.id != other.id
    assert len(first.id) == 64


@pytest.mark.parametrize("at", [..., None, "1692251666727", True, -1, 0, 1.5, 10**15, [1]])
def test_without_a_timestamp_the_events_id_tells_the_time(at: object) -> None:
    assert said(read(text(timestamp=at))).at == 1_692_251_666_727 + 118


def test_halves_of_surrogate_pairs_are_replaced_so_that_words_can_be_stored() -> None:
    (sent,) = read_body(
        b'{"events":[' + json.dumps(text()).replace("\\u4f60", "\\ud83d").encode() + b"]}"
    ).events
    assert isinstance(sent, TextSent)
    assert sent.text == "\ufffd好"


def test_whole_pairs_stay_what_they_are() -> None:
    assert said(read(text("😀"))).text == "😀"


@pytest.mark.parametrize("mode", [..., None, "active"])
def test_a_missing_mode_is_active(mode: object) -> None:
    assert len(read(text(mode=mode)).events) == 1


# --- LINE's own events, and the SDK as oracle --------------------------------------------------


def sdk() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import linebot.v3.webhook  # type: ignore[import-untyped]

    return linebot.v3.webhook


def fixtures() -> list[Json]:
    if not FIXTURES.exists():
        pytest.skip("LINE's fixtures are not beside the project")
    events: list[Json] = json.loads(FIXTURES.read_text())["events"]
    return events


def test_every_kind_of_event_line_knows_is_read_or_skipped_for_a_reason() -> None:
    events = fixtures()
    batch = read(*events)
    kinds = [type(item).__name__ for item in batch.events]
    assert len(events) == 28
    assert kinds == [
        "TextSent", "ImageSent", "OtherSent", "AudioSent", "OtherSent", "OtherSent", "Followed",
        "Tapped", "TextSent", "TextSent", "Tapped", "Tapped", "Tapped", "OtherSent", "Unsent",
        "ImageSent", "TextSent",
    ]  # fmt: skip
    assert batch.skipped == (
        "unfollow: not handled",
        "join: not handled",
        "leave: not handled",
        "beacon: not handled",
        "beacon: not handled",
        "accountLink: not handled",
        "memberJoined: not handled",
        "memberLeft: not handled",
        "videoPlayComplete: not handled",
        "messageEdited: not handled",
        "undefined: unknown kind",
    )


def test_the_sdk_reads_the_same_where_it_reads_at_all() -> None:
    events = fixtures()
    body = json.dumps({"destination": "U8e74", "events": events})
    parsed = sdk().WebhookParser(SECRET).parse(body, signed(body.encode()))
    theirs = {json.dumps(raw): seen for raw, seen in zip(events, parsed, strict=True)}
    for raw in events:
        for ours in read(raw).events:
            seen = theirs[json.dumps(raw)]
            assert (ours.id, ours.at) == (seen.webhook_event_id, seen.timestamp)
            if not isinstance(ours, Unsent):
                assert ours.user == getattr(seen.source, "user_id", None)
            assert ours.token == getattr(seen, "reply_token", None)
            if message_id_of(ours) is not None:
                assert message_id_of(ours) == seen.message.id
            if isinstance(ours, AudioSent):
                assert ours.duration == (seen.message.duration or 0)
            if isinstance(ours, TextSent):
                assert ours.text == seen.message.text
            if isinstance(ours, Tapped):
                assert ours.data == seen.postback.data


# --- importing costs nothing -------------------------------------------------------------------


def test_importing_the_edges_imports_no_sdk() -> None:
    script = """
import sys
import chalicelib.adapters.line.webhook
light = {"linebot", "openai", "urllib3", "httpx2", "pydantic", "regex"} & sys.modules.keys()
import chalicelib.adapters.line.content
import chalicelib.adapters.line.messages
import chalicelib.adapters.line.sender
import chalicelib.adapters.models.chat_completions
import chalicelib.domain.cutting
import chalicelib.domain.tokens
heavy = {"linebot", "openai", "urllib3", "httpx2", "pydantic"} & sys.modules.keys()
print(sorted(light), sorted(heavy))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[] []"

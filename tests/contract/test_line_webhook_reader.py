"""LINE's webhooks as events: signed ones only, and one odd event never costs the others."""

from __future__ import annotations

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
    Event,
    Followed,
    Joined,
    Left,
    LocationSent,
    MembersJoined,
    Sent,
    StickerSent,
    Tapped,
    TextSent,
    Unfollowed,
    Unsent,
    from_record,
    message_id_of,
    to_record,
)
from tests.contract.hooks import (
    AMY,
    GROUP,
    KNOWN_BODY,
    KNOWN_SIGNATURE,
    SECRET,
    ULID,
    Json,
    event,
    read,
    read_body,
    said,
    signed,
    text,
)

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT.parent / "shared" / "line-fixtures" / "webhook.json"


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


# --- other events ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "known", "own_part"),
    [
        ("unfollow", Unfollowed, {}),
        ("join", Joined, {}),
        ("leave", Left, {}),
        ("memberJoined", MembersJoined, {"joined": {"members": [{"type": "user"}]}}),
        ("memberJoined", MembersJoined, {"joined": None}),
    ],
)
@pytest.mark.parametrize("token", ["757913772c4646b784d4b7ce46d12671", ...])
def test_who_comes_and_goes_is_told_with_no_more_than_where(
    kind: str, known: type[Event], own_part: Json, token: object
) -> None:
    source = {"type": "group", "groupId": GROUP}
    (seen,) = read(event(kind, source=source, replyToken=token, **own_part)).events
    assert seen == known(
        id=ULID,
        chat=Chat(ChatKind.GROUP, GROUP),
        user=None,
        at=1_692_251_666_727,
        token=None if token is ... else token,  # type: ignore[arg-type]
    )


def test_who_blocks_the_bot_is_named() -> None:
    (blocked,) = read(event("unfollow", replyToken=...)).events
    assert isinstance(blocked, Unfollowed)
    assert (blocked.user, blocked.chat) == (AMY, Chat(ChatKind.USER, AMY))


@pytest.mark.parametrize(
    "kind", ["accountLink", "beacon", "memberLeft", "membership", "videoPlayComplete"]
)
def test_what_nothing_is_done_about_is_skipped_quietly(kind: str) -> None:
    assert read(event(kind)) == Batch(events=(), skipped=(f"{kind}: not handled",))


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
        (event("memberLeft"), "memberLeft: not handled"),
        (event("messageEdited", message=["text"]), "messageEdited: no type"),
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
    *("type", "id", "text", "mention", "imageSet", "duration", "keywords"),
    *("title", "address", "latitude", "longitude"),
    *("quoteToken", "markAsReadToken", "quotedMessageId"),
    *("userId", "groupId", "data", "mentionees"),
)
EVENTS = (
    *("message", "messageEdited", "postback", "unsend"),
    *("follow", "unfollow", "join", "leave", "memberJoined"),
)
MESSAGES = ("text", "image", "video", "audio", "file", "sticker", "location")


@given(st.lists(ANYTHING, max_size=3), st.lists(ANYTHING, max_size=3))
def test_anything_at_all_never_costs_its_neighbours(before: list[Any], after: list[Any]) -> None:
    batch = read(*before, text("still here"), *after)
    assert said(batch).text == "still here"
    assert len(batch.skipped) == len(before) + len(after)


@given(
    st.sampled_from(EVENTS),
    st.sampled_from(MESSAGES),
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=3),
    st.dictionaries(st.sampled_from(DEEPER), ANYTHING, max_size=3),
    st.dictionaries(st.sampled_from(DEEPER), ANYTHING, max_size=3),
)
def test_any_value_in_any_field_never_costs_its_neighbours(
    kind: str, what: str, fields: Json, message: Json, source: Json
) -> None:
    place = {"latitude": 25.0, "longitude": 121.5}
    whole = text(
        message={"type": what, **place, **message},
        source={"type": "user", "userId": AMY, **source},
    )
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
        "TextSent", "ImageSent", "OtherSent", "AudioSent", "LocationSent", "StickerSent",
        "Followed", "Unfollowed", "Joined", "Left", "Tapped", "TextSent", "TextSent", "Tapped",
        "Tapped", "Tapped", "MembersJoined", "OtherSent", "Unsent", "ImageSent", "TextSent",
        "TextEdited",
    ]  # fmt: skip
    assert batch.skipped == (
        "beacon: not handled",
        "beacon: not handled",
        "accountLink: not handled",
        "memberLeft: not handled",
        "videoPlayComplete: not handled",
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
            if isinstance(ours, Sent):
                same_message(ours, seen.message)
            if isinstance(ours, Tapped):
                assert ours.data == seen.postback.data


def same_message(ours: Sent, theirs: Any) -> None:
    """Assert that we and the SDK read the same of a message; theirs has what its kind has."""
    assert message_id_of(ours) == theirs.id
    assert ours.quote_token == (getattr(theirs, "quote_token", ours.quote_token) or "")
    assert ours.read_token == (theirs.mark_as_read_token or "")
    if isinstance(ours, AudioSent):
        assert ours.duration == (theirs.duration or 0)
    if isinstance(ours, TextSent):
        assert (ours.text, ours.quotes) == (theirs.text, theirs.quoted_message_id or "")
    if isinstance(ours, StickerSent):
        assert ours.keywords == (*theirs.keywords, theirs.text)
    if isinstance(ours, LocationSent):
        assert (ours.latitude, ours.longitude) == (theirs.latitude, theirs.longitude)
        assert (ours.title, ours.address) == (theirs.title, theirs.address)


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

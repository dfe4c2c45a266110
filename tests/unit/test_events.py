"""Events go to a record and back without loss, and know their lane."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import (
    KINDS,
    AudioSent,
    Event,
    Followed,
    ImageSent,
    Joined,
    Lane,
    Left,
    LocationSent,
    MembersJoined,
    OtherSent,
    Sent,
    StickerSent,
    Tapped,
    TextEdited,
    TextSent,
    Unfollowed,
    Unsent,
    from_record,
    message_id_of,
    to_record,
)

AMY = Chat(ChatKind.USER, "Uamy")
BASE: dict[str, Any] = {"id": "e1", "chat": AMY, "user": "Uamy", "at": 1, "token": "t1"}

_any_text = st.text(alphabet=st.characters(codec=None))
_base = {
    "id": _any_text,
    "chat": st.builds(Chat, st.sampled_from(ChatKind), st.text(min_size=1)),
    "user": st.none() | _any_text,
    "at": st.integers(min_value=0),
    "token": st.none() | _any_text,
}
_sent = {
    **_base,
    "message_id": _any_text,
    "quote_token": _any_text,
    "read_token": _any_text,
}
_said = {**_sent, "text": _any_text, "to_bot": st.booleans(), "quotes": _any_text}
_maybe_text, _maybe_number = st.none() | _any_text, st.none() | st.integers()
_degrees = st.floats(-180, 180)
_events = st.one_of(
    st.builds(TextSent, **_said),
    st.builds(TextEdited, **_said),
    st.builds(ImageSent, **_sent, set_id=_maybe_text, set_total=_maybe_number),
    st.builds(AudioSent, **_sent, duration=st.integers(min_value=0)),
    st.builds(StickerSent, **_sent, keywords=st.lists(_any_text, max_size=15).map(tuple)),
    st.builds(
        LocationSent,
        **_sent,
        latitude=_degrees,
        longitude=_degrees,
        title=_any_text,
        address=_any_text,
    ),
    st.builds(OtherSent, **_sent, what=_any_text),
    st.builds(Tapped, **_base, data=_any_text),
    st.builds(Followed, **_base, again=st.booleans()),
    *(st.builds(kind, **_base) for kind in (Unfollowed, Joined, Left, MembersJoined)),
    st.builds(Unsent, **_base, message_id=_any_text),
)


@given(_events)
def test_an_event_goes_to_a_record_of_json_and_back_without_loss(event: Event) -> None:
    assert from_record(json.loads(json.dumps(to_record(event)))) == event


def test_every_kind_of_event_can_be_kept() -> None:
    kinds = {kind.__name__ for kind in _below(Event)} - {Sent.__name__}
    assert {kind.__name__ for kind in KINDS.values()} == kinds


def _below(kind: type[Event]) -> list[type[Event]]:
    """All that are made of a kind, and what is made of those."""
    return [each for part in kind.__subclasses__() for each in (part, *_below(part))]


def test_what_a_newer_version_added_to_an_event_is_left_out() -> None:
    event = TextSent(**BASE, message_id="m1", text="嗨")
    assert from_record({**to_record(event), "mood": "happy"}) == event


def test_what_a_newer_version_left_out_has_its_default() -> None:
    record = to_record(TextSent(**BASE, message_id="m1", text="嗨"))
    del record["to_bot"]
    assert from_record(record) == TextSent(**BASE, message_id="m1", text="嗨")


def test_a_kind_of_a_newer_version_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        from_record({"kind": "hologram", "chat": "user:Uamy"})


@pytest.mark.parametrize(
    ("data", "lane"),
    [
        ("taps:b1", Lane.TAPS),
        ("turns:b1", Lane.TURNS),
        ("b1", Lane.TURNS),
        ("", Lane.TURNS),
        ("tapsy", Lane.TURNS),
    ],
)
def test_a_button_names_the_lane_that_its_tap_takes(data: str, lane: Lane) -> None:
    assert Tapped(**BASE, data=data).lane is lane


@pytest.mark.parametrize(
    "event",
    [
        TextSent(**BASE, message_id="m1", text="嗨"),
        ImageSent(**BASE, message_id="m1"),
        TextEdited(**BASE, message_id="m1", text="嗨"),
        AudioSent(**BASE, message_id="m1"),
        StickerSent(**BASE, message_id="m1"),
        LocationSent(**BASE, message_id="m1", latitude=0, longitude=0),
        OtherSent(**BASE, message_id="m1", what="sticker"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_every_message_has_its_id(event: Event) -> None:
    assert message_id_of(event) == "m1"


@pytest.mark.parametrize(
    "event",
    [Unsent(**BASE, message_id="m1"), Tapped(**BASE, data="turns:b1"), Followed(**BASE)],
    ids=lambda event: type(event).__name__,
)
def test_what_brought_no_message_has_no_message_id(event: Event) -> None:
    assert message_id_of(event) is None


def test_whatever_is_no_tap_is_a_turn() -> None:
    assert TextSent(**BASE, message_id="m1", text="taps:b1").lane is Lane.TURNS
    assert Unsent(**BASE, message_id="m1").lane is Lane.TURNS


@pytest.mark.parametrize(
    ("kind", "private"),
    [(ChatKind.USER, True), (ChatKind.GROUP, False), (ChatKind.ROOM, False)],
)
def test_a_chats_key_can_be_read_back(kind: ChatKind, private: bool) -> None:
    chat = Chat(kind, "X:1")
    assert Chat.parse(chat.key) == chat
    assert chat.is_private is private


@pytest.mark.parametrize("key", ["", "user", "user:", ":U1", "planet:U1"])
def test_what_is_no_chats_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"chat's key|ChatKind"):
        Chat.parse(key)

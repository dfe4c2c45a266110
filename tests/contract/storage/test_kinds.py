"""Every kind of event is stored and read back as it was, and so is what an older version wrote."""

from __future__ import annotations

from typing import Any

import pytest

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
    StickerSent,
    Tapped,
    TextEdited,
    TextSent,
    Unfollowed,
    Unsent,
)
from tests.contract.storage.desk import GROUP, Desk, asked, later

_WHO: dict[str, Any] = {
    "id": "event-1",
    "chat": GROUP,
    "user": "Uamy",
    "at": 1_795_320_000_000,
    "token": "t",
}
_SENT = {**_WHO, "message_id": "1", "quote_token": "q", "read_token": "r"}
EVENTS: list[Event] = [
    TextSent(**_SENT, text="ちょっと 🍵 \ud83c", to_bot=True, quotes="0"),
    TextEdited(**_SENT, text="好的", quotes="0"),
    ImageSent(**_SENT, set_id="set", set_total=3),
    AudioSent(**_SENT, duration=4200),
    StickerSent(**_SENT, keywords=("tea", "love", "ok")),
    StickerSent(**_SENT),
    LocationSent(**_SENT, latitude=25.033_964_1, longitude=-121.5, title="台北", address="信義"),
    OtherSent(**_SENT, what="video"),
    Tapped(**_WHO, data="turns:button"),
    Followed(**_WHO, again=True),
    Unfollowed(**{**_WHO, "token": None}),
    Joined(**{**_WHO, "user": None}),
    Left(**{**_WHO, "user": None, "token": None}),
    MembersJoined(**{**_WHO, "user": None}),
]


def kind(event: Event) -> str:
    return type(event).__name__


def test_no_kind_is_forgotten_here() -> None:
    assert {type(event) for event in EVENTS} == {*KINDS.values()} - {Unsent}


@pytest.mark.parametrize("event", EVENTS, ids=kind)
def test_an_event_of_any_kind_comes_back_as_it_was(desk: Desk, event: Event) -> None:
    desk.accept(event)
    assert desk.inbox.has_work(GROUP, Lane.TURNS)
    (arrival,) = desk.inbox.waiting(GROUP)
    assert (type(arrival.event), arrival.event) == (type(event), event)
    turn = desk.take(GROUP, now=later(9))
    assert asked(turn) == ["1"]
    assert desk.kept(turn).latest.event == event

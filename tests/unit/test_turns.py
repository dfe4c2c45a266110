"""The times that bind a turn, and what it says about itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import Event, ImageSent, TextSent
from chalicelib.domain.turns import Arrival, State, Turn, deadline
from tests.fakes import NOON

AMY = Chat(ChatKind.USER, "Uamy")
BASE: dict[str, Any] = {"chat": AMY, "user": "Uamy", "at": 1, "token": "t1"}


def said(text: str, event_id: str = "e1") -> TextSent:
    return TextSent(**BASE, id=event_id, message_id=f"m-{event_id}", text=text)


def turn(*events: Event) -> Turn:
    arrivals = tuple(Arrival(event=event, received=NOON) for event in events)
    return Turn(id="turn", chat=AMY, state=State.WORKING, attempts=1, arrivals=arrivals)


def test_no_reply_is_begun_in_the_last_seconds_of_a_tokens_minute() -> None:
    arrival = Arrival(event=said("嗨"), received=NOON)
    assert arrival.token_ends == NOON + timedelta(seconds=55)


@pytest.mark.parametrize(("after", "seconds"), [(45, 45), (0.5, 0.5), (50, 50), (300, 50)])
def test_a_late_answer_becomes_a_button_while_the_token_still_lives(
    after: float, seconds: float
) -> None:
    arrival = Arrival(event=said("嗨"), received=NOON)
    assert deadline(arrival, after=timedelta(seconds=after)) == NOON + timedelta(seconds=seconds)


def test_the_words_of_a_turn_are_its_texts_a_line_each() -> None:
    picture = ImageSent(**BASE, id="e2", message_id="m2")
    assert turn(said("我想問"), picture, said("這是什麼？", "e3")).words == "我想問\n這是什麼？"


def test_a_turn_of_pictures_has_no_words() -> None:
    assert turn(ImageSent(**BASE, id="e2", message_id="m2")).words == ""


def test_a_turn_is_answered_by_its_newest_message() -> None:
    asked = turn(said("我想問"), said("這是什麼？", "e3"))
    assert asked.latest.event.id == "e3"


def test_a_turn_whose_words_were_erased_has_none() -> None:
    assert turn().words == ""

"""Buttons carry an opaque id; who may tap, where and until when stands in the row behind it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.adapters.storage.sqlite.buttons import SqliteButtons
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.assistant.taps import CONTINUE, RETRY, SHOW, Taps
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import ButtonGone, ButtonUsed, NotYours
from chalicelib.domain.events import Lane, Tapped
from chalicelib.domain.messages import Tap
from tests.fakes import FakeClock

AMY = Chat(ChatKind.USER, "Uamy")
GROUP = Chat(ChatKind.GROUP, "Cfriends")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def taps(tmp_path: Path, clock: FakeClock) -> Iterator[Taps]:
    database = Database(tmp_path / "liao.db")
    numbers = itertools.count(1)
    yield Taps(store=SqliteButtons(db=database), clock=clock, new_id=lambda: f"b{next(numbers)}")
    database.close()


def tapped(
    button: Tap | str, *, event: str = "e1", user: str | None = "Uamy", chat: Chat = AMY
) -> Tapped:
    data = button if isinstance(button, str) else button.data
    return Tapped(id=event, chat=chat, user=user, at=1, token="t1", data=data)


def test_a_button_leads_back_to_what_it_does(taps: Taps) -> None:
    made = taps.make("繼續", chat=AMY, action=CONTINUE, subject="turn7", offset=3)
    button = taps.open(tapped(made))
    assert (button.action, button.subject, button.offset) == (CONTINUE, "turn7", 3)


def test_nothing_can_be_read_in_a_button_but_its_lane(taps: Taps) -> None:
    made = taps.make("刪除", chat=AMY, action="delete.confirm", subject="turn7", user="Uamy")
    assert made == Tap("刪除", "turns:b1")


@pytest.mark.parametrize(
    ("action", "lane"),
    [
        (SHOW, Lane.TAPS),
        (CONTINUE, Lane.TAPS),
        (RETRY, Lane.TURNS),
        ("delete.confirm", Lane.TURNS),
    ],
)
def test_buttons_that_only_show_something_take_the_fast_lane(
    taps: Taps, action: str, lane: Lane
) -> None:
    assert tapped(taps.make("x", chat=AMY, action=action)).lane is lane


@pytest.mark.parametrize("data", ["turns:b9", "taps:", "b1", "", "turns:turns:b1", ":::"])
def test_a_button_that_was_never_made_is_gone(taps: Taps, data: str) -> None:
    taps.make("x", chat=AMY, action=SHOW)
    with pytest.raises(ButtonGone):
        taps.open(tapped(data))


def test_a_button_works_only_in_its_chat(taps: Taps) -> None:
    made = taps.make("x", chat=GROUP, action=SHOW)
    with pytest.raises(ButtonGone):
        taps.open(tapped(made))
    assert taps.open(tapped(made, chat=GROUP)).action == SHOW


def test_a_button_made_for_one_person_works_for_nobody_else(taps: Taps) -> None:
    made = taps.make("x", chat=GROUP, action="delete.confirm", user="Uamy")
    for stranger in ("Uben", None):
        with pytest.raises(NotYours):
            taps.open(tapped(made, chat=GROUP, user=stranger))
    assert taps.open(tapped(made, chat=GROUP)).user == "Uamy"


def test_a_button_made_for_everybody_works_for_everybody(taps: Taps) -> None:
    made = taps.make("x", chat=GROUP, action=SHOW)
    for user in ("Uamy", "Uben", None):
        assert taps.open(tapped(made, chat=GROUP, user=user)).action == SHOW


def test_a_button_lives_for_a_week(taps: Taps, clock: FakeClock) -> None:
    made = taps.make("x", chat=AMY, action=SHOW)
    clock.time += timedelta(days=7, seconds=-1)
    assert taps.open(tapped(made)).action == SHOW
    clock.move(1)
    with pytest.raises(ButtonGone):
        taps.open(tapped(made))


def test_a_button_may_live_shorter(taps: Taps, clock: FakeClock) -> None:
    made = taps.make("x", chat=AMY, action="delete.confirm", life=timedelta(minutes=10))
    clock.time += timedelta(minutes=10)
    with pytest.raises(ButtonGone):
        taps.open(tapped(made))


def test_a_button_is_used_up_by_one_tap_and_stays_that_taps_own(taps: Taps) -> None:
    first = tapped(taps.make("x", chat=AMY, action=RETRY))
    button = taps.open(first)
    taps.use_up(button, first)
    taps.use_up(button, first)  # the same tap again, after a crash
    with pytest.raises(ButtonUsed):
        taps.use_up(button, tapped(first.data, event="e2"))


def test_a_row_can_be_found_whoever_tapped(taps: Taps) -> None:
    made = taps.make("x", chat=GROUP, action=RETRY, subject="turn7", user="Uamy")
    found = taps.find(tapped(made, chat=GROUP, user="Uben"))
    assert found is not None
    assert found.subject == "turn7"
    assert taps.find(tapped("turns:b9")) is None

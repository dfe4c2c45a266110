"""Edits that come late, again, in any order or of what is gone: the last words stand."""

from __future__ import annotations

import pytest

from chalicelib.domain.turns import State
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    BEN,
    GROUP,
    ORIGIN,
    Desk,
    at_once,
    edited,
    later,
    names,
    unsent,
    wrote,
)
from tests.contract.storage.test_edits import NEW, OLD, SHOWN, UNDECIDED, asks_or_not, waiting


def test_the_same_edit_is_new_once(desk: Desk) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    assert desk.edit(edited("tea")) is True
    assert desk.edit(edited("tea"), now=later(90)) is False
    (arrival,) = desk.inbox.waiting(GROUP)
    assert arrival.received == later(90)
    turn = desk.take(GROUP, now=later(91))
    assert desk.edit(edited("tea"), now=later(95)) is False
    assert desk.kept(turn).latest.received == later(95)
    assert waiting(desk) == []


@asks_or_not
def test_the_edit_that_happened_last_wins_whenever_it_comes(desk: Desk, asks: bool) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    assert desk.edit(edited("tea", NEW, at=20)) is True
    assert desk.edit(edited("tea", OLD, at=10), asks=asks) is False
    assert desk.take(GROUP).words == NEW
    assert desk.edit(edited("tea", OLD, at=15), asks=asks) is False
    assert waiting(desk) == []


def test_of_the_edits_of_a_line_the_last_one_wins_too(desk: Desk) -> None:
    desk.overhear(wrote("tea", "one", chat=GROUP))
    for text, at in (("two", 10), ("four", 20), ("three", 15)):
        assert desk.edit(edited("tea", text, at=at), asks=False) is False
    assert desk.said() == ["four"]
    assert desk.edit(edited("tea", "late", at=12)) is False
    assert desk.said() == ["four"]


def test_a_message_that_comes_after_its_edit_stays_away(backend: Backend, desk: Desk) -> None:
    desk.edit(edited("tea", NEW))
    for _ in range(2):
        desk.accept(wrote("tea", OLD, chat=GROUP))
        desk.overhear(wrote("tea", OLD, chat=GROUP))
    assert waiting(desk) == ["tea-10"]
    assert desk.said() == []
    assert not backend.holds("xylophonic")
    assert desk.outbox.is_withdrawn(GROUP, "event-tea")


def test_a_message_that_comes_again_after_its_edit_renews_nothing(desk: Desk) -> None:
    desk.accept(wrote("tea", OLD, chat=GROUP))
    desk.edit(edited("tea", NEW))
    assert desk.inbox.accept(wrote("tea", OLD, chat=GROUP), origin=ORIGIN, now=later(90)) is False
    assert desk.inbox.waiting(GROUP)[0].received == later(0)
    desk.overhear(wrote("milk", "one", chat=GROUP))
    desk.edit(edited("milk", "two"), asks=False)
    desk.overhear(wrote("milk", "one", chat=GROUP))
    assert desk.said() == ["two"]


@asks_or_not
def test_of_a_message_that_was_taken_back_no_edit_is_kept(
    backend: Backend, desk: Desk, asks: bool
) -> None:
    desk.accept(wrote("tea", chat=GROUP), unsent("tea", chat=GROUP), unsent("milk", chat=GROUP))
    for name in ("tea", "milk"):
        assert desk.edit(edited(name, NEW), asks=asks) is False
    assert not backend.holds("zymurgic")
    assert waiting(desk) == []


@pytest.mark.parametrize("state", [None, *UNDECIDED, *SHOWN])
def test_an_edited_message_that_is_taken_back_is_gone_with_its_answers(
    backend: Backend, desk: Desk, state: State | None
) -> None:
    desk.reach(State.SENT, wrote("tea", OLD, chat=GROUP), text="Esquipedalian.")
    if state is None:
        desk.edit(edited("tea", NEW))
    else:
        desk.reach(state, edited("tea", NEW), text="Esquipedalian.")
    desk.accept(unsent("tea", chat=GROUP))
    for words in ("xylophonic", "zymurgic", "squipedalian"):
        assert not backend.holds(words)
    assert waiting(desk) == []


def test_an_edit_in_one_chat_touches_no_other(desk: Desk) -> None:
    desk.accept(wrote("tea", chat=BEN))
    desk.edit(edited("tea"))
    assert names(a.event for a in desk.inbox.waiting(BEN)) == ["tea"]
    assert waiting(desk) == ["tea-10"]


def test_an_edit_that_is_accepted_like_a_message_asks(desk: Desk) -> None:
    desk.accept(wrote("tea", OLD, chat=GROUP), edited("tea", NEW))
    assert waiting(desk) == ["tea-10"]


def test_of_many_edits_at_once_the_last_one_waits(desk: Desk) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    at_once(8, lambda number: desk.edit(edited("tea", at=10 + number)))
    assert waiting(desk) == ["tea-17"]


def test_what_was_forgotten_of_a_person_comes_back_by_no_older_words(
    backend: Backend, desk: Desk
) -> None:
    desk.reach(State.SENT, wrote("tea", OLD, chat=GROUP))
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    assert desk.edit(edited("tea", NEW), asks=False) is False
    assert not backend.holds("zymurgic")
    assert desk.edit(edited("tea", NEW, at=20)) is True

"""What an edit promises: the words that were before are gone, and the last ones are answered."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.turns import State, Turn
from chalicelib.ports import Said
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    GROUP,
    ORIGIN,
    Desk,
    asked,
    by,
    edited,
    later,
    names,
    saying,
    unsent,
    wrote,
)

UNDECIDED = [State.WORKING, State.ANSWERED, State.PARKED]
SHOWN = [State.SENDING, State.SENT, State.FAILED]
OLD, NEW = "Is xylophonic tea good?", "Is zymurgic tea good?"
asks_or_not = pytest.mark.parametrize("asks", [True, False])


def waiting(desk: Desk) -> list[str]:
    return names(arrival.event for arrival in desk.inbox.waiting(GROUP))


def remembered(desk: Desk, turn: Turn, *lines: Said) -> Turn:
    """The turn's answer is saved with these lines, and sent."""
    desk.outbox.save(desk.lease(GROUP), turn.id, saying("Esquipedalian."), lines)
    token = turn.latest.event.token or ""
    desk.outbox.begin(desk.lease(GROUP), [turn.id], by(token.removeprefix("token-")), now=later(1))
    desk.outbox.settle(desk.lease(GROUP), token, unsure=False)
    return desk.kept(turn)


def line(name: str, text: str) -> Said:
    return Said(text=text, by_bot=False, message_id=f"message-{name}", user="Uamy")


ANSWER = Said(text="Esquipedalian.", by_bot=True)


# --- what waits, or is answered ----------------------------------------------------------------


@asks_or_not
def test_a_message_that_waits_is_replaced_by_its_edit(
    backend: Backend, desk: Desk, asks: bool
) -> None:
    desk.accept(wrote("tea", OLD, chat=GROUP, at=1), wrote("milk", chat=GROUP, at=2))
    assert desk.edit(edited("tea", NEW), asks=asks, now=later(5)) is True
    arrivals = desk.inbox.waiting(GROUP)
    assert names(arrival.event for arrival in arrivals) == ["milk", "tea-10"]
    assert arrivals[-1].event == edited("tea", NEW)
    assert (arrivals[-1].received, arrivals[-1].origin) == (later(5), ORIGIN)
    assert not backend.holds("xylophonic")
    assert desk.take(GROUP).words == f"What about milk?\n{NEW}"


@pytest.mark.parametrize("state", UNDECIDED)
def test_an_answer_that_was_not_shown_yet_is_dropped_and_the_edit_waits(
    backend: Backend, desk: Desk, state: State
) -> None:
    turn = desk.reach(state, wrote("tea", OLD, chat=GROUP), text="Esquipedalian.")
    assert desk.edit(edited("tea", NEW), asks=False) is True
    assert (desk.kept(turn).state, desk.kept(turn).answer) == (State.WITHDRAWN, None)
    assert desk.outbox.parked(GROUP) == ()
    assert not backend.holds("xylophonic")
    assert not backend.holds("squipedalian")
    again = desk.take(GROUP)
    assert (asked(again), again.attempts) == (["tea-10"], 1)


def test_an_answer_under_way_can_no_longer_be_saved(desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea", chat=GROUP))
    desk.edit(edited("tea"))
    with pytest.raises(Withdrawn):
        desk.outbox.save(desk.lease(GROUP), turn.id, saying("Green."), [line("tea", OLD)])
    assert desk.said() == []


@pytest.mark.parametrize("state", UNDECIDED)
def test_messages_that_shared_the_turn_wait_again_beside_the_edit(desk: Desk, state: State) -> None:
    shared = (wrote(name, chat=GROUP, at=at) for at, name in enumerate(("tea", "milk", "rice")))
    desk.reach(state, *shared)
    assert desk.edit(edited("milk", at=9)) is True
    assert asked(desk.take(GROUP)) == ["tea", "rice", "milk-9"]


@pytest.mark.parametrize("state", SHOWN)
@asks_or_not
def test_what_was_shown_loses_its_words_and_the_edit_is_answered_anew(
    backend: Backend, desk: Desk, state: State, asks: bool
) -> None:
    turn = desk.reach(state, wrote("tea", OLD, chat=GROUP), text="Esquipedalian.")
    assert desk.edit(edited("tea", NEW), asks=asks) is True
    kept = desk.kept(turn)
    assert (kept.state, kept.answer, kept.arrivals) == (state, None, ())
    assert waiting(desk) == ["tea-10"]
    assert not backend.holds("xylophonic")
    assert not backend.holds("squipedalian")


def test_messages_that_shared_a_shown_turn_stay_answered(desk: Desk) -> None:
    desk.accept(wrote("tea", chat=GROUP, at=1), wrote("milk", chat=GROUP, at=2))
    turn = desk.take(GROUP)
    remembered(desk, turn, line("tea", "Tea?"), line("milk", "Milk?"), ANSWER)
    desk.edit(edited("milk"))
    assert asked(desk.kept(turn)) == ["tea"]
    assert waiting(desk) == ["milk-10"]
    assert desk.said() == ["Tea?"]


def test_the_lines_of_what_was_answered_come_back_with_the_new_answer(
    backend: Backend, desk: Desk
) -> None:
    desk.accept(wrote("tea", OLD, chat=GROUP))
    remembered(desk, desk.take(GROUP), line("tea", OLD), ANSWER)
    assert desk.edit(edited("tea", NEW), asks=False) is True
    assert desk.said() == []
    assert not backend.holds("xylophonic")
    assert not backend.holds("squipedalian")
    remembered(desk, desk.take(GROUP), line("tea", NEW), ANSWER)
    assert desk.said() == [NEW, "Esquipedalian."]


@pytest.mark.parametrize("days", [1.1, 7.1, 29])
def test_what_was_answered_long_ago_is_answered_anew(desk: Desk, days: float) -> None:
    desk.accept(wrote("tea", OLD, chat=GROUP))
    remembered(desk, desk.take(GROUP), line("tea", OLD), ANSWER)
    for store in desk.stores.forgetful:
        store.purge(now=later(days=days))
    assert desk.edit(edited("tea", NEW), asks=False, now=later(days=days)) is True
    assert waiting(desk) == ["tea-10"]
    assert desk.said(now=later(days=days)) == []


# --- what nobody asked -------------------------------------------------------------------------


def test_a_line_that_was_overheard_is_rewritten_in_its_place(backend: Backend, desk: Desk) -> None:
    desk.overhear(*(wrote(name, name, chat=GROUP) for name in ("one", "xylophonic", "three")))
    event = edited("xylophonic", "zymurgic")
    assert desk.edit(event, asks=False) is False
    assert desk.said() == ["one", "zymurgic", "three"]
    assert not desk.inbox.has_work(GROUP, event.lane)
    desk.accept(unsent("xylophonic", chat=GROUP))
    assert not backend.holds("zymurgic")
    assert desk.said() == ["one", "three"]


def test_the_words_before_an_overheard_line_was_edited_are_gone(
    backend: Backend, desk: Desk
) -> None:
    desk.overhear(wrote("tea", OLD, chat=GROUP))
    assert backend.holds("xylophonic")
    desk.edit(edited("tea", NEW), asks=False)
    assert not backend.holds("xylophonic")
    assert backend.holds("zymurgic")


def test_a_line_whose_edit_asks_something_leaves_the_history_and_waits(
    backend: Backend, desk: Desk
) -> None:
    desk.overhear(wrote("tea", OLD, chat=GROUP), wrote("milk", "Milk.", chat=GROUP))
    assert desk.edit(edited("tea", NEW)) is True
    assert desk.said() == ["Milk."]
    assert waiting(desk) == ["tea-10"]
    assert not backend.holds("xylophonic")
    assert desk.edit(edited("tea", "No more", at=20), asks=False) is True
    assert waiting(desk) == ["tea-20"]


def test_an_edit_of_what_nobody_knows_is_taken_in_if_it_asks(backend: Backend, desk: Desk) -> None:
    assert desk.edit(edited("tea", NEW), asks=False) is False
    assert not backend.holds("zymurgic")
    assert desk.inbox.depth() == 0
    assert desk.edit(edited("milk", NEW)) is True
    assert waiting(desk) == ["milk-10"]

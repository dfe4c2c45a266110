"""What a turn that asks again promises: it has the question, and nobody else has."""

from __future__ import annotations

from chalicelib.domain.events import Lane
from chalicelib.domain.turns import State, Turn
from tests.contract.storage.desk import AMY, BEN, Desk, asked, later, names, tapped, unsent, wrote


def asking_again(desk: Desk) -> Turn:
    """The turn of a tap that asks again what was answered by an apology."""
    first = desk.reach(State.SENT, wrote("tea", at=1), wrote("milk", at=2), text="Sorry, busy.")
    desk.accept(tapped("retry", lane=Lane.TURNS, at=3))
    tap = desk.take()
    again = desk.outbox.adopt(desk.lease(), tap.id, first.id)
    assert again is not None
    return again


def test_its_messages_are_found_with_it(desk: Desk) -> None:
    again = asking_again(desk)
    assert (again.state, asked(again)) == (State.WORKING, ["tea", "milk", "retry"])
    assert desk.outbox.turn_of(AMY, "event-tea") == desk.outbox.turn_of(AMY, "event-retry") == again
    assert desk.kept(again) == again


def test_the_next_worker_finds_the_messages_with_the_tap(desk: Desk) -> None:
    again = asking_again(desk)
    desk.leave(now=later(200))
    taken = desk.take(now=later(200))
    assert (taken.id, asked(taken)) == (again.id, ["tea", "milk", "retry"])


def test_what_is_left_of_it_waits_again_when_part_is_taken_back(desk: Desk) -> None:
    again = asking_again(desk)
    desk.accept(unsent("tea"))
    assert desk.kept(again).state is State.WITHDRAWN
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["milk", "retry"]


def test_another_chats_question_is_not_taken_over(desk: Desk) -> None:
    bens = desk.reach(State.SENT, wrote("secret", chat=BEN))
    desk.accept(tapped("retry", lane=Lane.TURNS))
    tap = desk.take()
    assert desk.outbox.adopt(desk.lease(), tap.id, bens.id) == tap
    assert desk.kept(bens) == bens


def test_a_turn_that_is_not_kept_takes_nothing_over(desk: Desk) -> None:
    first = desk.reach(State.SENT, wrote("tea"))
    assert desk.outbox.adopt(desk.lease(), "unknown", first.id) is None
    assert desk.kept(first) == first


def test_a_turn_that_has_its_answer_takes_nothing_over(desk: Desk) -> None:
    first = desk.reach(State.SENT, wrote("tea"))
    second = desk.answered(wrote("milk"))
    assert desk.outbox.adopt(desk.lease(), second.id, first.id) == second
    assert desk.kept(first) == first

"""What an operator is promised of turns that were given up: seen, begun anew, or dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.errors import Cause
from chalicelib.domain.turns import State, Turn
from chalicelib.ports import Failures, Said
from tests.contract.storage.desk import AMY, BEN, Desk, asked, by, later, names, saying, wrote


@pytest.fixture
def failures(desk: Desk) -> Failures:
    return desk.stores.failures


def apologized(desk: Desk, name: str = "tea") -> Turn:
    """A turn broke every worker; its person got an apology."""
    desk.accept(wrote(name))
    turn = desk.take()
    desk.outbox.save(desk.lease(), turn.id, replace(saying("Sorry."), cause=Cause.CRASHED))
    desk.outbox.begin(desk.lease(), [turn.id], by(name), now=later(1))
    desk.outbox.settle(desk.lease(), f"token-{name}", unsure=False)
    return desk.kept(turn)


def test_what_was_given_up_is_listed_with_its_cause_oldest_first(
    desk: Desk, failures: Failures
) -> None:
    crashed = apologized(desk)
    refused = desk.reach(State.FAILED, wrote("rice", chat=BEN), now=later(5))
    found = failures.given_up()
    assert [(one.turn, one.cause) for one in found] == [(crashed, "crashed"), (refused, "refused")]
    assert [one.at for one in found] == [later(1), later(5)]


@pytest.mark.parametrize(
    "state", [State.WORKING, State.ANSWERED, State.SENDING, State.SENT, State.PARKED]
)
def test_what_goes_on_or_went_well_is_not_listed(
    desk: Desk, failures: Failures, state: State
) -> None:
    turn = desk.reach(state, wrote("tea"))
    assert failures.given_up() == ()
    assert not failures.revive(AMY, turn.id, now=later(9))
    assert not failures.drop(AMY, turn.id)
    assert desk.kept(turn) == turn


def test_a_model_that_failed_as_models_do_is_not_listed(desk: Desk, failures: Failures) -> None:
    desk.accept(wrote("tea"))
    turn = desk.take()
    desk.outbox.save(desk.lease(), turn.id, replace(saying("Busy."), cause=Cause.OVERLOADED))
    desk.outbox.park(desk.lease(), [turn.id])
    assert failures.given_up() == ()


@pytest.mark.parametrize("how", ["apologized", "failed"])
def test_a_turn_that_is_revived_begins_anew(desk: Desk, failures: Failures, how: str) -> None:
    turn = apologized(desk) if how == "apologized" else desk.reach(State.FAILED, wrote("tea"))
    assert failures.revive(AMY, turn.id, now=later(60))
    assert failures.given_up() == ()
    again = desk.take(now=later(61))
    assert (again.id, again.state, again.attempts) == (turn.id, State.WORKING, 1)
    assert (asked(again), again.answer, again.sending) == (["tea"], None, None)
    desk.outbox.save(desk.lease(), again.id, saying("Green."))
    assert desk.kept(again).answer == saying("Green.")


def test_a_turn_that_is_revived_leaves_the_history_until_it_is_answered_again(
    desk: Desk, failures: Failures
) -> None:
    desk.accept(wrote("tea"))
    turn = desk.take()
    apology = replace(saying("Sorry."), cause=Cause.CRASHED)
    question = Said(text="tea?", by_bot=False, message_id="m-tea", user=AMY.id)
    desk.outbox.save(desk.lease(), turn.id, apology, [question, Said(text="Sorry.", by_bot=True)])
    desk.outbox.park(desk.lease(), [turn.id])
    assert failures.revive(AMY, turn.id, now=later(60))
    assert desk.stores.history.recent(AMY, limit=9, now=later(60)) == ()
    again = desk.take(now=later(61))
    lines = (question, Said(text="Green.", by_bot=True))
    desk.outbox.save(desk.lease(), again.id, saying("Green."), lines)
    assert desk.stores.history.recent(AMY, limit=9, now=later(62)) == lines


def test_an_apology_that_waits_to_be_shown_goes_when_its_turn_is_revived(
    desk: Desk, failures: Failures
) -> None:
    desk.accept(wrote("tea"))
    turn = desk.take()
    desk.outbox.save(desk.lease(), turn.id, replace(saying("Sorry."), cause=Cause.CRASHED))
    desk.outbox.park(desk.lease(), [turn.id])
    assert [one.turn.id for one in failures.given_up()] == [turn.id]
    assert failures.revive(AMY, turn.id, now=later(60))
    assert desk.outbox.parked(AMY) == ()
    assert desk.inbox.chats_with_work() != ()


def test_nothing_is_left_to_revive_once_the_words_are_gone(desk: Desk, failures: Failures) -> None:
    turn = desk.reach(State.FAILED, wrote("tea"))
    for store in desk.stores.forgetful:
        store.purge(now=later(days=1.1))
    assert names(a.event for a in desk.kept(turn).arrivals) == []
    assert not failures.revive(AMY, turn.id, now=later(days=1.2))


def test_a_turn_that_was_dropped_is_listed_no_more_and_stays_as_it_is(
    desk: Desk, failures: Failures
) -> None:
    turn = desk.reach(State.FAILED, wrote("tea"))
    assert failures.drop(AMY, turn.id)
    assert failures.given_up() == ()
    assert not failures.drop(AMY, turn.id)
    assert not failures.revive(AMY, turn.id, now=later(9))
    assert desk.kept(turn) == turn


def test_a_turn_is_found_in_its_own_chat_alone(desk: Desk, failures: Failures) -> None:
    turn = desk.reach(State.FAILED, wrote("tea"))
    assert not failures.revive(BEN, turn.id, now=later(9))
    assert not failures.drop(BEN, turn.id)

"""What an unsend promises: the message is forgotten at once, whatever became of it."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import State
from chalicelib.ports import Said
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    AMY,
    BEN,
    ORIGIN,
    Desk,
    asked,
    by,
    later,
    names,
    pictured,
    saying,
    tapped,
    unsent,
    wrote,
)

UNDECIDED = [State.WORKING, State.ANSWERED, State.PARKED]
SHOWN = [State.SENDING, State.SENT, State.FAILED]


def test_a_message_that_waits_is_withdrawn(desk: Desk) -> None:
    desk.accept(wrote("tea", at=1), wrote("milk", at=2))
    desk.accept(unsent("tea"))
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["milk"]
    assert desk.outbox.is_withdrawn(AMY, "event-tea")
    assert not desk.outbox.is_withdrawn(AMY, "event-milk")
    assert asked(desk.take()) == ["milk"]


def test_a_message_that_comes_after_its_unsend_is_withdrawn_at_once(desk: Desk) -> None:
    desk.accept(unsent("tea"))
    desk.accept(wrote("tea"))
    desk.accept(wrote("tea"))
    assert desk.inbox.waiting(AMY) == ()
    assert desk.outbox.is_withdrawn(AMY, "event-tea")


def test_an_unsend_in_one_chat_touches_no_other(desk: Desk) -> None:
    desk.accept(wrote("tea"), unsent("tea", chat=BEN))
    desk.accept(unsent("milk", chat=BEN), wrote("milk"))
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["tea", "milk"]
    assert not desk.outbox.is_withdrawn(BEN, "event-tea")


def test_a_picture_can_be_taken_back_too(desk: Desk) -> None:
    desk.accept(pictured("photo"), unsent("photo"))
    assert desk.outbox.is_withdrawn(AMY, "event-photo")


def test_the_unsend_itself_is_carried_out_at_once_and_leaves_no_work(desk: Desk) -> None:
    assert desk.inbox.accept(unsent("tea"), origin=ORIGIN, now=later(0)) is True
    assert desk.inbox.accept(unsent("tea"), origin=ORIGIN, now=later(1)) is False
    assert not desk.inbox.has_work(AMY, Lane.TURNS)


def test_an_answer_under_way_can_no_longer_be_saved(desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea"))
    desk.accept(unsent("tea"))
    with pytest.raises(Withdrawn):
        desk.outbox.save(desk.lease(), turn.id, saying("Green."))
    assert desk.kept(turn).answer is None


def test_an_answer_that_was_saved_can_no_longer_be_sent(desk: Desk) -> None:
    turn = desk.reach(State.ANSWERED, wrote("tea"))
    desk.accept(unsent("tea"))
    assert desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1)) == ()
    assert desk.outbox.claimed("token-tea") is None


@pytest.mark.parametrize("state", UNDECIDED)
def test_a_turn_that_was_not_shown_yet_is_withdrawn_with_its_message(
    desk: Desk, state: State
) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.accept(unsent("tea"))
    kept = desk.kept(turn)
    assert (kept.state, kept.answer, kept.arrivals) == (State.WITHDRAWN, None, ())
    assert desk.outbox.parked(AMY) == ()
    assert not desk.inbox.has_work(AMY, Lane.TURNS)


@pytest.mark.parametrize("state", SHOWN)
def test_what_was_shown_already_keeps_its_state_and_loses_its_words(
    desk: Desk, state: State
) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.accept(unsent("tea"))
    kept = desk.kept(turn)
    assert (kept.state, kept.answer, kept.arrivals) == (state, None, ())
    assert desk.outbox.is_withdrawn(AMY, "event-tea")


@pytest.mark.parametrize("state", UNDECIDED)
def test_messages_that_shared_the_turn_wait_again_for_one_of_their_own(
    desk: Desk, state: State
) -> None:
    turn = desk.reach(state, wrote("tea", at=1), wrote("milk", at=2), wrote("rice", at=3))
    desk.accept(unsent("milk"), now=later(9))
    assert desk.kept(turn).state is State.WITHDRAWN
    assert desk.kept(turn).answer is None
    assert desk.outbox.turn_of(AMY, "event-tea") is None
    again = desk.take(now=later(9))
    assert (asked(again), again.attempts) == (["tea", "rice"], 1)
    assert again.id != turn.id
    assert {arrival.received for arrival in again.arrivals} == {later(0)}


@pytest.mark.parametrize("state", SHOWN)
def test_messages_that_shared_a_shown_turn_stay_answered(desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea", at=1), wrote("milk", at=2))
    desk.accept(unsent("milk"))
    assert asked(desk.kept(turn)) == ["tea"]
    assert desk.inbox.waiting(AMY) == ()


def test_an_answer_that_may_not_have_arrived_is_not_offered_again(desk: Desk) -> None:
    turn = desk.reach(State.SENDING, wrote("tea"))
    desk.outbox.settle(desk.lease(), "token-tea", unsure=True)
    desk.accept(unsent("tea"))
    assert not desk.kept(turn).unsure
    assert desk.outbox.unsure(AMY) == ()


def test_what_was_being_sent_when_it_was_taken_back_is_neither_parked_nor_doubted(
    desk: Desk,
) -> None:
    parked = desk.reach(State.SENDING, wrote("tea"))
    desk.accept(unsent("tea"))
    assert desk.outbox.under_way(desk.lease(), "token-tea") == ()
    desk.outbox.park(desk.lease(), [parked.id])
    assert desk.kept(parked).state is State.WITHDRAWN

    settled = desk.reach(State.SENDING, wrote("milk", chat=BEN))
    desk.accept(unsent("milk", chat=BEN))
    desk.outbox.settle(desk.lease(BEN), "token-milk", unsure=True)
    assert desk.kept(settled).state is State.SENT
    assert not desk.kept(settled).unsure
    assert desk.outbox.unsure(BEN) == ()


def test_a_crash_while_a_withdrawn_answer_was_being_sent_leaves_nothing_to_do(desk: Desk) -> None:
    turn = desk.reach(State.SENDING, wrote("tea"))
    desk.accept(unsent("tea"))
    desk.leave(now=later(200))
    assert desk.inbox.take(desk.lease(), now=later(200)) is None
    assert desk.kept(turn).state is State.SENT


def test_the_tap_that_shows_a_withdrawn_answer_is_still_done(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    lease = desk.lease(lane=Lane.TAPS)
    desk.outbox.begin(lease, [turn.id], by("tap"), now=later(1))
    desk.accept(unsent("tea"))
    desk.outbox.settle(lease, "token-tap", unsure=False)
    assert desk.kept(turn).state is State.SENT


@pytest.mark.parametrize("state", [None, *UNDECIDED, *SHOWN])
def test_the_words_are_gone_from_where_they_were_stored(
    backend: Backend, desk: Desk, state: State | None
) -> None:
    message = wrote("tea", "Is xylophonic tea good?")
    if state is None:
        desk.accept(message)
    else:
        desk.reach(state, message, text="Sesquipedalian tea is.")
    assert backend.holds("xylophonic")
    assert backend.holds("esquipedalian") is (state not in {None, State.WORKING})
    desk.accept(unsent("tea"))
    assert not backend.holds("xylophonic")
    assert not backend.holds("esquipedalian")


def test_words_that_come_after_their_unsend_are_never_stored(backend: Backend, desk: Desk) -> None:
    desk.accept(unsent("tea"), wrote("tea", "Is xylophonic tea good?"))
    assert not backend.holds("xylophonic")


# --- the history, and turns that ask again ------------------------------------------------------


def test_a_message_taken_back_goes_from_the_history_with_the_answer_to_it(
    backend: Backend, desk: Desk
) -> None:
    lines = [
        Said(text="Xylophonic tea?", by_bot=False, message_id="message-tea"),
        Said(text="Rice?", by_bot=False, message_id="message-rice"),
        Said(text="Esquipedalian.", by_bot=True),
    ]
    desk.remembers(AMY, "tea", lines)
    desk.accept(unsent("tea", chat=BEN))
    assert len(desk.stores.history.recent(AMY, limit=9, now=later(1))) == 3
    desk.accept(unsent("tea"))
    kept = desk.stores.history.recent(AMY, limit=9, now=later(1))
    assert [line.text for line in kept] == ["Rice?"]
    assert not backend.holds("ylophonic")
    assert not backend.holds("squipedalian")


def test_an_answer_not_shown_yet_leaves_no_line_when_part_of_its_question_is_taken_back(
    desk: Desk,
) -> None:
    desk.accept(wrote("tea", at=1), wrote("milk", at=2))
    turn = desk.take()
    lines = [Said(text="milk?", by_bot=False, message_id="message-milk")]
    desk.outbox.save(desk.lease(), turn.id, saying("Both."), lines)
    desk.accept(unsent("tea"))
    assert desk.stores.history.recent(AMY, limit=9, now=later(1)) == ()


def test_what_was_taken_back_before_it_was_saved_is_not_remembered(desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea"))
    desk.accept(unsent("tea"))
    with pytest.raises(Withdrawn):
        desk.outbox.save(desk.lease(), turn.id, saying("Green."), [Said(text="tea?", by_bot=False)])
    assert desk.stores.history.recent(AMY, limit=9, now=later(1)) == ()


def test_a_turn_that_asks_again_takes_over_the_question_once_and_for_all(desk: Desk) -> None:
    first = desk.reach(State.SENT, wrote("tea", at=1))
    desk.accept(tapped("retry", lane=Lane.TURNS, at=2))
    second = desk.take()
    for _ in range(2):
        adopted = desk.outbox.adopt(desk.lease(), second.id, first.id)
        assert adopted is not None
        assert asked(adopted) == ["tea", "retry"]
    assert asked(desk.kept(first)) == []


def test_a_question_that_is_asked_again_can_be_taken_back_like_any_other(desk: Desk) -> None:
    first = desk.reach(State.SENT, wrote("tea", at=1))
    desk.accept(tapped("retry", lane=Lane.TURNS, at=2))
    second = desk.take()
    desk.outbox.adopt(desk.lease(), second.id, first.id)
    desk.outbox.save(desk.lease(), second.id, saying("Green."))
    desk.accept(unsent("tea"))
    assert desk.kept(second).state is State.WITHDRAWN
    assert asked(desk.take()) == ["retry"]

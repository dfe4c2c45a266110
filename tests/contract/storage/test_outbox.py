"""What the outbox promises: saved before sent, sent once, and resumed where it was left."""

from __future__ import annotations

import pytest

from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.events import Lane
from chalicelib.domain.messages import Answer, Buttons, Open, Say, Tap, Text
from chalicelib.domain.turns import Purpose, Sending, State
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    AMY,
    BEN,
    GROUP,
    Desk,
    asked,
    at_once,
    by,
    later,
    saying,
    tapped,
    wrote,
)


def test_a_saved_answer_comes_back_as_it_was(desk: Desk) -> None:
    answer = Answer(
        messages=(
            Text(text="點一下 🍵 \ud83c", suggestions=(Say("more", "More, please"),)),
            Buttons(text="?", buttons=(Tap("yes", "turns:1"), Open("page", "https://a.example"))),
        ),
        memory="點一下",
        cause="time_out",
    )
    desk.accept(wrote("tea"))
    turn = desk.take()
    desk.outbox.save(desk.lease(), turn.id, answer)
    assert desk.kept(turn).answer == answer
    assert desk.kept(turn).state is State.ANSWERED


def test_the_answer_saved_first_stands(desk: Desk) -> None:
    turn = desk.answered(wrote("tea"), text="Green.")
    desk.outbox.save(desk.lease(), turn.id, saying("Black."))
    assert desk.kept(turn) == turn


def test_only_a_saved_answer_is_sent(desk: Desk) -> None:
    desk.accept(wrote("tea"))
    turn = desk.take()
    assert desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1)) == ()
    assert desk.outbox.claimed("token-tea") is None
    assert desk.kept(turn).state is State.WORKING


def test_what_is_begun_has_its_token_and_its_answer(desk: Desk) -> None:
    turn = desk.answered(wrote("tea"), text="Green.")
    (going,) = desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1))
    assert (going.state, going.sending, going.answer) == (State.SENDING, by("tea"), turn.answer)
    assert desk.outbox.under_way(desk.lease(), "token-tea") == (going,)
    assert desk.outbox.claimed("token-tea") is Purpose.ANSWER


def test_a_token_is_begun_with_once(desk: Desk) -> None:
    first = desk.answered(wrote("tea"))
    desk.outbox.begin(desk.lease(), [first.id], by("tea"), now=later(1))
    desk.outbox.settle(desk.lease(), "token-tea", unsure=False)
    second = desk.answered(wrote("milk"))
    assert desk.outbox.begin(desk.lease(), [second.id], by("tea"), now=later(2)) == ()
    assert desk.kept(second).state is State.ANSWERED


def test_a_token_spent_on_a_note_sends_no_answer(desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    assert desk.outbox.claim_note("token-tea", now=later(45)) is True
    assert desk.outbox.claim_note("token-tea", now=later(46)) is False
    assert desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(47)) == ()
    assert desk.outbox.claimed("token-tea") is Purpose.NOTE
    assert desk.kept(turn) == turn


def test_a_token_that_sends_an_answer_is_not_spent_on_a_note(desk: Desk) -> None:
    desk.reach(State.SENDING, wrote("tea"))
    assert desk.outbox.claim_note("token-tea", now=later(45)) is False


def test_note_and_answer_never_spend_one_token_twice(desk: Desk) -> None:
    lease = desk.lease()
    for number in range(12):
        turn = desk.answered(wrote(f"q{number}"))
        token = by(f"q{number}")

        def race(runner: int, turn_id: str = turn.id, token: Sending = token) -> tuple[str, bool]:
            if runner % 2:
                return "note", desk.outbox.claim_note(token.token, now=later(45))
            return "answer", bool(desk.outbox.begin(lease, [turn_id], token, now=later(45)))

        winners = [who for who, won in at_once(4, race) if won]
        assert len(winners) == 1
        assert desk.outbox.claimed(token.token) == winners[0]
        assert (desk.kept(turn).state is State.SENDING) == (winners == ["answer"])
        desk.outbox.fail(lease, turn.id, "test")


def test_waiting_answers_go_along_in_the_order_given(desk: Desk) -> None:
    old = desk.reach(State.PARKED, wrote("old"))
    older = desk.reach(State.PARKED, wrote("older"))
    new = desk.answered(wrote("new"))
    ids = [older.id, old.id, new.id, older.id, "unknown"]
    going = desk.outbox.begin(desk.lease(), ids, by("new"), now=later(1))
    assert [turn.id for turn in going] == [older.id, old.id, new.id]
    assert desk.outbox.under_way(desk.lease(), "token-new") == going
    desk.outbox.settle(desk.lease(), "token-new", unsure=False)
    assert {desk.kept(turn).state for turn in going} == {State.SENT}


def test_an_answer_of_another_chat_never_goes_along(desk: Desk) -> None:
    theirs = desk.reach(State.PARKED, wrote("secret", chat=BEN))
    mine = desk.answered(wrote("tea"))
    going = desk.outbox.begin(desk.lease(), [theirs.id, mine.id], by("tea"), now=later(1))
    assert [turn.id for turn in going] == [mine.id]
    desk.outbox.park(desk.lease(), [theirs.id])
    desk.outbox.fail(desk.lease(), theirs.id, "not mine")
    assert desk.kept(theirs) == theirs


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.FAILED])
def test_what_was_shown_or_given_up_does_not_go_again(desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea"))
    assert desk.outbox.begin(desk.lease(), [turn.id], by("other"), now=later(1)) == ()
    assert desk.outbox.claimed("token-other") is None


def test_a_parked_answer_is_listed_until_it_is_shown(desk: Desk) -> None:
    first = desk.reach(State.PARKED, wrote("first"))
    second = desk.reach(State.PARKED, wrote("second"))
    assert desk.outbox.parked(AMY) == (first, second)
    assert desk.outbox.parked(BEN) == ()
    desk.outbox.begin(desk.lease(lane=Lane.TAPS), [first.id], by("tap"), now=later(1))
    assert desk.outbox.parked(AMY) == (second,)
    desk.outbox.park(desk.lease(lane=Lane.TAPS), [first.id])
    assert desk.outbox.parked(AMY) == (first, second)


@pytest.mark.parametrize("state", [State.WORKING, State.SENT, State.FAILED])
def test_only_an_answer_that_was_not_shown_is_parked(desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.outbox.park(desk.lease(), [turn.id])
    assert desk.kept(turn) == turn


def test_what_a_tap_is_sending_is_not_the_turns_workers_to_park_or_fail(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    (going,) = desk.outbox.begin(desk.lease(lane=Lane.TAPS), [turn.id], by("tap"), now=later(1))
    desk.outbox.park(desk.lease(), [turn.id])
    desk.outbox.fail(desk.lease(), turn.id, "mistaken")
    assert desk.kept(turn) == going


def test_a_tap_is_done_with_what_it_brought(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    desk.accept(tapped("tap"), tapped("other"))
    lease = desk.lease(lane=Lane.TAPS)
    desk.outbox.begin(lease, [turn.id], by("tap"), now=later(1))
    desk.outbox.settle(lease, "token-tap", unsure=False)
    assert [arrival.event.token for arrival in desk.inbox.taps(lease)] == ["token-other"]
    assert desk.kept(turn).state is State.SENT


def test_nothing_is_left_sending_by_a_tap_that_is_done(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    desk.accept(tapped("tap"))
    lease = desk.lease(lane=Lane.TAPS)
    desk.outbox.begin(lease, [turn.id], by("tap"), now=later(1))
    desk.inbox.finish_tap(lease, "event-tap")
    assert desk.kept(turn).state is State.SENT
    assert [found.id for found in desk.outbox.unsure(AMY)] == [turn.id]


def test_an_unsure_answer_is_listed_until_it_was_offered_again(desk: Desk) -> None:
    turns = []
    for name in ("one", "two"):
        turns.append(desk.reach(State.SENDING, wrote(name)))
        desk.outbox.settle(desk.lease(), f"token-{name}", unsure=True)
    assert [turn.id for turn in desk.outbox.unsure(AMY)] == [turn.id for turn in turns]
    assert desk.outbox.unsure(AMY)[0].unsure
    assert desk.outbox.unsure(GROUP) == ()
    desk.outbox.reassure(AMY, [turns[0].id])
    assert [turn.id for turn in desk.outbox.unsure(AMY)] == [turns[1].id]


def test_an_answer_without_words_is_closed_as_sent(desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    desk.outbox.close(desk.lease(), turn.id)
    assert desk.kept(turn).state is State.SENT
    assert desk.outbox.unsure(AMY) == ()


def test_only_what_is_answered_is_closed(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    desk.outbox.close(desk.lease(), turn.id)
    assert desk.kept(turn) == turn


@pytest.mark.parametrize("state", [State.WORKING, State.ANSWERED, State.SENDING, State.PARKED])
def test_what_is_given_up_is_never_taken_again(desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.outbox.fail(desk.lease(), turn.id, "crashed")
    assert desk.kept(turn).state is State.FAILED
    assert desk.inbox.take(desk.lease(), now=later(1)) is None
    assert desk.outbox.parked(AMY) == ()


def test_what_was_sent_is_not_given_up_afterwards(desk: Desk) -> None:
    turn = desk.reach(State.SENT, wrote("tea"))
    desk.outbox.fail(desk.lease(), turn.id, "late")
    assert desk.kept(turn) == turn


@pytest.mark.parametrize("state", [State.WORKING, State.ANSWERED, State.SENDING])
def test_a_turn_is_resumed_in_the_state_it_was_left_in(backend: Backend, state: State) -> None:
    first = Desk(backend.open())
    left = first.reach(state, wrote("tea", at=1))
    first.accept(wrote("milk", at=2))

    second = Desk(backend.open())
    second.leave(now=later(200))
    taken = second.take(now=later(200))
    assert (taken.id, taken.state, taken.answer) == (left.id, left.state, left.answer)
    assert (taken.sending, asked(taken), taken.attempts) == (left.sending, ["tea"], 2)


def test_the_oldest_unfinished_turn_is_resumed_first(desk: Desk) -> None:
    waited = desk.reach(State.PARKED, wrote("waited"))
    last = desk.answered(wrote("last"))
    desk.outbox.begin(desk.lease(), [waited.id, last.id], by("last"), now=later(1))
    desk.leave(now=later(200))
    assert desk.take(now=later(200)).id == waited.id
    assert len(desk.outbox.under_way(desk.lease(), "token-last")) == 2


def test_a_turn_is_found_by_each_of_its_events(desk: Desk) -> None:
    desk.accept(wrote("tea", at=1), wrote("milk", at=2))
    turn = desk.take()
    assert desk.outbox.turn_of(AMY, "event-tea") == desk.outbox.turn_of(AMY, "event-milk") == turn
    assert desk.outbox.turn_of(AMY, "event-unknown") is None
    assert desk.outbox.turn(AMY, "unknown") is None


def test_an_event_that_waits_is_in_no_turn(desk: Desk) -> None:
    desk.accept(wrote("tea"))
    assert desk.outbox.turn_of(AMY, "event-tea") is None


@pytest.mark.parametrize("chat", [AMY, GROUP])
def test_a_turn_that_is_not_kept_takes_no_answer(desk: Desk, chat: Chat) -> None:
    with pytest.raises(Withdrawn):
        desk.outbox.save(desk.lease(chat), "unknown", saying("So it is."))

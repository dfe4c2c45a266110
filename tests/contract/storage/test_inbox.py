"""What the inbox promises: each event once, in order, for one worker at a time."""

from __future__ import annotations

import pytest

from chalicelib.domain.events import Lane
from chalicelib.domain.turns import State, Wait
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    AMY,
    BEN,
    ORIGIN,
    Desk,
    asked,
    at_once,
    by,
    later,
    names,
    pictured,
    tapped,
    wrote,
)


def test_an_event_is_new_once(desk: Desk) -> None:
    event = wrote("tea")
    assert desk.inbox.accept(event, origin=ORIGIN, now=later(0)) is True
    assert desk.inbox.accept(event, origin=ORIGIN, now=later(1)) is False
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["tea"]


def test_fifty_threads_that_bring_the_same_event_store_it_once(desk: Desk) -> None:
    event = wrote("tea")
    new = at_once(50, lambda _: desk.inbox.accept(event, origin=ORIGIN, now=later(0)))
    assert sum(new) == 1
    assert len(desk.inbox.waiting(AMY)) == 1


def test_of_fifty_workers_one_takes_the_turn(desk: Desk) -> None:
    desk.accept(wrote("tea"))

    def work(_number: int) -> list[str]:
        lease = desk.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0))
        if lease is None:
            return []
        taken = desk.inbox.take(lease, now=later(0))
        assert taken is not None
        assert not isinstance(taken, Wait)
        return asked(taken)

    assert [found for found in at_once(50, work) if found] == [["tea"]]


def test_what_is_accepted_comes_back_as_it_was(desk: Desk) -> None:
    events = [
        wrote("words", "半夜吃 half a \ud83c pizza 🍕 'quoted' \"twice\"?", at=1),
        pictured("picture", at=2, total=1),
        tapped("button", lane=Lane.TURNS, at=3),
    ]
    desk.accept(*events, now=later(0.123456))
    waiting = desk.inbox.waiting(AMY)
    assert [arrival.event for arrival in waiting] == events
    assert {arrival.origin for arrival in waiting} == {ORIGIN}
    assert {arrival.received for arrival in waiting} == {later(0.123456)}


def test_events_wait_in_the_order_in_which_they_happened(desk: Desk) -> None:
    desk.accept(wrote("second", at=2), wrote("third", at=3), wrote("first", at=1))
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["first", "second", "third"]


def test_events_of_the_same_moment_wait_in_the_order_in_which_they_came(desk: Desk) -> None:
    desk.accept(wrote("zoo"), wrote("ant"), wrote("bee"))
    assert asked(desk.take()) == ["zoo", "ant", "bee"]


def test_texts_that_wait_together_are_one_turn_and_a_command_is_its_own(desk: Desk) -> None:
    desk.accept(wrote("a", at=1), wrote("b", at=2), wrote("c", "/help", at=3), wrote("d", at=4))
    turns = []
    for _ in range(3):
        turn = desk.take()
        turns.append(asked(turn))
        desk.outbox.fail(desk.lease(), turn.id, "test")
    assert turns == [["a", "b"], ["c"], ["d"]]
    assert desk.inbox.take(desk.lease(), now=later(0)) is None


def test_what_comes_later_does_not_join_a_turn_that_was_taken(desk: Desk) -> None:
    desk.accept(wrote("tea", at=1))
    turn = desk.take()
    desk.accept(wrote("milk", at=2))
    assert asked(desk.kept(turn)) == ["tea"]
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["milk"]


def test_a_picture_waits_for_the_rest_of_its_set_and_then_no_longer(desk: Desk) -> None:
    desk.accept(pictured("one", total=2))
    waiting = desk.inbox.take(desk.lease(), now=later(1))
    assert waiting == Wait(later(3))
    assert desk.inbox.has_work(AMY, Lane.TURNS)
    assert asked(desk.take(now=later(3))) == ["one"]


def test_nothing_waits_nothing_is_taken(desk: Desk) -> None:
    assert desk.inbox.take(desk.lease(), now=later(0)) is None
    assert desk.inbox.waiting(AMY) == ()
    assert not desk.inbox.has_work(AMY, Lane.TURNS)
    assert desk.inbox.chats_with_work() == ()
    assert desk.inbox.depth() == 0


def test_attempts_are_counted_across_workers(desk: Desk) -> None:
    desk.accept(wrote("tea"))
    attempts = [desk.take().attempts]
    for number in range(1, 4):
        desk.leave(now=later(200 * number))
        attempts.append(desk.take(now=later(200 * number)).attempts)
    assert attempts == [1, 2, 3, 4]


def test_two_chats_go_side_by_side(desk: Desk) -> None:
    desk.accept(wrote("tea"), wrote("coffee", chat=BEN))
    amys, bens = desk.take(AMY), desk.take(BEN)
    assert (asked(amys), asked(bens)) == (["tea"], ["coffee"])
    assert (amys.chat, bens.chat) == (AMY, BEN)
    assert desk.inbox.waiting(AMY) == desk.inbox.waiting(BEN) == ()


def test_a_redelivery_renews_the_receipt_of_what_waits(desk: Desk) -> None:
    desk.accept(wrote("tea"))
    desk.accept(wrote("tea"), now=later(90))
    assert desk.inbox.waiting(AMY)[0].received == later(90)


@pytest.mark.parametrize("state", [State.WORKING, State.ANSWERED, State.PARKED])
def test_a_redelivery_renews_the_receipt_of_what_is_not_sent_yet(desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.accept(wrote("tea"), now=later(90))
    assert desk.kept(turn).latest.received == later(90)
    assert desk.inbox.waiting(AMY) == ()


def test_a_redelivery_lets_a_parked_answer_go_by_its_own_token(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    desk.accept(wrote("tea"), now=later(90))
    assert desk.outbox.parked(AMY) == ()
    taken = desk.take(now=later(91))
    assert (taken.id, taken.state, taken.answer) == (turn.id, State.ANSWERED, turn.answer)
    assert (taken.latest.received, taken.attempts) == (later(90), 1)


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.FAILED])
def test_a_redelivery_of_what_was_answered_changes_nothing(desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.accept(wrote("tea"), now=later(90))
    assert desk.kept(turn) == turn
    assert desk.inbox.waiting(AMY) == ()


def test_a_redelivery_of_what_goes_by_another_token_changes_nothing(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    (going,) = desk.outbox.begin(desk.lease(lane=Lane.TAPS), [turn.id], by("tap"), now=later(1))
    desk.accept(wrote("tea"), now=later(90))
    assert desk.kept(turn) == going


def test_a_redelivery_of_a_token_that_was_spent_on_a_note_does_not_renew_it(desk: Desk) -> None:
    desk.accept(wrote("tea"))
    desk.outbox.claim_note("token-tea", now=later(45))
    desk.accept(wrote("tea"), now=later(90))
    assert desk.inbox.waiting(AMY)[0].received == later(0)


#: Whether a turn in a state still has to be worked on.
UNFINISHED = [
    (State.WORKING, True),
    (State.ANSWERED, True),
    (State.SENDING, True),
    (State.SENT, False),
    (State.PARKED, False),
    (State.FAILED, False),
]


@pytest.mark.parametrize(
    ("state", "works"),
    UNFINISHED,
)
def test_a_turn_is_work_until_it_is_sent_parked_or_given_up(
    desk: Desk, state: State, works: bool
) -> None:
    desk.reach(state, wrote("tea"))
    assert desk.inbox.has_work(AMY, Lane.TURNS) is works
    assert desk.inbox.chats_with_work() == (((AMY, Lane.TURNS),) if works else ())
    assert desk.inbox.depth() == int(works)


@pytest.mark.parametrize(
    ("state", "is_unfinished"),
    UNFINISHED,
)
def test_what_a_worker_began_is_unfinished_until_it_is_over(
    desk: Desk, state: State, is_unfinished: bool
) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.accept(wrote("rice", chat=BEN))
    assert desk.inbox.unfinished(AMY) == ((desk.kept(turn),) if is_unfinished else ())
    assert desk.inbox.unfinished(BEN) == ()


def test_chats_with_work_are_told_oldest_first_each_lane_once(desk: Desk) -> None:
    desk.accept(wrote("coffee", chat=BEN), now=later(1))
    desk.accept(wrote("tea"), wrote("milk"), now=later(2))
    desk.accept(tapped("tap"), wrote("more coffee", chat=BEN), now=later(3))
    desk.take(BEN, now=later(4))
    assert desk.inbox.chats_with_work() == (
        (BEN, Lane.TURNS),
        (AMY, Lane.TURNS),
        (AMY, Lane.TAPS),
    )
    assert desk.inbox.depth() == 4


def test_taps_wait_in_a_lane_of_their_own(desk: Desk) -> None:
    desk.accept(wrote("tea", at=1), tapped("second", at=3), tapped("first", at=2))
    desk.take()
    lease = desk.lease(lane=Lane.TAPS)
    assert names(a.event for a in desk.inbox.taps(lease)) == ["first", "second"]
    desk.inbox.finish_tap(lease, "event-first")
    assert names(a.event for a in desk.inbox.taps(lease)) == ["second"]
    desk.inbox.finish_tap(lease, "event-second")
    assert not desk.inbox.has_work(AMY, Lane.TAPS)
    assert desk.inbox.has_work(AMY, Lane.TURNS)


def test_a_tap_that_does_something_is_a_turn(desk: Desk) -> None:
    desk.accept(tapped("confirm", lane=Lane.TURNS))
    assert asked(desk.take()) == ["confirm"]
    assert desk.inbox.taps(desk.lease(lane=Lane.TAPS)) == ()


def test_what_a_tap_sends_is_not_taken_as_a_turn(desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    desk.accept(tapped("show"))
    assert desk.outbox.begin(desk.lease(lane=Lane.TAPS), [turn.id], by("show"), now=later(1))
    assert desk.inbox.take(desk.lease(), now=later(2)) is None
    assert not desk.inbox.has_work(AMY, Lane.TURNS)
    assert desk.inbox.has_work(AMY, Lane.TAPS)


def test_a_second_process_finds_what_the_first_left(backend: Backend) -> None:
    first = Desk(backend.open())
    first.accept(wrote("tea", at=1))
    turn = first.take()
    first.accept(wrote("milk", at=2))

    second = Desk(backend.open())
    second.inbox.break_leases()
    again = second.take(now=later(5))
    assert (again.id, again.attempts, asked(again)) == (turn.id, 2, ["tea"])
    assert names(a.event for a in second.inbox.waiting(AMY)) == ["milk"]

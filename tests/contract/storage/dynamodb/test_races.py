"""What happens between the reads and the write of one change: others may be quicker.

Whatever a change was thought over with, something else is true when it is written. Each test lets
one thing happen just before a transaction; the change then counts as made after it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Purpose, State
from chalicelib.ports import Said
from tests.contract.storage.desk import (
    AMY,
    ORIGIN,
    Desk,
    asked,
    by,
    later,
    names,
    saying,
    tapped,
    unsent,
    wrote,
)
from tests.contract.storage.dynamodb.watched import Place

TRANSACT = "TransactWriteItems"
LINES = [
    Said(text="Tea?", by_bot=False, message_id="message-tea", user="Uamy"),
    Said(text="Green.", by_bot=True),
]


def takes_back(place: Place, name: str = "tea") -> Callable[[], object]:
    """Somebody takes a message back."""
    return lambda: place.others.inbox.accept(unsent(name), origin=ORIGIN, now=later(2))


def comes_again(place: Place, name: str = "tea", *, seconds: float = 3) -> Callable[[], object]:
    """LINE delivers a message again."""
    return lambda: place.others.inbox.accept(wrote(name), origin=ORIGIN, now=later(seconds))


# --- a message is taken back meanwhile ---------------------------------------------------------


def test_while_its_message_is_stored(place: Place, desk: Desk) -> None:
    place.watched.before(TRANSACT, takes_back(place))
    desk.accept(wrote("tea"))
    assert desk.outbox.is_withdrawn(AMY, "event-tea")
    assert desk.inbox.waiting(AMY) == ()


def test_which_comes_while_it_is_taken_back(place: Place, desk: Desk) -> None:
    place.watched.before(TRANSACT, comes_again(place))
    desk.accept(unsent("tea"))
    assert desk.outbox.is_withdrawn(AMY, "event-tea")
    assert desk.inbox.waiting(AMY) == ()


def test_which_is_taken_by_a_worker_while_it_is_taken_back(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", at=1), wrote("milk", at=2))
    lease = desk.lease()
    place.watched.before(TRANSACT, lambda: place.others.inbox.take(lease, now=later(1)))
    desk.accept(unsent("tea"))
    turn = desk.outbox.turn_of(AMY, "event-tea")
    assert turn is not None
    assert turn.state is State.WITHDRAWN
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["milk"]


def test_whose_answer_is_saved_while_it_is_taken_back(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea"))
    place.watched.before(
        TRANSACT, lambda: place.others.outbox.save(desk.lease(), turn.id, saying("Green."), LINES)
    )
    desk.accept(unsent("tea"))
    assert (desk.kept(turn).state, desk.kept(turn).answer) == (State.WITHDRAWN, None)
    assert desk.stores.history.recent(AMY, limit=9, now=later(3)) == ()


def test_while_a_worker_takes_it(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", at=1), wrote("milk", at=2))
    desk.lease()
    place.watched.before(TRANSACT, takes_back(place))
    assert asked(desk.take()) == ["milk"]


def test_while_the_next_worker_resumes_its_turn(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea"))
    desk.leave(now=later(200))
    place.watched.before(TRANSACT, takes_back(place))
    assert desk.inbox.take(desk.lease(), now=later(200)) is None
    assert desk.kept(turn).state is State.WITHDRAWN


def test_while_its_answer_is_saved(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea"))
    place.watched.before(TRANSACT, takes_back(place))
    with pytest.raises(Withdrawn):
        desk.outbox.save(desk.lease(), turn.id, saying("Green."), LINES)
    assert desk.kept(turn).answer is None
    assert desk.stores.history.recent(AMY, limit=9, now=later(3)) == ()


def test_while_its_answer_is_claimed_for_sending(place: Place, desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    place.watched.before(TRANSACT, takes_back(place))
    assert desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1)) == ()
    assert desk.outbox.claimed("token-tea") is None


def test_while_its_answer_is_settled_as_doubtful(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.SENDING, wrote("tea"))
    place.watched.before(TRANSACT, takes_back(place))
    desk.outbox.settle(desk.lease(), "token-tea", unsure=True)
    assert (desk.kept(turn).state, desk.kept(turn).unsure) == (State.SENT, False)
    assert desk.kept(turn).answer is None


@pytest.mark.parametrize("state", [State.ANSWERED, State.SENDING])
def test_while_its_answer_is_parked(place: Place, desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea"))
    place.watched.before(TRANSACT, takes_back(place))
    desk.outbox.park(desk.lease(), [turn.id])
    assert desk.kept(turn).state is State.WITHDRAWN
    assert desk.outbox.parked(AMY) == ()


def test_while_it_is_asked_again(place: Place, desk: Desk) -> None:
    first = desk.reach(State.SENT, wrote("tea", at=1), wrote("milk", at=2))
    desk.accept(tapped("retry", lane=Lane.TURNS, at=3))
    tap = desk.take()
    place.watched.before(TRANSACT, takes_back(place))
    again = desk.outbox.adopt(desk.lease(), tap.id, first.id)
    assert again is not None
    assert asked(again) == ["milk", "retry"]


# --- a message comes again meanwhile -----------------------------------------------------------


def test_twice_at_once_it_is_new_once(place: Place, desk: Desk) -> None:
    place.watched.before(TRANSACT, comes_again(place))
    assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(0)) is False
    (arrival,) = desk.inbox.waiting(AMY)
    assert arrival.received == later(3)


def test_while_its_answer_is_parked_it_is_sent_after_all(place: Place, desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    place.watched.before(TRANSACT, comes_again(place))
    desk.outbox.park(desk.lease(), [turn.id])
    assert desk.kept(turn).latest.received == later(3)
    assert desk.kept(turn).state in {State.ANSWERED, State.PARKED}


def test_whose_answer_is_parked_while_it_comes_again(place: Place, desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    park = lambda: place.others.outbox.park(desk.lease(), [turn.id])  # noqa: E731 - read as one
    place.watched.before(TRANSACT, lambda: None)
    place.watched.before(TRANSACT, park)
    assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(3)) is False
    assert desk.kept(turn).state is State.ANSWERED


def test_whose_token_is_claimed_while_it_comes_again(place: Place, desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    place.watched.before(TRANSACT, lambda: None)
    place.watched.before(
        TRANSACT, lambda: place.others.outbox.claim_note("token-tea", now=later(2))
    )
    assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(3)) is False
    assert desk.kept(turn).latest.received == later(0)


def test_while_its_words_are_erased(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.SENT, wrote("tea"))
    place.watched.before(TRANSACT, comes_again(place, seconds=90_000))
    desk.stores.forgetful[0].purge(now=later(days=1.1))
    assert (desk.kept(turn).answer, desk.kept(turn).arrivals) == (None, ())


# --- a token is claimed meanwhile --------------------------------------------------------------


def test_a_token_that_a_note_took_meanwhile_is_not_the_answers(place: Place, desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    place.watched.before(
        TRANSACT, lambda: place.others.outbox.claim_note("token-tea", now=later(1))
    )
    assert desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1)) == ()
    assert desk.outbox.claimed("token-tea") is Purpose.NOTE
    assert desk.kept(turn).state is State.ANSWERED


def test_a_token_that_the_answer_took_meanwhile_is_not_the_notes(place: Place, desk: Desk) -> None:
    turn = desk.answered(wrote("tea"))
    place.watched.before(
        "PutItem",
        lambda: place.others.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1)),
    )
    assert desk.outbox.claim_note("token-tea", now=later(1)) is False
    assert desk.outbox.claimed("token-tea") is Purpose.ANSWER


def test_an_answer_that_a_tap_takes_meanwhile_is_sent_once(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea"))
    taps = desk.lease(lane=Lane.TAPS)
    place.watched.before(
        TRANSACT, lambda: place.others.outbox.begin(taps, [turn.id], by("tap"), now=later(1))
    )
    assert desk.outbox.begin(desk.lease(), [turn.id], by("next"), now=later(1)) == ()
    assert desk.outbox.claimed("token-next") is None
    assert [one.id for one in desk.outbox.under_way(taps, "token-tap")] == [turn.id]

"""What happens between the reads and the write of one change: others may be quicker.

Whatever a change was thought over with, something else is true when it is written. Each test lets
one thing happen just before a transaction; the change then counts as made after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from chalicelib.domain.errors import LeaseLost, StorageUnavailable, Withdrawn
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Lease, Purpose, State, Turn
from chalicelib.ports import Said
from tests.aws.cloud import Cloud, cloud
from tests.contract.storage.desk import (
    AMY,
    GROUP,
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
from tests.contract.storage.watched import Place, place_in

TRANSACT = "TransactWriteItems"
LINES = [
    Said(text="Tea?", by_bot=False, message_id="message-tea", user="Uamy"),
    Said(text="Green.", by_bot=True),
]


@pytest.fixture(scope="module")
def aws() -> Iterator[Cloud]:
    with cloud() as running:
        yield running


@pytest.fixture
def place(aws: Cloud) -> Iterator[Place]:
    with place_in(aws) as made:
        yield made


@pytest.fixture
def desk(place: Place) -> Desk:
    return place.desk()


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


# --- the lease is lost meanwhile ---------------------------------------------------------------

WRITES: dict[str, Callable[[Desk, Lease, Turn], object]] = {
    "take": lambda desk, lease, _: desk.inbox.take(lease, now=later(300)),
    "save": lambda desk, lease, turn: desk.outbox.save(lease, turn.id, saying("late"), LINES),
    "begin": lambda desk, lease, turn: desk.outbox.begin(lease, [turn.id], by("x"), now=later(300)),
    "park": lambda desk, lease, turn: desk.outbox.park(lease, [turn.id]),
    "close": lambda desk, lease, turn: desk.outbox.close(lease, turn.id),
    "fail": lambda desk, lease, turn: desk.outbox.fail(lease, turn.id, "late"),
}


@pytest.mark.parametrize("verb", sorted(WRITES))
def test_a_lease_that_is_lost_between_reading_and_writing_is_lost(
    place: Place, desk: Desk, verb: str
) -> None:
    turn = desk.reach(State.WORKING if verb == "save" else State.ANSWERED, wrote("tea"))
    lapsed = desk.lease()
    place.watched.before(
        TRANSACT,
        lambda: place.others.inbox.lease(AMY, Lane.TURNS, until=later(400), now=later(200)),
    )
    with pytest.raises(LeaseLost):
        WRITES[verb](desk, lapsed, turn)
    assert desk.kept(turn) == turn
    assert desk.outbox.claimed("token-x") is None
    assert desk.stores.history.recent(AMY, limit=9, now=later(300)) == ()


def test_others_that_are_always_quicker_end_in_no_decision(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.SENT, wrote("tea"))
    desk.outbox.reassure(AMY, [turn.id])
    place.table.change_one(f"{_pk(place)}", f"turn#{turn.id}", "SET unsure = :yes", {":yes": True})

    def touch() -> None:
        tick = {":rev": place.table.tick()}
        place.table.change_one(_pk(place), f"turn#{turn.id}", "SET rev = :rev", tick)

    for _ in range(12):
        place.watched.before(TRANSACT, touch)
    with pytest.raises(StorageUnavailable, match="others were always quicker"):
        desk.outbox.reassure(AMY, [turn.id])
    assert desk.kept(turn).unsure


def _pk(place: Place) -> str:
    return str(place.items("turn#")[0]["pk"])


# --- a turn begins anew, or its person is forgotten, meanwhile ---------------------------------


def test_a_turn_that_is_erased_while_it_is_revived_stays_given_up(place: Place, desk: Desk) -> None:
    turn = desk.reach(State.FAILED, wrote("tea"))
    inbox = place.others.forgetful[0]
    place.watched.before(TRANSACT, lambda: inbox.purge(now=later(days=1.1)))
    assert desk.stores.failures.revive(AMY, turn.id, now=later(days=1)) is False
    assert desk.kept(turn).state is State.FAILED


def test_a_turn_that_is_revived_while_it_is_erased_keeps_its_words(
    place: Place, desk: Desk
) -> None:
    turn = desk.reach(State.FAILED, wrote("tea"))
    place.watched.before(
        TRANSACT, lambda: place.others.failures.revive(AMY, turn.id, now=later(days=1))
    )
    for store in desk.stores.forgetful:
        store.purge(now=later(days=1.1))
    assert (desk.kept(turn).state, asked(desk.kept(turn))) == (State.WORKING, ["tea"])


def test_a_turn_that_was_remembered_can_be_revived_and_answered_again(
    place: Place, desk: Desk
) -> None:
    turn = desk.reach(State.WORKING, wrote("tea"))
    desk.outbox.save(desk.lease(), turn.id, saying("Too odd for LINE."), LINES)
    desk.outbox.fail(desk.lease(), turn.id, "refused")
    assert desk.stores.failures.revive(AMY, turn.id, now=later(60))
    again = desk.take(now=later(61))
    lines = [LINES[0], Said(text="Black.", by_bot=True)]
    desk.outbox.save(desk.lease(), again.id, saying("Black."), lines)
    assert desk.kept(turn).answer == saying("Black.")
    told = desk.stores.history.recent(AMY, limit=9, now=later(62))
    assert [line.text for line in told] == ["Tea?", "Black."]


def forget(place: Place, *, keep_turn: str = "none") -> None:
    for store in place.stores.forgetful:
        store.forget_person("Uamy", keep_turn=keep_turn)


def test_what_a_worker_takes_while_its_person_is_forgotten_is_not_answered(
    place: Place, desk: Desk
) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    lease = desk.lease(GROUP)
    taken: list[object] = []
    place.watched.before(
        TRANSACT, lambda: taken.append(place.others.inbox.take(lease, now=later(1)))
    )
    forget(place)
    (turn,) = taken
    assert isinstance(turn, Turn)
    with pytest.raises(Withdrawn):
        place.others.outbox.save(lease, turn.id, saying("Green."), LINES)
    assert desk.stores.history.recent(GROUP, limit=9, now=later(3)) == ()
    assert not [item for item in place.items() if "Uamy" in str(item)]


@pytest.mark.parametrize("steps", range(4))
def test_forgetting_that_breaks_off_leaves_no_words_that_nothing_leads_to(
    place: Place, desk: Desk, steps: int
) -> None:
    for number, name in enumerate(("tea", "milk")):
        desk.reach(State.SENT, wrote(name, "Xylophonic?", at=number))

    def break_off() -> None:
        raise StorageUnavailable("gone")

    for _ in range(steps):
        place.watched.before(TRANSACT, lambda: None)
    place.watched.before(TRANSACT, break_off)
    with suppress(StorageUnavailable):
        forget(place)
    for store in place.others.forgetful:
        store.purge(now=later(days=1))
    assert not [item for item in place.items() if "Xylophonic" in str(item)]


def test_what_was_written_since_is_not_lost_with_a_turn_that_is_forgotten(
    place: Place, desk: Desk
) -> None:
    desk.accept(wrote("old", chat=GROUP, at=1))
    asking = desk.reach(State.WORKING, wrote("delete", "/delete", at=2))
    desk.accept(wrote("new", chat=GROUP, at=3))
    lease = desk.lease(GROUP)
    place.watched.before(TRANSACT, lambda: place.others.inbox.take(lease, now=later(1)))
    forget(place, keep_turn=asking.id)
    assert names(a.event for a in desk.inbox.waiting(GROUP)) == ["new"]


def test_what_waits_on_after_its_person_was_forgotten_can_be_taken_back(
    place: Place, desk: Desk
) -> None:
    asking = desk.reach(State.WORKING, wrote("delete", "/delete", at=2))
    desk.accept(wrote("new", at=3))
    forget(place, keep_turn=asking.id)
    desk.accept(unsent("new"), unsent("delete"))
    assert desk.inbox.waiting(AMY) == ()
    assert desk.kept(asking).state is State.WITHDRAWN


def test_what_waits_on_in_a_group_is_found_when_its_person_is_forgotten_again(
    place: Place, desk: Desk
) -> None:
    desk.accept(wrote("old", chat=GROUP, at=1))
    asking = desk.reach(State.WORKING, wrote("delete", "/delete", at=2))
    desk.accept(wrote("new", chat=GROUP, at=3))
    forget(place, keep_turn=asking.id)
    forget(place)
    assert desk.inbox.waiting(GROUP) == ()
    assert not [item for item in place.items() if "Uamy" in str(item)]


def test_what_comes_in_a_group_while_its_person_is_forgotten_is_found_again(
    place: Place, desk: Desk
) -> None:
    desk.reach(State.SENT, wrote("old", chat=GROUP, at=1))
    forget_all = desk.stores.forgetful
    for store in forget_all[:-1]:
        store.forget_person("Uamy", keep_turn="none")
    place.watched.before(
        TRANSACT,
        lambda: place.others.inbox.accept(
            wrote("new", chat=GROUP, at=3), origin=ORIGIN, now=later(2)
        ),
    )
    forget_all[-1].forget_person("Uamy", keep_turn="none")
    place.watched.forget()
    forget(place)
    assert desk.inbox.waiting(GROUP) == ()

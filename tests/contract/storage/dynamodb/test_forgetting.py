"""A turn begins anew, or its person is forgotten, while others work: nothing comes back of it.

As in `dynamodb/test_races`, one thing happens between the reads and the write of another.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from chalicelib.domain.errors import StorageUnavailable, Withdrawn
from chalicelib.domain.turns import State, Turn
from chalicelib.ports import Said
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    ORIGIN,
    Desk,
    asked,
    later,
    names,
    saying,
    unsent,
    wrote,
)
from tests.contract.storage.dynamodb.watched import Place

TRANSACT = "TransactWriteItems"
LINES = [
    Said(text="Tea?", by_bot=False, message_id="message-tea", user="Uamy"),
    Said(text="Green.", by_bot=True),
]


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

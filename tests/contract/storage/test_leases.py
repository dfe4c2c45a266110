"""What a lease promises: one owner, and a lapsed one changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Lease, State, Turn
from tests.contract.storage.desk import AMY, BEN, Desk, at_once, by, later, saying, tapped, wrote

Write = Callable[[Desk, Lease, Turn], object]

WRITES: dict[str, Write] = {
    "take": lambda desk, lease, _: desk.inbox.take(lease, now=later(300)),
    "finish_tap": lambda desk, lease, _: desk.inbox.finish_tap(lease, "event-tap"),
    "save": lambda desk, lease, turn: desk.outbox.save(lease, turn.id, saying("late")),
    "begin": lambda desk, lease, turn: desk.outbox.begin(
        lease, [turn.id], by("fresh"), now=later(300)
    ),
    "settle": lambda desk, lease, turn: desk.outbox.settle(lease, "token-tea", unsure=True),
    "adopt": lambda desk, lease, turn: desk.outbox.adopt(lease, turn.id, "another"),
    "park": lambda desk, lease, turn: desk.outbox.park(lease, [turn.id]),
    "close": lambda desk, lease, turn: desk.outbox.close(lease, turn.id),
    "fail": lambda desk, lease, turn: desk.outbox.fail(lease, turn.id, "late"),
}
STATES = [State.WORKING, State.ANSWERED, State.SENDING]


def test_a_lane_has_one_owner(desk: Desk) -> None:
    assert desk.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0)) is not None
    assert desk.inbox.lease(AMY, Lane.TURNS, until=later(250), now=later(149)) is None


def test_of_fifty_that_ask_at_once_one_gets_the_lease(desk: Desk) -> None:
    leases = at_once(
        50, lambda _: desk.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0))
    )
    assert len([lease for lease in leases if lease is not None]) == 1


def test_lanes_and_chats_have_owners_of_their_own(desk: Desk) -> None:
    for chat in (AMY, BEN):
        for lane in Lane:
            lease = desk.inbox.lease(chat, lane, until=later(150), now=later(0))
            assert lease is not None
            assert (lease.chat, lease.lane) == (chat, lane)


def test_a_lapsed_lease_goes_to_the_next_with_a_higher_fence(desk: Desk) -> None:
    fences = []
    for number in range(3):
        now = later(150 * number)
        lease = desk.inbox.lease(AMY, Lane.TURNS, until=later(150 * number + 150), now=now)
        assert lease is not None
        fences.append(lease.fence)
    assert fences == sorted(set(fences))


def test_a_released_lease_is_free_at_once_and_its_fence_never_comes_back(desk: Desk) -> None:
    first = desk.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0))
    assert first is not None
    desk.inbox.release(first)
    second = desk.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(1))
    assert second is not None
    assert second.fence > first.fence


def test_a_lost_lease_that_is_given_back_does_not_free_the_new_owners(desk: Desk) -> None:
    lost = desk.lease()
    desk.leave(now=later(200))
    desk.inbox.release(lost)
    assert desk.inbox.lease(AMY, Lane.TURNS, until=later(400), now=later(201)) is None
    assert desk.inbox.take(desk.lease(), now=later(201)) is None


def test_broken_leases_go_to_whoever_asks(desk: Desk) -> None:
    broken = desk.lease()
    desk.inbox.break_leases()
    assert desk.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(1)) is not None
    with pytest.raises(LeaseLost):
        desk.inbox.take(broken, now=later(1))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", sorted(WRITES))
def test_a_lapsed_owner_changes_nothing(desk: Desk, verb: str, state: State) -> None:
    turn = desk.reach(state, wrote("tea"))
    desk.accept(wrote("milk", at=9), tapped("tap"))
    lapsed = desk.lease()
    desk.leave(now=later(200))
    with pytest.raises(LeaseLost):
        WRITES[verb](desk, lapsed, turn)
    assert desk.kept(turn) == turn
    assert len(desk.inbox.waiting(AMY)) == 1
    assert len(desk.inbox.taps(desk.lease(lane=Lane.TAPS, now=later(200)))) == 1
    assert desk.outbox.claimed("token-fresh") is None


@pytest.mark.parametrize("verb", sorted(WRITES))
def test_an_owner_that_released_changes_nothing(desk: Desk, verb: str) -> None:
    turn = desk.reach(State.ANSWERED, wrote("tea"))
    lease = desk.lease()
    desk.inbox.release(lease)
    with pytest.raises(LeaseLost):
        WRITES[verb](desk, lease, turn)
    assert desk.kept(turn) == turn

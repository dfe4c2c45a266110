"""A worker that stalls between reading and writing, and one whom others are always ahead of.

Whatever was read, the write knows that the lease has a new owner by now.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.errors import LeaseLost, StorageUnavailable
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Lease, State, Turn
from chalicelib.ports import Said
from tests.contract.storage.desk import (
    AMY,
    Desk,
    by,
    later,
    saying,
    wrote,
)
from tests.contract.storage.dynamodb.watched import Place

TRANSACT = "TransactWriteItems"
LINES = [
    Said(text="Tea?", by_bot=False, message_id="message-tea", user="Uamy"),
    Said(text="Green.", by_bot=True),
]


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

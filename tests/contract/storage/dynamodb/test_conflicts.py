"""Where writes come in each other's way, DynamoDB refuses them: what becomes of them then.

A refusal that says nothing about the items is no answer: the write is made again, and where that
never helps, nothing was decided. What only an operator can mend is said at once, by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.adapters.storage.dynamodb.items import home
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, key, pack
from chalicelib.domain.errors import LeaseLost, StorageUnavailable
from chalicelib.domain.turns import State
from chalicelib.ports import Button, Said
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    ORIGIN,
    Desk,
    at_once,
    by,
    later,
    saying,
    unsent,
    wrote,
)
from tests.contract.storage.dynamodb.watched import Place

PASSING = [
    ("TransactionCanceledException", "None", "TransactionConflict"),
    ("TransactionCanceledException", "ThrottlingError", "None"),
    ("TransactionCanceledException", "ProvisionedThroughputExceeded", "TransactionConflict"),
]


@pytest.mark.parametrize("refusal", PASSING)
def test_a_transaction_that_met_another_is_made_again(
    place: Place, refusal: tuple[str, ...]
) -> None:
    place.watched.refuses("TransactWriteItems", *refusal, times=2)
    assert place.stores.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(0)) is True
    tokens = {payload["ClientRequestToken"] for _, payload in place.watched.asked}
    assert (place.watched.actions, len(tokens)) == (["TransactWriteItems"] * 3, 1)
    assert len(place.stores.inbox.waiting(AMY)) == 1


@pytest.mark.parametrize("refusal", PASSING)
def test_a_transaction_that_always_meets_another_decides_nothing(
    place: Place, refusal: tuple[str, ...]
) -> None:
    desk = place.desk()
    turn = desk.answered(wrote("tea"))
    place.watched.refuses("TransactWriteItems", *refusal, times=12)
    with pytest.raises(StorageUnavailable, match="too many wrote the same at once"):
        desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1))
    assert desk.kept(turn) == turn
    assert desk.outbox.claimed("token-tea") is None


def test_a_change_that_is_thought_over_again_is_another_transaction(place: Place) -> None:
    desk = place.desk()
    place.watched.before(
        "TransactWriteItems",
        lambda: place.others.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(0)),
    )
    desk.accept(unsent("tea"))
    tokens = [
        payload.get("ClientRequestToken")
        for action, payload in place.watched.asked
        if action == "TransactWriteItems"
    ]
    assert (len(tokens), len(set(tokens))) == (2, 2)


def test_a_limit_is_not_called_used_up_because_others_count_at_once(place: Place) -> None:
    place.watched.refuses(
        "TransactWriteItems", "TransactionCanceledException", "TransactionConflict", times=12
    )
    with pytest.raises(StorageUnavailable):
        place.stores.counters.spend({"day": 1}, {"day": 9}, until={"day": later(60)})


def test_a_condition_that_failed_beside_a_conflict_is_an_answer(place: Place) -> None:
    desk = place.desk()
    turn = desk.reach(State.WORKING, wrote("tea"))
    place.watched.refuses(
        "TransactWriteItems",
        "TransactionCanceledException",
        "ConditionalCheckFailed",
        "TransactionConflict",
    )
    with pytest.raises(LeaseLost):
        desk.outbox.save(desk.lease(), turn.id, saying("Green."))


@pytest.mark.parametrize("action", ["UpdateItem", "PutItem", "DeleteItem"])
def test_a_single_write_that_met_a_transaction_is_made_again(place: Place, action: str) -> None:
    desk = place.desk()
    desk.remembers(AMY, "tea", [Said(text="Tea?", by_bot=False)])
    desk.stores.buttons.put([Button(id="b", chat=AMY, action="retry")], until=later(60))
    place.watched.forget()
    place.watched.refuses(action, "TransactionConflictException", times=2)
    match action:
        case "UpdateItem":
            assert desk.stores.buttons.use(AMY, "b", by="event-tap", now=later(1)) is True
        case "PutItem":
            assert desk.outbox.claim_note("token-tea", now=later(1)) is True
        case _:
            desk.stores.history.clear(AMY)
            assert desk.stores.history.recent(AMY, limit=9, now=later(1)) == ()
    assert place.watched.actions.count(action) == 3


SINGLE: dict[str, Callable[[Desk], object]] = {
    "UpdateItem": lambda desk: desk.lease(GROUP),
    "PutItem": lambda desk: desk.outbox.claim_note("token-tea", now=later(1)),
    "DeleteItem": lambda desk: desk.stores.history.clear(AMY),
}


@pytest.mark.parametrize("action", sorted(SINGLE))
def test_a_single_write_that_always_meets_one_decides_nothing(place: Place, action: str) -> None:
    desk = place.desk()
    desk.remembers(AMY, "tea", [Said(text="Tea?", by_bot=False)])
    place.watched.refuses(action, "TransactionConflictException", times=12)
    with pytest.raises(StorageUnavailable, match="too many wrote the same at once"):
        SINGLE[action](desk)
    assert desk.outbox.claimed("token-tea") is None
    assert len(desk.stores.history.recent(AMY, limit=9, now=later(1))) == 1


@pytest.mark.parametrize("reason", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_what_will_never_be_taken_is_told_by_its_name_at_once(place: Place, reason: str) -> None:
    desk = place.desk()
    turn = desk.reach(State.WORKING, wrote("tea"))
    place.watched.forget()
    place.watched.refuses("TransactWriteItems", "TransactionCanceledException", "None", reason)
    with pytest.raises(StorageUnavailable, match=reason):
        desk.outbox.save(desk.lease(), turn.id, saying("Green."))
    assert place.watched.actions.count("TransactWriteItems") == 1
    desk.outbox.save(desk.lease(), turn.id, saying("Short."))
    assert desk.kept(turn).answer == saying("Short.")


def test_a_table_that_is_not_there_is_told_by_its_error(place: Place) -> None:
    missing = Table(client=place.table.client, name="liao-nowhere")
    with pytest.raises(StorageUnavailable, match="ResourceNotFoundException"):
        missing.get("a", "b")


def test_of_many_that_count_at_once_none_passes_the_limit(place: Place) -> None:
    def spend(_: int) -> str | None:
        return place.others.counters.spend({"day": 1}, {"day": 5}, until={"day": later(60)})

    assert at_once(12, spend).count(None) == 5


def test_of_many_that_accept_take_back_and_answer_at_once_all_come_through(place: Place) -> None:
    desk = place.desk()
    desk.lease(GROUP)

    def work(number: int) -> None:
        others = place.others.inbox
        others.accept(wrote(str(number), chat=GROUP, at=number), origin=ORIGIN, now=later(0))
        with suppress(LeaseLost):
            place.stores.inbox.take(desk.lease(GROUP), now=later(9))

    at_once(8, work)
    place.stores.inbox.take(desk.lease(GROUP), now=later(9))
    held = [desk.outbox.turn_of(GROUP, f"event-{number}") for number in range(8)]
    waiting = {arrival.event.id for arrival in place.stores.inbox.waiting(GROUP)}
    for number, turn in enumerate(held):
        assert (turn is not None) is not (f"event-{number}" in waiting)


# --- reading much ------------------------------------------------------------------------------


@dataclass(slots=True)
class Halves:
    """A service that tells half of what it is asked for, and the rest when asked again."""

    items: dict[str, Item]
    deaf: bool = False
    asked: list[int] = field(default_factory=list)

    def call(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        assert action == "BatchGetItem"
        ((name, wanted),) = payload["RequestItems"].items()
        keys = wanted["Keys"]
        assert wanted["ConsistentRead"] is True
        assert 0 < len(keys) <= 100
        assert len({str(one) for one in keys}) == len(keys)
        self.asked.append(len(keys))
        told = 0 if self.deaf else (len(keys) + 1) // 2
        found = [pack(self.items[one["sk"]["S"]]) for one in keys[:told]]
        left = {name: {"Keys": keys[told:]}} if keys[told:] else {}
        return {"Responses": {name: found}, "UnprocessedKeys": left}

    def close(self) -> None:
        """Nothing is open."""


def test_everything_is_read_however_much_it_is_and_however_often_it_is_cut() -> None:
    items: dict[str, Item] = {str(number): key("a", str(number)) for number in range(150)}
    table = Table(client=Halves(items), name="liao")
    wanted = [("a", sk) for sk in (*items, "7", "7")]
    found = table.get_many(wanted)
    assert sorted(str(item["sk"]) for item in found) == sorted(items)


def test_a_part_of_what_was_asked_for_is_never_taken_for_all_of_it() -> None:
    table = Table(client=Halves({}, deaf=True), name="liao")
    with pytest.raises(StorageUnavailable, match="too busy"):
        table.get_many([("a", "b")])


def test_a_long_query_is_read_page_by_page(place: Place) -> None:
    words = "x" * 300_000
    for number in range(8):
        place.table.write(place.table.put({**key(home(AMY), f"said#{number}"), "w": words}))
    assert len(place.table.query(home(AMY), "said#")) == 8
    newest = place.table.query(home(AMY), "said#", limit=5, newest_first=True)
    assert [item["sk"] for item in newest] == [f"said#{number}" for number in (7, 6, 5, 4, 3)]

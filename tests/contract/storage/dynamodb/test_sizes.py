"""DynamoDB's sizes: an item of 400 KB, a transaction of 100 writes and 4 MB, a page of 1 MB.

People send as much as they like. What is too much for one turn makes several, and what is too much
for any item is refused by a clear error that loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.adapters.storage.dynamodb.calls import Service
from chalicelib.adapters.storage.dynamodb.incoming import accept
from chalicelib.adapters.storage.dynamodb.items import home
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, pack
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.events import Lane
from chalicelib.domain.messages import Answer, Text
from chalicelib.domain.turns import State, Turn
from chalicelib.ports import Said
from tests.aws.cloud import Cloud
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    Desk,
    asked,
    by,
    edited,
    later,
    names,
    saying,
    tapped,
    unsent,
    wrote,
)
from tests.contract.storage.dynamodb.watched import Place, place_in

#: A message of as many characters as LINE takes from a person, three bytes each.
LONG = "茶" * 10_000
BURST = 81


@pytest.fixture
def place(aws: Cloud) -> Iterator[Place]:
    with place_in(aws) as made:
        yield made
    for action, payload in made.watched.asked:
        together = payload.get("TransactItems", ())
        assert len(together) <= 100, action
        assert len(json.dumps(payload, ensure_ascii=False).encode()) < 4_000_000, action
    for item in made.seen:
        assert _size(item) < 400_000, item["sk"]


def _size(item: Item) -> int:
    return len(json.dumps(pack(item), ensure_ascii=False).encode())


@dataclass(frozen=True, slots=True)
class Loose:
    """A service that carries a transaction out write by write: whole ones take a stand-in long."""

    client: Service

    def call(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        for one in payload["TransactItems"]:
            self.client.call("PutItem", one["Put"])
        return {}

    def close(self) -> None:
        """It is another's."""


def many(place: Place, count: int, text: str = "") -> list[str]:
    """So many messages wait."""
    table = Table(client=Loose(place.table.client), name=place.table.name)
    for number in range(count):
        event = wrote(f"{number:03}", text, at=number)
        assert accept(table, event, origin="https://bot.example", now=later(0))
    return [f"{number:03}" for number in range(count)]


def lines(turn: Turn) -> list[Said]:
    """What is remembered of a turn, as the assistant does it."""
    events = [arrival.event for arrival in turn.arrivals]
    return [
        *(Said(text=LONG, by_bot=False, message_id=one.id, user="Uamy") for one in events),
        Said(text=LONG, by_bot=True),
    ]


def test_a_burst_longer_than_a_transaction_makes_several_turns_and_loses_nothing(
    place: Place, desk: Desk
) -> None:
    sent = many(place, BURST)
    found: list[str] = []
    while isinstance(turn := desk.inbox.take(desk.lease(), now=later(9)), Turn):
        desk.outbox.save(desk.lease(), turn.id, saying("Green."))
        desk.outbox.close(desk.lease(), turn.id)
        found += asked(turn)
    assert found == sent


def test_long_messages_make_as_many_turns_as_the_history_needs_items(
    place: Place, desk: Desk
) -> None:
    sent = many(place, 15, LONG)
    found: list[list[str]] = []
    while isinstance(turn := desk.inbox.take(desk.lease(), now=later(9)), Turn):
        long = Answer(messages=(Text(text=LONG),) * 4, memory=LONG * 4)
        desk.outbox.save(desk.lease(), turn.id, long, lines(turn))
        desk.outbox.close(desk.lease(), turn.id)
        found.append(asked(turn))
    place.seen.extend(place.items())
    assert [name for names in found for name in names] == sent
    assert len(found) == 3
    assert len(desk.stores.history.recent(AMY, limit=99, now=later(10))) == 15 + 3


def test_one_of_a_burst_is_taken_back_and_the_others_wait_again(place: Place, desk: Desk) -> None:
    sent = many(place, BURST)
    desk.take()
    desk.accept(unsent("007"))
    waiting = names(arrival.event for arrival in desk.inbox.waiting(AMY))
    assert waiting == [name for name in sent if name != "007"]


def test_one_of_a_burst_is_edited_and_all_of_it_waits_again(place: Place, desk: Desk) -> None:
    sent = many(place, BURST)
    desk.take()
    assert desk.edit(edited("007", chat=AMY, at=999), asks=False) is True
    waiting = names(arrival.event for arrival in desk.inbox.waiting(AMY))
    assert waiting == [*(name for name in sent if name != "007"), "007-999"]


def test_what_a_group_said_is_cleared_however_much_it_was(place: Place, desk: Desk) -> None:
    for number in range(120):
        desk.overhear(wrote(str(number), LONG[:2000], chat=GROUP))
    assert len(desk.stores.history.recent(GROUP, limit=200, now=later(1))) == 120
    desk.stores.history.clear(GROUP)
    assert place.items("message#") == []


def test_a_burst_that_is_asked_again_is_taken_over_whole(place: Place, desk: Desk) -> None:
    many(place, BURST)
    first = desk.take()
    desk.outbox.save(desk.lease(), first.id, saying("Sorry, busy."))
    desk.outbox.close(desk.lease(), first.id)
    rest = desk.take()
    desk.outbox.fail(desk.lease(), rest.id, "test")
    desk.accept(tapped("retry", lane=Lane.TURNS, at=999))
    again = desk.outbox.adopt(desk.lease(), desk.take().id, first.id)
    assert again is not None
    assert len(again.arrivals) == len(first.arrivals) + 1
    desk.outbox.save(desk.lease(), again.id, saying("Green."))
    sending = desk.outbox.begin(desk.lease(), [again.id], by("retry"), now=later(1))
    assert [len(turn.arrivals) for turn in sending] == [81]
    desk.outbox.settle(desk.lease(), "token-retry", unsure=False)
    desk.accept(unsent("003"))
    assert len(desk.kept(again).arrivals) == 80


def test_the_words_of_a_burst_are_erased_together(place: Place, desk: Desk) -> None:
    many(place, BURST, "Xylophonic?")
    turn = desk.take()
    desk.outbox.save(desk.lease(), turn.id, saying("Green."))
    desk.outbox.close(desk.lease(), turn.id)
    desk.stores.forgetful[0].purge(now=later(days=1.1))
    assert desk.kept(turn).arrivals == ()
    desk.stores.forgetful[0].purge(now=later(days=7.1))
    assert len(place.items("event#")) == len(desk.inbox.waiting(AMY)) == 1


def test_a_person_who_wrote_a_burst_is_forgotten(place: Place, desk: Desk) -> None:
    many(place, BURST)
    desk.take()
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    assert not [item for item in place.items() if "Uamy" in str(item)]


def test_a_burst_that_a_newer_version_wrote_is_set_aside_and_what_follows_is_answered(
    place: Place, desk: Desk
) -> None:
    many(place, BURST)
    for item in place.items("event#"):
        odd = {":words": '{"kind": "newer"}'}
        place.table.change_one(str(item["pk"]), str(item["sk"]), "SET words = :words", odd)
    desk.accept(wrote("tea", at=999))
    assert asked(desk.take()) == ["tea"]
    assert desk.inbox.waiting(AMY) == ()


def test_an_answer_larger_than_an_item_is_refused_and_nothing_is_lost(
    place: Place, desk: Desk
) -> None:
    turn = desk.reach(State.WORKING, wrote("tea"))
    monster = Answer(messages=(Text(text="x" * 420_000),))
    with pytest.raises(StorageUnavailable, match=r"refused TransactWriteItems: Validation"):
        desk.outbox.save(desk.lease(), turn.id, monster)
    assert desk.kept(turn) == turn
    desk.outbox.save(desk.lease(), turn.id, saying("Sorry."))
    assert desk.kept(turn).answer == saying("Sorry.")
    place.watched.forget()


def test_words_are_kept_as_short_as_dynamodb_counts_them(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", LONG), wrote("odd", "half an emoji: \ud83c", at=1))
    stored = {str(item["id"]): str(item["words"]) for item in place.items("event#")}
    assert len(stored["event-tea"].encode()) < 30_500
    assert [asked(desk.take())] == [["tea", "odd"]]
    assert desk.inbox.waiting(AMY) == ()


def test_a_query_for_work_reads_no_more_than_it_needs(place: Place, desk: Desk) -> None:
    many(place, 3)
    place.watched.forget()
    assert desk.inbox.has_work(AMY, Lane.TURNS)
    ((_, request),) = place.watched.asked
    assert (request["Limit"], request["IndexName"]) == (1, "pending")
    assert request["ExpressionAttributeValues"][":pk"] == {"S": home(AMY)}

"""Where an answer of DynamoDB's never arrives, the same request is made again, or comes late.

Nobody knows then whether the first was carried out. Made again it must have the same outcome, and
one that was on its way all the time must change nothing when it arrives at last.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from chalicelib.adapters.aws.client import WORKER, Account, AwsRefused
from chalicelib.adapters.aws.client import dynamodb as dynamodb_client
from chalicelib.adapters.storage.dynamodb.calls import Service
from chalicelib.adapters.storage.dynamodb.stores import stores
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Purpose, State
from chalicelib.ports import Button, ChatFacts, Stores
from tests.aws.cloud import Cloud, table
from tests.contract.storage.backends import Backend, DynamoBackend, is_command
from tests.contract.storage.desk import AMY, ORIGIN, asked, by, later, saying, unsent, wrote
from tests.contract.storage.dynamodb.watched import Place
from tests.contract.storage.test_any_order import Bot
from tests.contract.storage.test_edits_in_any_order import Group

# --- single writes -----------------------------------------------------------------------------


def test_a_lease_that_was_granted_unheard_is_granted(place: Place) -> None:
    place.watched.unheard("UpdateItem")
    lease = place.stores.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0))
    assert lease is not None
    assert place.stores.inbox.take(lease, now=later(1)) is None
    assert place.others.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(1)) is None


def test_a_lease_that_was_refused_unheard_is_refused(place: Place) -> None:
    assert place.others.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0)) is not None
    place.watched.unheard("UpdateItem")
    assert place.stores.inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0)) is None


def test_a_request_for_a_lease_that_arrives_late_takes_it_from_nobody(place: Place) -> None:
    inbox = place.stores.inbox
    lease = inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0))
    assert lease is not None
    late = place.watched.asked[-1]
    _again(place, late)
    assert inbox.take(lease, now=later(1)) is None


def test_a_request_for_a_lease_that_arrives_after_its_release_leaves_the_lane_free(
    place: Place,
) -> None:
    inbox = place.stores.inbox
    lease = inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0))
    assert lease is not None
    late = place.watched.asked[-1]
    inbox.release(lease)
    _again(place, late)
    assert inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(1)) is not None


def test_a_release_that_arrives_late_frees_nobody_elses_lane(place: Place) -> None:
    inbox = place.stores.inbox
    lease = inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(0))
    assert lease is not None
    place.watched.unheard("UpdateItem")
    inbox.release(lease)
    late = place.watched.asked[-1]
    second = inbox.lease(AMY, Lane.TURNS, until=later(150), now=later(1))
    assert second is not None
    _again(place, late)
    assert inbox.take(second, now=later(1)) is None


def test_a_note_that_was_claimed_unheard_is_claimed_by_who_asked(place: Place) -> None:
    place.watched.unheard("PutItem")
    assert place.stores.outbox.claim_note("token-tea", now=later(40)) is True
    late = place.watched.asked[-1]
    assert place.others.outbox.claim_note("token-tea", now=later(40)) is False
    _again(place, late)
    assert place.others.outbox.claim_note("token-tea", now=later(40)) is False


def test_a_note_that_another_claimed_first_is_not_claimed_by_asking_again(place: Place) -> None:
    assert place.others.outbox.claim_note("token-tea", now=later(40)) is True
    place.watched.unheard("PutItem")
    assert place.stores.outbox.claim_note("token-tea", now=later(40)) is False


def test_a_button_that_was_used_unheard_was_used_by_that_tap(place: Place) -> None:
    place.stores.buttons.put([Button(id="b", chat=AMY, action="retry")], until=later(60))
    place.watched.unheard("UpdateItem")
    assert place.stores.buttons.use(AMY, "b", by="event-tap", now=later(1)) is True
    assert place.stores.buttons.use(AMY, "b", by="event-other", now=later(1)) is False


def test_facts_that_were_learned_unheard_are_known(place: Place) -> None:
    place.watched.unheard("TransactWriteItems")
    place.stores.chats.learn_language(AMY, "th", now=later(1))
    place.watched.unheard("TransactWriteItems")
    place.stores.chats.mark_introduced(AMY, now=later(2))
    facts = ChatFacts(language="th", language_known_at=later(1), introduced=True)
    assert place.stores.chats.facts(AMY) == facts


# --- transactions ------------------------------------------------------------------------------


def test_a_count_that_was_made_unheard_is_made_once(place: Place) -> None:
    place.watched.unheard("TransactWriteItems")
    spend = place.stores.counters.spend
    results = [spend({"day": 1}, {"day": 3}, until={"day": later(60)}) for _ in range(4)]
    assert results == [None, None, None, "day"]


def test_what_was_accepted_unheard_is_new(place: Place) -> None:
    place.watched.unheard("TransactWriteItems")
    assert place.stores.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(0)) is True
    place.watched.unheard("TransactWriteItems")
    assert place.stores.inbox.accept(unsent("tea"), origin=ORIGIN, now=later(0)) is True
    assert place.stores.outbox.is_withdrawn(AMY, "event-tea")


def test_a_whole_conversation_without_hearing_any_answer_the_first_time(place: Place) -> None:
    desk, unheard = place.desk(), place.watched.unheard
    unheard("TransactWriteItems")
    desk.accept(wrote("tea"))
    unheard("UpdateItem")
    desk.lease()
    unheard("TransactWriteItems")
    turn = desk.take()
    assert (asked(turn), turn.attempts) == (["tea"], 1)
    unheard("TransactWriteItems")
    desk.outbox.save(desk.lease(), turn.id, saying("Green."))
    unheard("TransactWriteItems")
    assert [one.id for one in desk.outbox.begin(desk.lease(), [turn.id], by("tea"), now=later(1))]
    unheard("TransactWriteItems")
    desk.outbox.settle(desk.lease(), "token-tea", unsure=False)
    kept = desk.kept(turn)
    assert (kept.state, kept.attempts, kept.answer) == (State.SENT, 1, saying("Green."))
    assert desk.outbox.claimed("token-tea") is Purpose.ANSWER


def test_a_save_that_was_given_up_unheard_may_be_made_again(place: Place) -> None:
    desk = place.desk()
    turn = desk.reach(State.WORKING, wrote("tea"))

    def give_up() -> None:
        raise StorageUnavailable("nobody heard")

    place.watched.unheard("TransactWriteItems", give_up)
    with pytest.raises(StorageUnavailable):
        desk.outbox.save(desk.lease(), turn.id, saying("Green."))
    desk.outbox.save(desk.lease(), turn.id, saying("Black."))
    assert desk.kept(turn).answer == saying("Green.")


def _again(place: Place, request: tuple[str, dict[str, Any]]) -> None:
    """A request that was on its way all the time arrives at last; nobody hears the answer."""
    action, payload = request
    with suppress(AwsRefused):
        place.table.client.call(action, payload)


# --- whatever happens --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rough:
    """A service on a bad day: writes come in each other's way, and answers are lost."""

    client: Service
    dice: Random

    def call(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        match self.dice.choice(("conflict", "unheard", "well", "well")):
            case "conflict" if action == "TransactWriteItems":
                reasons = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
                raise AwsRefused("TransactionCanceledException", reasons)
            case "conflict" if action in {"PutItem", "UpdateItem", "DeleteItem"}:
                raise AwsRefused("TransactionConflictException", {})
            case "unheard":
                with suppress(AwsRefused):
                    self.client.call(action, payload)
        return self.client.call(action, payload)

    def close(self) -> None:
        self.client.close()


class RoughBot(Bot):
    """The same bot, whose every other request goes wrong at first."""

    aws: Cloud

    def __init__(self) -> None:
        super().__init__()
        name = self.cleanup.enter_context(table(self.aws, f"liao-{uuid4().hex}"))
        client = dynamodb_client(Account.read(self.aws.environment()), WORKER)
        rough = Table(client=Rough(client, Random(7)), name=name)
        self.cleanup.enter_context(closing(rough))
        self.stores = stores(rough, new_id=lambda: uuid4().hex, is_command=is_command)
        self.inbox, self.outbox = self.stores.inbox, self.stores.outbox


class RoughPlace(DynamoBackend):
    """A table on a bad day."""

    def open(self) -> Stores:
        client = dynamodb_client(Account.read(self.aws.environment()), WORKER)
        rough = Table(client=Rough(client, Random(7)), name=self.name)
        self.cleanup.enter_context(closing(rough))
        return stores(rough, new_id=lambda: uuid4().hex, is_command=is_command)


class RoughGroup(Group):
    """The same group, told of by a service on a bad day."""

    aws: Cloud

    def placed(self) -> Backend:
        name = self.cleanup.enter_context(table(self.aws, f"liao-{uuid4().hex}"))
        return RoughPlace(self.aws, name, self.cleanup)


@pytest.mark.hypothesis
@pytest.mark.parametrize("story", [RoughBot, RoughGroup])
def test_whatever_goes_wrong_on_the_way_nothing_is_lost_and_nothing_is_said_twice(
    aws: Cloud, story: type[RuleBasedStateMachine]
) -> None:
    machine = type("Machine", (story,), {"backend": "sqlite", "aws": aws})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=3,
            stateful_step_count=15,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

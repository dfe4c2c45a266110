"""What failed for good is listed, shown, replayed and dropped, turns and dead letters alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result

from chalicelib.adapters.aws.client import WORKER, Account
from chalicelib.adapters.aws.client import dynamodb as dynamodb_client
from chalicelib.adapters.queue.sqs import from_entry, to_entry
from chalicelib.adapters.storage.dynamodb.stores import stores
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.errors import Cause
from chalicelib.domain.events import Lane
from chalicelib.domain.names import Names
from chalicelib.domain.turns import State, Turn
from ops.aws import Aws
from ops.commands import failed
from tests.aws.cloud import Wakes, queue, table
from tests.contract.storage.desk import AMY, BEN, Desk, saying, wrote

NAMES = Names(stage="prod")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A stage in which something failed."""

    desk: Desk
    wakes: Wakes
    sqs: Any
    call: Callable[..., Result]

    def ops(self, *arguments: str) -> str:
        """Call `failed …`; it must go well."""
        result = self.call(failed.command, *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def turn_broke(self, name: str = "tea") -> Turn:
        """A turn broke three workers; its person got an apology that waits."""
        self.desk.accept(wrote(name, f"Xylophonic {name}?"))
        turn = self.desk.take()
        sorry = replace(saying("Sorry."), cause=Cause.CRASHED)
        self.desk.outbox.save(self.desk.lease(), turn.id, sorry)
        self.desk.outbox.park(self.desk.lease(), [turn.id])
        return turn

    def worker_died(self, body: str | None = None) -> None:
        """A wake is in the dead-letter queue."""
        self.sqs.send_message(
            QueueUrl=self.wakes.dead,
            MessageBody=body or to_entry(BEN, Lane.TAPS),
            MessageGroupId="g",
            MessageDeduplicationId=f"d{datetime.now(UTC).timestamp()}",
        )

    def woken(self) -> list[tuple[str, str]]:
        """Who was woken."""
        told = self.sqs.receive_message(QueueUrl=self.wakes.url, MaxNumberOfMessages=10)
        entries = [from_entry(message["Body"]) for message in told.get("Messages", [])]
        return [(chat.key, lane.value) for chat, lane in entries]

    def dead(self) -> int:
        """How many dead letters there are."""
        told = self.sqs.get_queue_attributes(QueueUrl=self.wakes.dead, AttributeNames=["All"])
        return int(told["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture
def shop(aws: Aws, cloud_here: Any, called: Callable[..., Result]) -> Iterator[Shop]:
    with table(cloud_here, NAMES.table), queue(cloud_here, NAMES.queue) as wakes:
        account = Account.read(cloud_here.environment())
        made = Table(client=dynamodb_client(account, WORKER), name=NAMES.table)
        ids = iter(f"{number:032x}" for number in range(1 << 124, 1 << 125, 1 << 120))
        with closing(made):
            kept = stores(made, new_id=lambda: next(ids), is_command=lambda _: False)
            yield Shop(desk=Desk(kept), wakes=wakes, sqs=aws.client("sqs"), call=called)


def test_where_nothing_failed_it_says_so(shop: Shop) -> None:
    assert "Nothing failed" in shop.ops("list")
    assert "Nothing failed" in shop.ops("replay", "--all")


def test_turns_and_dead_letters_are_in_one_list_without_words_or_ids_of_people(shop: Shop) -> None:
    turn = shop.turn_broke()
    shop.worker_died()
    told = shop.ops("list")
    assert turn.id[:12] in told
    assert "crashed" in told
    assert "its worker died" in told
    assert "ylophonic" not in told
    assert "Uamy" not in told
    assert shop.ops("list") == told


def test_words_are_shown_only_when_asked_for(shop: Shop) -> None:
    turn = shop.turn_broke()
    assert "ylophonic" not in shop.ops("show", turn.id[:8])
    told = shop.ops("show", turn.id[:8], "--words")
    assert "Xylophonic tea?" in told
    assert "Sorry." in told


def test_a_replayed_turn_begins_anew_and_its_chat_is_woken(shop: Shop) -> None:
    turn = shop.turn_broke()
    shop.ops("replay", turn.id[:8])
    assert shop.desk.kept(turn).state is State.WORKING
    assert shop.woken() == [(AMY.key, "turns")]
    assert "Nothing failed" in shop.ops("list")


def test_a_replayed_dead_letter_wakes_its_chat_and_is_gone(shop: Shop) -> None:
    shop.worker_died()
    shop.ops("replay", "--all")
    assert shop.woken() == [(BEN.key, "taps")]
    assert shop.dead() == 0


def test_what_is_dropped_is_gone_from_the_list(shop: Shop) -> None:
    turn = shop.turn_broke()
    shop.worker_died()
    shop.ops("drop", "--all")
    assert shop.dead() == 0
    assert shop.woken() == []
    assert "Nothing failed" in shop.ops("list")
    assert shop.desk.kept(turn).state is State.PARKED


def test_a_letter_that_is_no_wake_of_ours_can_only_be_dropped(shop: Shop) -> None:
    shop.worker_died(json.dumps({"hello": "there"}))
    result = shop.call(failed.command, "replay", "--all")
    assert result.exit_code == 1
    assert "no wake of ours" in result.output
    shop.ops("drop", "--all")
    assert shop.dead() == 0


def test_words_that_are_gone_can_not_be_replayed_and_it_says_what_to_do(shop: Shop) -> None:
    turn = shop.turn_broke()
    for store in shop.desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="")
        store.purge(now=datetime.now(UTC) + timedelta(days=8))
    result = shop.call(failed.command, "replay", turn.id[:8])
    assert result.exit_code == 1
    assert "failed list" in result.output


@pytest.mark.parametrize(("arguments", "said"), [((), "--all"), (("zzz",), "is not on the list")])
def test_a_name_that_fits_nothing_is_told(
    shop: Shop, arguments: tuple[str, ...], said: str
) -> None:
    result = shop.call(failed.command, "replay", *arguments)
    assert result.exit_code == 1
    assert said in result.output

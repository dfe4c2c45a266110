"""Edits and what is overheard, in the table: what they cost, and who else may be quicker.

As in `test_races`, one thing happens between the reads and the write of another.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.errors import Withdrawn
from chalicelib.domain.turns import State
from chalicelib.ports import Said
from tests.contract.storage.desk import (
    GROUP,
    ORIGIN,
    Desk,
    asked,
    by,
    edited,
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


def waiting(desk: Desk) -> list[str]:
    return names(arrival.event for arrival in desk.inbox.waiting(GROUP))


def edits(place: Place, *, at: int = 10, asks: bool = True) -> Callable[[], object]:
    """Somebody edits the message."""
    event = edited("tea", at=at)
    return lambda: place.others.inbox.edit(event, asks=asks, origin=ORIGIN, now=later(2))


def takes_back(place: Place) -> Callable[[], object]:
    """Somebody takes the message back."""
    event = unsent("tea", chat=GROUP)
    return lambda: place.others.inbox.accept(event, origin=ORIGIN, now=later(2))


def comes(place: Place) -> Callable[[], object]:
    """LINE tells of the message."""
    event = wrote("tea", "Xylophonic?", chat=GROUP)
    return lambda: place.others.inbox.accept(event, origin=ORIGIN, now=later(2))


# --- how often ---------------------------------------------------------------------------------


def test_what_a_group_says_costs_one_write_and_an_edit_as_few_reads_as_it_can(
    place: Place, desk: Desk
) -> None:
    steps: dict[str, Callable[[], object]] = {
        "overhear": lambda: desk.overhear(wrote("tea", chat=GROUP)),
        "edit a line": lambda: desk.edit(edited("tea"), asks=False),
        "edit a line that asks": lambda: desk.edit(edited("tea", at=20)),
        "edit what waits": lambda: desk.edit(edited("tea", at=30)),
        "an edit that comes late": lambda: desk.edit(edited("tea", at=15)),
        "edit what nobody knows": lambda: desk.edit(edited("milk"), asks=False),
        "whose is it": lambda: desk.inbox.is_own(GROUP, "1"),
        "quote what waits": lambda: desk.stores.history.message(GROUP, "message-tea"),
    }
    asked: dict[str, list[str]] = {}
    for name, step in steps.items():
        place.watched.forget()
        step()
        asked[name] = place.watched.actions
    assert asked == {
        "overhear": ["TransactWriteItems"],
        "edit a line": ["BatchGetItem", "TransactWriteItems"],
        "edit a line that asks": ["BatchGetItem", "TransactWriteItems"],
        "edit what waits": ["BatchGetItem", "GetItem", "Query", "TransactWriteItems"],
        "an edit that comes late": ["BatchGetItem"],
        "edit what nobody knows": ["BatchGetItem", "Query"],
        "whose is it": ["GetItem"],
        "quote what waits": ["GetItem", "GetItem"],
    }


# --- who is quicker ----------------------------------------------------------------------------


def test_a_message_that_comes_while_it_is_edited_stays_away(place: Place, desk: Desk) -> None:
    place.watched.before(TRANSACT, comes(place))
    assert desk.edit(edited("tea")) is True
    assert waiting(desk) == ["tea-10"]
    assert "Xylophonic" not in str(place.items())


def test_a_message_that_is_edited_while_it_is_stored_stays_away(place: Place, desk: Desk) -> None:
    place.watched.before(TRANSACT, edits(place))
    comes_here = wrote("tea", "Xylophonic?", chat=GROUP)
    assert desk.inbox.accept(comes_here, origin=ORIGIN, now=later(0)) is True
    assert waiting(desk) == ["tea-10"]
    assert desk.outbox.is_withdrawn(GROUP, "event-tea")
    assert "Xylophonic" not in str(place.items())


def test_a_line_that_is_edited_while_it_is_overheard_is_not(place: Place, desk: Desk) -> None:
    place.watched.before(TRANSACT, edits(place))
    desk.overhear(wrote("tea", "Xylophonic?", chat=GROUP))
    assert waiting(desk) == ["tea-10"]
    assert desk.said() == []


@pytest.mark.parametrize("asks", [True, False])
def test_what_is_taken_back_while_it_is_edited_is_gone(
    place: Place, desk: Desk, asks: bool
) -> None:
    desk.overhear(wrote("tea", chat=GROUP))
    place.watched.before(TRANSACT, takes_back(place))
    assert desk.edit(edited("tea"), asks=asks) is False
    assert waiting(desk) == desk.said() == []


def test_what_is_edited_while_it_is_taken_back_is_gone(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    place.watched.before(TRANSACT, edits(place))
    desk.accept(unsent("tea", chat=GROUP))
    assert waiting(desk) == []
    assert desk.outbox.is_withdrawn(GROUP, "event-tea-10")


@pytest.mark.parametrize("first", [10, 20])
def test_of_two_edits_at_once_the_last_one_waits(place: Place, desk: Desk, first: int) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    place.watched.before(TRANSACT, edits(place, at=30 - first))
    assert desk.edit(edited("tea", at=first)) is (first == 20)
    assert waiting(desk) == ["tea-20"]


def test_the_same_edit_twice_at_once_is_new_once(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    place.watched.before(TRANSACT, edits(place))
    assert desk.edit(edited("tea"), now=later(5)) is False
    assert waiting(desk) == ["tea-10"]
    assert desk.inbox.waiting(GROUP)[0].received == later(5)


def test_an_edit_that_was_written_unheard_waits(place: Place, desk: Desk) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    place.watched.unheard(TRANSACT)
    assert desk.edit(edited("tea")) is True
    assert waiting(desk) == ["tea-10"]


def test_a_worker_that_takes_a_message_while_it_is_edited_answers_it_in_vain(
    place: Place, desk: Desk
) -> None:
    desk.accept(wrote("tea", chat=GROUP, at=1), wrote("milk", chat=GROUP, at=2))
    lease = desk.lease(GROUP)
    place.watched.before(TRANSACT, lambda: place.others.inbox.take(lease, now=later(1)))
    assert desk.edit(edited("tea")) is True
    turn = desk.outbox.turn_of(GROUP, "event-tea")
    assert turn is not None
    assert turn.state is State.WITHDRAWN
    with pytest.raises(Withdrawn):
        desk.outbox.save(lease, turn.id, saying("Green."), LINES)
    assert waiting(desk) == ["milk", "tea-10"]


def test_a_message_that_is_edited_while_a_worker_takes_it_is_taken_as_it_is_now(
    place: Place, desk: Desk
) -> None:
    desk.accept(wrote("tea", chat=GROUP))
    desk.lease(GROUP)
    place.watched.before(TRANSACT, edits(place))
    assert asked(desk.take(GROUP)) == ["tea-10"]


def test_an_answer_that_is_saved_while_its_question_is_edited_is_erased(
    place: Place, desk: Desk
) -> None:
    turn = desk.reach(State.WORKING, wrote("tea", chat=GROUP))
    place.watched.before(
        TRANSACT,
        lambda: place.others.outbox.save(desk.lease(GROUP), turn.id, saying("Green."), LINES),
    )
    assert desk.edit(edited("tea")) is True
    assert (desk.kept(turn).state, desk.kept(turn).answer) == (State.WITHDRAWN, None)
    assert desk.said() == []


def test_an_answer_whose_question_is_edited_as_it_is_claimed_is_not_sent(
    place: Place, desk: Desk
) -> None:
    turn = desk.answered(wrote("tea", chat=GROUP))
    place.watched.before(TRANSACT, edits(place))
    assert desk.outbox.begin(desk.lease(GROUP), [turn.id], by("tea"), now=later(1)) == ()
    assert waiting(desk) == ["tea-10"]


def test_a_line_that_asks_something_while_lines_are_cleared_is_not_lost(
    place: Place, desk: Desk
) -> None:
    desk.overhear(wrote("tea", chat=GROUP), wrote("milk", chat=GROUP))
    place.watched.before(TRANSACT, edits(place))
    desk.stores.history.clear(GROUP)
    assert desk.said() == []
    assert asked(desk.take(GROUP)) == ["tea-10"]
    desk.accept(unsent("tea", chat=GROUP))
    assert desk.inbox.depth() == 0


# --- for how long ------------------------------------------------------------------------------


def test_an_edit_or_a_mark_that_is_past_counts_as_never_come(place: Place, desk: Desk) -> None:
    desk.edit(edited("tea", at=20))
    turn = desk.take(GROUP)
    desk.outbox.fail(desk.lease(GROUP), turn.id, "test")
    desk.stores.forgetful[0].purge(now=later(days=7.1))
    assert len(place.items("message#")) == 1  # DynamoDB has not deleted it yet
    assert desk.edit(edited("tea", at=10), asks=False, now=later(days=7.1)) is False
    assert desk.edit(edited("tea", at=10), now=later(days=7.1)) is True
    assert waiting(desk) == ["tea-10"]


def test_a_line_that_was_overheard_goes_in_the_minute_in_which_it_is_due(
    place: Place, desk: Desk
) -> None:
    desk.overhear(wrote("tea", "Xylophonic!", chat=GROUP))
    desk.edit(edited("tea", "Zymurgic!"), asks=False, now=later(60))
    purge = desk.stores.forgetful[0].purge
    purge(now=later(-1, days=30))
    assert "Zymurgic" in str(place.items())
    purge(now=later(days=30))
    assert place.items("message#") == []

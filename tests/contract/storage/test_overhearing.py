"""What a group lets the bot remember: once, in its order, and forgotten like everything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.turns import State
from chalicelib.ports import Said
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    Desk,
    asked,
    at_once,
    later,
    names,
    saying,
    unsent,
    wrote,
)

TEA = wrote("tea", "Xylophonic tea!", chat=GROUP, user="Uamy")
MILK = wrote("milk", "Milk!", chat=GROUP, user="Uben")


def test_what_was_overheard_is_a_line_and_no_work(desk: Desk) -> None:
    desk.overhear(TEA, MILK)
    assert desk.stores.history.recent(GROUP, limit=9, now=later(1)) == (
        Said(text="Xylophonic tea!", by_bot=False, message_id="message-tea", user="Uamy"),
        Said(text="Milk!", by_bot=False, message_id="message-milk", user="Uben"),
    )
    assert desk.said(AMY) == []
    assert desk.inbox.depth() == 0
    assert desk.inbox.chats_with_work() == ()


def test_half_an_emoji_and_somebody_nameless_are_remembered_too(desk: Desk) -> None:
    desk.overhear(replace(TEA, user=None, text="half a \ud83c pizza 🍕 'quoted' \"twice\""))
    (line,) = desk.stores.history.recent(GROUP, limit=9, now=later(1))
    assert (line.user, line.text) == (None, "half a \ud83c pizza 🍕 'quoted' \"twice\"")


def test_a_message_is_overheard_once(desk: Desk) -> None:
    desk.overhear(TEA, TEA, replace(TEA, id="event-another"))
    assert desk.said() == ["Xylophonic tea!"]


def test_of_fifty_threads_that_overhear_the_same_one_is_a_line(desk: Desk) -> None:
    at_once(50, lambda _: desk.overhear(TEA))
    assert desk.said() == ["Xylophonic tea!"]


def test_lines_are_told_in_the_order_in_which_they_came_whoever_spoke(desk: Desk) -> None:
    desk.overhear(TEA, now=later(1))
    lines = [
        Said(text="Rice?", by_bot=False, message_id="message-rice", user="Uamy"),
        Said(text="White.", by_bot=True),
    ]
    desk.remembers(GROUP, "rice", lines, now=later(2))
    desk.overhear(MILK, now=later(3))
    assert desk.said(now=later(4)) == ["Xylophonic tea!", "Rice?", "White.", "Milk!"]
    newest = desk.stores.history.recent(GROUP, limit=2, now=later(4))
    assert [line.text for line in newest] == ["White.", "Milk!"]
    assert desk.stores.history.recent(GROUP, limit=9, now=later(2.5, days=30)) == newest[1:]


def test_what_is_said_while_an_answer_is_made_comes_after_its_question(desk: Desk) -> None:
    desk.accept(wrote("rice", chat=GROUP), now=later(1))
    turn = desk.take(GROUP, now=later(2))
    desk.overhear(TEA, now=later(3))
    lines = [Said(text="Rice?", by_bot=False), Said(text="White.", by_bot=True)]
    desk.outbox.save(desk.lease(GROUP), turn.id, saying("White."), lines)
    assert desk.said(now=later(4)) == ["Rice?", "White.", "Xylophonic tea!"]


def test_what_was_overheard_may_be_asked_after_all(backend: Backend, desk: Desk) -> None:
    desk.overhear(TEA)
    desk.accept(TEA)
    assert desk.said() == []
    turn = desk.take(GROUP)
    assert asked(turn) == ["tea"]
    desk.overhear(TEA)
    assert desk.said() == []
    desk.accept(unsent("tea", chat=GROUP))
    assert not backend.holds("ylophonic")


@pytest.mark.parametrize("state", [None, State.WORKING, State.SENT])
def test_what_was_asked_is_not_overheard(desk: Desk, state: State | None) -> None:
    if state is None:
        desk.accept(TEA)
    else:
        desk.reach(state, TEA)
    desk.overhear(TEA)
    assert desk.said() == []


# --- forgotten -----------------------------------------------------------------------------------


def test_what_was_taken_back_is_gone_or_never_comes(backend: Backend, desk: Desk) -> None:
    desk.overhear(TEA, MILK)
    desk.accept(unsent("tea", chat=GROUP))
    desk.overhear(TEA)
    assert desk.said() == ["Milk!"]
    desk.accept(unsent("rice", chat=GROUP))
    desk.overhear(wrote("rice", "Xylophonic rice!", chat=GROUP))
    assert desk.said() == ["Milk!"]
    assert not backend.holds("ylophonic")


def test_lines_that_were_overheard_go_after_thirty_days(backend: Backend, desk: Desk) -> None:
    desk.overhear(TEA)
    for days, is_there in ((29.9, True), (30.1, False)):
        for store in desk.stores.forgetful:
            store.purge(now=later(days=days))
        assert backend.holds("ylophonic") is is_there


def test_a_person_is_forgotten_among_what_was_overheard(backend: Backend, desk: Desk) -> None:
    desk.overhear(TEA, MILK)
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    desk.overhear(TEA)
    assert desk.said() == ["Milk!"]
    assert not backend.holds("ylophonic")
    assert not backend.holds("Uamy")


def test_who_was_forgotten_may_ask_by_the_same_message(desk: Desk) -> None:
    desk.overhear(TEA)
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    desk.accept(TEA)
    assert names(a.event for a in desk.inbox.waiting(GROUP)) == ["tea"]


def test_a_conversation_that_is_cleared_has_no_lines_left(backend: Backend, desk: Desk) -> None:
    desk.overhear(*(wrote(str(number), "Xylophonic!", chat=GROUP) for number in range(60)))
    assert len(desk.said()) == 60
    desk.stores.history.clear(GROUP)
    assert desk.said() == []
    assert not backend.holds("ylophonic")
    desk.overhear(MILK)
    assert desk.said() == ["Milk!"]

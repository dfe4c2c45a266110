"""What forgetting a chat promises: nothing that anybody said in it is left, and no more is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import Lane, Left
from chalicelib.domain.turns import State
from chalicelib.ports import YES, Button, ChatFacts, Choice, Role, Said, Shown
from tests.contract.storage.backends import Backend
from tests.contract.storage.bookkeeping import account, call
from tests.contract.storage.desk import (
    AMY,
    BEN,
    GROUP,
    ORIGIN,
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

WORDS = ("ylophonic", "squipedalian", "ymurgic")


def forget(desk: Desk, chat: Chat = GROUP, *, keep_turn: str = "") -> None:
    for store in desk.stores.forgetful:
        store.forget_chat(chat, keep_turn=keep_turn)


def live(desk: Desk) -> None:
    """Everything that may be said in a group, by two people and the bot."""
    turn = desk.reach(State.WORKING, wrote("one", "Xylophonic?", chat=GROUP, at=1))
    lines = [
        Said(text="Xylophonic?", by_bot=False, message_id="message-one", user="Uamy"),
        Said(text="Zymurgic.", by_bot=True),
    ]
    desk.outbox.save(desk.lease(GROUP), turn.id, saying("Esquipedalian."), lines)
    desk.outbox.begin(desk.lease(GROUP), [turn.id], by("one"), now=later(1))
    shown = [Shown(message_id="1", turn_id=turn.id, place=0)]
    desk.outbox.settle(desk.lease(GROUP), "token-one", unsure=True, shown=shown)
    for number, state in enumerate((State.PARKED, State.FAILED, State.ANSWERED)):
        event = wrote(state.value, "Xylophonic?", chat=GROUP, user="Uben", at=2 + number)
        desk.reach(state, event, text="Esquipedalian.")
    desk.accept(unsent("gone", chat=GROUP), tapped("tap", chat=GROUP, at=5))
    desk.accept(wrote("waits", "Xylophonic?", chat=GROUP, user="Uben", at=6))
    desk.overhear(wrote("heard", "Xylophonic!", chat=GROUP, user="Uben"))
    desk.overhear(wrote("better", "Xylophonic!", chat=GROUP, user="Uben"))
    desk.edit(edited("better", "Zymurgic!"), asks=False)


@pytest.mark.parametrize("times", [1, 2])
def test_nothing_that_anybody_said_is_left(backend: Backend, desk: Desk, times: int) -> None:
    live(desk)
    assert all(backend.holds(words) for words in WORDS)
    for _ in range(times):
        forget(desk)
    assert [words for words in WORDS if backend.holds(words)] == []
    assert desk.said() == []
    assert not desk.inbox.is_own(GROUP, "1")
    assert desk.stores.history.message(GROUP, "1") is None
    assert not any(desk.inbox.has_work(GROUP, lane) for lane in Lane)
    assert desk.outbox.parked(GROUP) == desk.outbox.unsure(GROUP) == ()
    assert desk.stores.failures.given_up() == ()


def test_other_chats_are_left_alone(desk: Desk) -> None:
    kept = desk.reach(State.PARKED, wrote("tea"))
    desk.remembers(BEN, "rice", [Said(text="Rice?", by_bot=False)])
    live(desk)
    forget(desk)
    assert desk.kept(kept) == kept
    assert desk.said(BEN) == ["Rice?"]


@pytest.mark.parametrize("chat", [AMY, GROUP])
def test_the_turn_that_asks_for_it_goes_on_and_so_does_what_came_since(
    desk: Desk, chat: Chat
) -> None:
    desk.accept(wrote("before", "/before", chat=chat, at=1))
    desk.reach(State.FAILED, wrote("earlier", "/earlier", chat=chat, at=0))
    asking = desk.reach(State.WORKING, wrote("forget", "/forget", chat=chat, at=2))
    assert asked(asking) == ["before"]
    desk.outbox.fail(desk.lease(chat), asking.id, "test")
    asking = desk.take(chat)
    desk.accept(wrote("since", chat=chat, at=3))
    for _ in range(2):
        forget(desk, chat, keep_turn=asking.id)
    assert desk.kept(asking) == asking
    assert names(a.event for a in desk.inbox.waiting(chat)) == ["since"]
    desk.outbox.save(desk.lease(chat), asking.id, saying("All gone."))
    forget(desk, chat, keep_turn=asking.id)
    assert desk.kept(asking).state is State.ANSWERED
    desk.accept(unsent("since", chat=chat))
    assert desk.inbox.waiting(chat) == ()


def test_a_group_that_the_bot_has_left_is_forgotten_by_the_turn_that_tells_it(desk: Desk) -> None:
    left = Left(id="event-left", chat=GROUP, user=None, at=1_795_320_999_999, token=None)
    live(desk)
    desk.outbox.fail(desk.lease(GROUP), desk.inbox.unfinished(GROUP)[0].id, "test")
    desk.accept(left)
    while asked(turn := desk.take(GROUP)) != ["left"]:
        desk.outbox.fail(desk.lease(GROUP), turn.id, "test")
    forget(desk, keep_turn=turn.id)
    desk.outbox.save(desk.lease(GROUP), turn.id, replace(saying(""), messages=(), memory=""))
    desk.outbox.close(desk.lease(GROUP), turn.id)
    assert not desk.inbox.has_work(GROUP, Lane.TURNS)


def test_an_answer_under_way_is_dropped(desk: Desk) -> None:
    turn = desk.reach(State.WORKING, wrote("tea", chat=GROUP))
    forget(desk)
    with pytest.raises(LeaseLost):
        desk.outbox.save(desk.lease(GROUP), turn.id, saying("Green."))
    assert desk.outbox.turn(GROUP, turn.id) is None


def test_what_was_forgotten_is_not_answered_when_it_is_delivered_again(
    backend: Backend, desk: Desk
) -> None:
    desk.reach(State.SENT, wrote("tea", "Xylophonic?", chat=GROUP))
    desk.accept(wrote("milk", "Xylophonic?", chat=GROUP, at=1))
    desk.edit(edited("rice", "Xylophonic?"))
    forget(desk)
    for name in ("tea", "milk"):
        event = wrote(name, "Xylophonic?", chat=GROUP)
        assert desk.inbox.accept(event, origin=ORIGIN, now=later(9)) is False
    assert desk.edit(edited("rice", "Xylophonic?"), now=later(9)) is False
    assert desk.inbox.waiting(GROUP) == ()
    assert not backend.holds("ylophonic")


def test_a_chats_buttons_go_but_not_the_one_that_asked_for_it(desk: Desk) -> None:
    asking = desk.reach(State.WORKING, tapped("confirm", chat=GROUP, lane=Lane.TURNS))
    buttons = desk.stores.buttons
    made = [
        Button(id="confirm", chat=GROUP, action="forget.confirm", user="Uamy"),
        Button(id="bens", chat=GROUP, action="retry", user="Uben"),
        Button(id="anyones", chat=GROUP, action="show"),
        Button(id="elsewhere", chat=AMY, action="show"),
    ]
    buttons.put(made, until=later(600))
    buttons.use(GROUP, "confirm", by="event-confirm", now=later(1))
    forget(desk, keep_turn=asking.id)
    found = [buttons.get(each.chat, each.id, now=later(2)) for each in made]
    assert [each.id for each in found if each is not None] == ["confirm", "elsewhere"]


def test_what_a_chat_chose_is_forgotten_but_not_as_what_it_was_let_in(desk: Desk) -> None:
    book = desk.stores.chats
    for chat in (AMY, GROUP):
        for choice in Choice:
            book.choose(chat, choice, YES, now=later(0))
        book.mark_introduced(chat, now=later(0))
        book.learn_language(chat, "ja", now=later(0))
        book.hand_over(chat, until=later(60), now=later(0))
    book.let_in(GROUP, Role.GUEST, now=later(0))
    for chat in (AMY, GROUP):
        forget(desk, chat)
    assert book.facts(AMY) == ChatFacts()
    assert book.facts(GROUP) == ChatFacts(role=Role.GUEST)
    book.choose(GROUP, Choice.MODEL, "model", now=later(1))
    assert book.facts(GROUP) == ChatFacts(model="model", role=Role.GUEST)


def test_limits_cannot_be_reset_by_forgetting_a_chat(desk: Desk) -> None:
    group = account(f"chat:{GROUP.key}", answers=1)
    assert desk.stores.ledger.reserve(call("one", group)) is None
    desk.stores.counters.spend({"day": 1}, {"day": 1}, until={"day": later(60)})
    desk.stores.invites.issue("code", Role.GUEST, until=later(60))
    forget(desk)
    assert desk.stores.ledger.reserve(call("two", group)) is not None
    assert desk.stores.counters.spend({"day": 1}, {"day": 1}, until={"day": later(60)}) == "day"
    assert desk.stores.invites.redeem("code", by="event-x", now=later(1)) is Role.GUEST


def test_who_was_in_a_group_that_was_forgotten_can_still_be_forgotten_there(
    backend: Backend, desk: Desk
) -> None:
    desk.reach(State.SENT, wrote("tea", chat=GROUP))
    forget(desk)
    desk.leases.clear()
    desk.accept(wrote("milk", "Xylophonic?", chat=GROUP, at=9))
    desk.overhear(wrote("rice", "Xylophonic!", chat=GROUP))
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    assert not backend.holds("ylophonic")
    assert not backend.holds("Uamy")

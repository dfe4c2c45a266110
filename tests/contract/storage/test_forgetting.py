"""What forgetting promises: nothing outlives its time, and a person can be forgotten."""

from __future__ import annotations

import pytest

from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import LeaseLost, Withdrawn
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Purpose, State
from chalicelib.ports import Button, ChatFacts, Said, Stores
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    AMY,
    BEN,
    GROUP,
    ORIGIN,
    Desk,
    asked,
    later,
    names,
    saying,
    tapped,
    unsent,
    wrote,
)


def purge(stores: Stores, *, days: float) -> None:
    for store in stores.forgetful:
        store.purge(now=later(days=days))


def forget(stores: Stores, user: str, *, keep_turn: str) -> None:
    for store in stores.forgetful:
        store.forget_person(user, keep_turn=keep_turn)


# --- what is older than its time ---------------------------------------------------------------


@pytest.mark.parametrize("state", [State.SENT, State.FAILED])
def test_the_words_of_what_was_answered_go_after_a_day(
    backend: Backend, desk: Desk, state: State
) -> None:
    turn = desk.reach(state, wrote("tea", "Xylophonic tea?"), text="Esquipedalian.")
    purge(desk.stores, days=0.9)
    assert desk.kept(turn) == turn
    purge(desk.stores, days=1.1)
    kept = desk.kept(turn)
    assert (kept.state, kept.answer, kept.arrivals) == (state, None, ())
    assert not backend.holds("ylophonic")
    assert not backend.holds("squipedalian")


def test_an_answer_that_was_never_shown_goes_after_a_week(backend: Backend, desk: Desk) -> None:
    turn = desk.reach(State.PARKED, wrote("tea", "Xylophonic tea?"), text="Esquipedalian.")
    purge(desk.stores, days=6.9)
    assert desk.outbox.parked(AMY) == (turn,)
    purge(desk.stores, days=7.1)
    assert desk.outbox.parked(AMY) == ()
    assert desk.outbox.turn(AMY, turn.id) is None
    assert not backend.holds("ylophonic")
    assert not backend.holds("squipedalian")


def test_an_answer_whose_words_are_gone_is_not_offered_again(desk: Desk) -> None:
    desk.reach(State.SENDING, wrote("tea"))
    desk.outbox.settle(desk.lease(), "token-tea", unsure=True)
    purge(desk.stores, days=1.1)
    assert desk.outbox.unsure(AMY) == ()


def test_ids_are_known_for_a_week(desk: Desk) -> None:
    desk.reach(State.SENT, wrote("tea"))
    desk.accept(unsent("milk"), now=later(0))
    purge(desk.stores, days=6.9)
    assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(days=6.9)) is False
    assert desk.outbox.claimed("token-tea") is Purpose.ANSWER
    desk.accept(wrote("milk"))
    assert desk.outbox.is_withdrawn(AMY, "event-milk")
    purge(desk.stores, days=7.1)
    assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(days=7.1)) is True
    assert desk.outbox.claimed("token-tea") is None


@pytest.mark.parametrize("state", [State.WORKING, State.ANSWERED])
def test_what_was_not_answered_yet_is_never_too_old(desk: Desk, state: State) -> None:
    turn = desk.reach(state, wrote("tea", at=1))
    desk.accept(wrote("milk", at=2), tapped("tap"))
    purge(desk.stores, days=90)
    assert desk.kept(turn) == turn
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["milk"]
    assert len(desk.inbox.taps(desk.lease(lane=Lane.TAPS))) == 1


def test_a_tap_that_is_done_is_known_for_a_week(desk: Desk) -> None:
    desk.accept(tapped("tap"))
    desk.inbox.finish_tap(desk.lease(lane=Lane.TAPS), "event-tap")
    purge(desk.stores, days=6.9)
    assert desk.inbox.accept(tapped("tap"), origin=ORIGIN, now=later(days=6.9)) is False
    purge(desk.stores, days=7.1)
    assert desk.inbox.accept(tapped("tap"), origin=ORIGIN, now=later(days=7.1)) is True


def test_a_lease_that_is_held_outlives_a_purge(desk: Desk) -> None:
    lease = desk.lease(now=later(days=30))
    purge(desk.stores, days=30)
    assert desk.inbox.take(lease, now=later(days=30)) is None


def test_lines_go_after_thirty_days(backend: Backend, stores: Stores) -> None:
    lines = [Said(text="Xylophonic tea?", by_bot=False, user="Uamy")]
    Desk(stores).remembers(AMY, "one", lines, now=later(0))
    purge(stores, days=29.9)
    assert backend.holds("ylophonic")
    purge(stores, days=30.1)
    assert not backend.holds("ylophonic")


def test_buttons_and_counters_go_when_they_end(stores: Stores) -> None:
    stores.buttons.put([Button(id="b", chat=AMY, action="show")], until=later(days=2))
    stores.counters.spend({"day": 1}, {"day": 1}, until={"day": later(days=2)})
    purge(stores, days=1.9)
    assert stores.buttons.get(AMY, "b", now=later(0)) is not None
    assert stores.counters.spend({"day": 1}, {"day": 1}, until={"day": later(0)}) == "day"
    purge(stores, days=2.1)
    assert stores.buttons.get(AMY, "b", now=later(0)) is None
    assert stores.counters.spend({"day": 1}, {"day": 1}, until={"day": later(0)}) is None


def test_facts_of_a_chat_that_went_quiet_go_after_thirty_days(stores: Stores) -> None:
    stores.chats.mark_introduced(AMY, now=later(0))
    stores.chats.learn_language(AMY, "th", now=later(days=10))
    purge(stores, days=39.9)
    assert stores.chats.facts(AMY).introduced
    purge(stores, days=40.1)
    assert stores.chats.facts(AMY) == ChatFacts()


# --- a person ----------------------------------------------------------------------------------


def test_a_person_is_forgotten_in_every_chat(backend: Backend, desk: Desk) -> None:
    turns = [
        desk.reach(State.SENT, wrote("one", "Xylophonic?"), text="Esquipedalian."),
        desk.reach(State.PARKED, wrote("two", "Xylophonic?"), text="Esquipedalian."),
        desk.reach(State.ANSWERED, wrote("three", "Xylophonic?", chat=GROUP), text="Esquipedalian"),
    ]
    desk.accept(wrote("four", "Xylophonic?", chat=GROUP, at=4))
    asking = desk.reach(State.WORKING, wrote("five", "/delete", at=5))
    forget(desk.stores, "Uamy", keep_turn=asking.id)

    assert not backend.holds("ylophonic")
    assert not backend.holds("squipedalian")
    assert [desk.outbox.turn(turn.chat, turn.id) for turn in turns] == [None, None, None]
    assert desk.inbox.waiting(GROUP) == ()
    assert desk.outbox.parked(AMY) == ()
    assert not desk.inbox.has_work(GROUP, Lane.TURNS)


def test_no_id_of_a_forgotten_person_is_left(backend: Backend, desk: Desk) -> None:
    desk.reach(State.SENT, wrote("tea"))
    desk.accept(wrote("milk", at=1), wrote("rice", chat=GROUP, at=2), unsent("tea"), tapped("tap"))
    desk.stores.chats.mark_introduced(AMY, now=later(0))
    desk.stores.buttons.put([Button(id="b", chat=GROUP, action="x", user="Uamy")], until=later(9))
    desk.remembers(BEN, "t", [Said(text="?", by_bot=False, user="Uamy")], now=later(0))
    assert backend.holds("Uamy")
    forget(desk.stores, "Uamy", keep_turn="none")
    assert not backend.holds("Uamy")


def test_nobody_elses_words_are_forgotten(desk: Desk) -> None:
    bens = desk.reach(State.PARKED, wrote("tea", chat=BEN))
    in_group = desk.reach(State.PARKED, wrote("milk", chat=GROUP, user="Uben"))
    desk.accept(wrote("rice", chat=GROUP, user="Uben", at=9))
    forget(desk.stores, "Uamy", keep_turn="none")
    assert desk.kept(bens) == bens
    assert desk.outbox.parked(GROUP) == (in_group,)
    assert names(a.event for a in desk.inbox.waiting(GROUP)) == ["rice"]


@pytest.mark.parametrize("chat", [AMY, GROUP])
def test_the_turn_that_asks_for_it_goes_on(desk: Desk, chat: Chat) -> None:
    asking = desk.reach(State.WORKING, wrote("delete", "/delete", chat=chat))
    forget(desk.stores, "Uamy", keep_turn=asking.id)
    assert desk.kept(asking) == asking
    assert asked(asking) == ["delete"]
    desk.outbox.save(desk.lease(chat), asking.id, saying("All gone."))
    forget(desk.stores, "Uamy", keep_turn=asking.id)
    assert desk.kept(asking).state is State.ANSWERED


def test_what_was_forgotten_is_not_answered_when_it_is_delivered_again(desk: Desk) -> None:
    desk.reach(State.SENT, wrote("tea"))
    desk.accept(wrote("milk", at=1))
    forget(desk.stores, "Uamy", keep_turn="none")
    for name in ("tea", "milk"):
        assert desk.inbox.accept(wrote(name), origin=ORIGIN, now=later(9)) is False
    assert desk.inbox.waiting(AMY) == ()
    assert desk.outbox.turn_of(AMY, "event-tea") is None
    purge(desk.stores, days=7.1)
    assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(days=7.1)) is True


def test_an_answer_under_way_elsewhere_is_dropped(desk: Desk) -> None:
    private = desk.reach(State.WORKING, wrote("tea"))
    in_group = desk.reach(State.WORKING, wrote("milk", chat=GROUP))
    forget(desk.stores, "Uamy", keep_turn="none")
    with pytest.raises(LeaseLost):
        desk.outbox.save(desk.lease(AMY), private.id, saying("Green."))
    with pytest.raises(Withdrawn):
        desk.outbox.save(desk.lease(GROUP), in_group.id, saying("White."))


def test_a_persons_lines_go_with_the_answers_to_them(backend: Backend, stores: Stores) -> None:
    def talk(turn: str, chat: Chat, user: str, text: str, answer: str) -> None:
        lines = [Said(text=text, by_bot=False, user=user), Said(text=answer, by_bot=True)]
        Desk(stores).remembers(chat, turn, lines, now=later(0))

    talk("one", AMY, "Uamy", "Xylophonic?", "Esquipedalian.")
    talk("two", GROUP, "Uamy", "Xylophonic?", "Esquipedalian.")
    talk("three", GROUP, "Uben", "Tea?", "Green.")
    forget(stores, "Uamy", keep_turn="none")
    assert stores.history.recent(AMY, limit=9, now=later(1)) == ()
    kept = [line.text for line in stores.history.recent(GROUP, limit=9, now=later(1))]
    assert kept == ["Tea?", "Green."]
    assert not backend.holds("ylophonic")
    assert not backend.holds("squipedalian")


def test_what_a_person_writes_after_asking_is_still_answered(desk: Desk) -> None:
    desk.accept(wrote("before", chat=GROUP, at=1))
    asking = desk.reach(State.WORKING, wrote("delete", "/delete", at=2))
    desk.accept(wrote("hello", at=3), wrote("again", chat=GROUP, at=4))
    forget(desk.stores, "Uamy", keep_turn=asking.id)
    assert names(a.event for a in desk.inbox.waiting(AMY)) == ["hello"]
    assert names(a.event for a in desk.inbox.waiting(GROUP)) == ["again"]


def test_a_persons_buttons_go_but_not_the_one_that_asked_for_it(desk: Desk) -> None:
    asking = desk.reach(State.WORKING, tapped("confirm", lane=Lane.TURNS))
    buttons = desk.stores.buttons
    kept = Button(id="confirm", chat=AMY, action="delete.confirm", user="Uamy")
    bens = Button(id="bens", chat=GROUP, action="retry", user="Uben")
    anyones = Button(id="anyones", chat=GROUP, action="show")
    gone = [
        Button(id="private", chat=AMY, action="show"),
        Button(id="used", chat=AMY, action="retry"),
        Button(id="group", chat=GROUP, action="retry", user="Uamy"),
    ]
    buttons.put([kept, bens, anyones, *gone], until=later(600))
    buttons.use(AMY, "confirm", by="event-confirm", now=later(1))
    buttons.use(AMY, "used", by="event-earlier", now=later(1))
    forget(desk.stores, "Uamy", keep_turn=asking.id)
    assert [buttons.get(button.chat, button.id, now=later(2)) for button in gone] == [
        None,
        None,
        None,
    ]
    assert buttons.get(GROUP, "bens", now=later(2)) == bens
    assert buttons.get(GROUP, "anyones", now=later(2)) == anyones
    assert buttons.use(AMY, "confirm", by="event-confirm", now=later(2))


def test_the_facts_of_a_persons_chat_go_and_a_groups_stay(stores: Stores) -> None:
    for chat in (AMY, BEN, GROUP):
        stores.chats.mark_introduced(chat, now=later(0))
    forget(stores, "Uamy", keep_turn="none")
    assert not stores.chats.facts(AMY).introduced
    assert stores.chats.facts(BEN).introduced
    assert stores.chats.facts(GROUP).introduced


def test_limits_cannot_be_reset_by_being_forgotten(stores: Stores) -> None:
    key = "answers:Uamy:2026-11-22"
    stores.counters.spend({key: 1}, {key: 1}, until={key: later(60)})
    forget(stores, "Uamy", keep_turn="none")
    assert stores.counters.spend({key: 1}, {key: 1}, until={key: later(60)}) == key

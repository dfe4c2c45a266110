"""What a chat chose, and as what it was let in: kept longer than what is only known of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.ports import YES, ChatFacts, Choice, Role, Stores
from tests.contract.storage.desk import AMY, BEN, GROUP, at_once, later

either = pytest.mark.parametrize("choice", list(Choice), ids=str)


def choose(stores: Stores, choice: Choice, value: str = YES, *, days: float = 0) -> None:
    stores.chats.choose(AMY, choice, value, now=later(days=days))


def purge(stores: Stores, *, days: float) -> None:
    for store in stores.forgetful:
        store.purge(now=later(days=days))


def forget(stores: Stores, user: str) -> None:
    for store in stores.forgetful:
        store.forget_person(user, keep_turn="none")


def test_choices_are_kept_one_by_one_beside_what_is_known(stores: Stores) -> None:
    book = stores.chats
    book.choose(AMY, Choice.MODEL, "gpt-5.4-mini", now=later(1))
    assert book.facts(AMY) == ChatFacts(model="gpt-5.4-mini")
    book.choose(AMY, Choice.ASSISTANT, "翻譯", now=later(2))
    book.choose(AMY, Choice.LANGUAGE, "th", now=later(2))
    book.choose(AMY, Choice.LISTENS, YES, now=later(2))
    book.choose(AMY, Choice.REMEMBERS, YES, now=later(2))
    book.choose(AMY, Choice.KEEPER, "Uben", now=later(2))
    book.let_in(AMY, Role.GUEST, now=later(3))
    book.learn_language(AMY, "ja", now=later(4))
    book.mark_introduced(AMY, now=later(5))
    book.hand_over(AMY, until=later(3600), now=later(6))
    book.choose(AMY, Choice.MODEL, "local", now=later(6))
    assert book.facts(AMY) == ChatFacts(
        language="ja",
        language_known_at=later(4),
        introduced=True,
        model="local",
        assistant="翻譯",
        role=Role.GUEST,
        chosen_language="th",
        listens=True,
        remembers=True,
        keeper="Uben",
        human_until=later(3600),
    )
    assert book.facts(BEN) == ChatFacts()


@either
def test_what_is_chosen_can_be_undone(stores: Stores, choice: Choice) -> None:
    choose(stores, choice)
    assert stores.chats.facts(AMY) != ChatFacts()
    choose(stores, choice, "")
    assert stores.chats.facts(AMY) == ChatFacts()


def test_a_chat_that_people_answer_in_can_be_given_back(stores: Stores) -> None:
    stores.chats.hand_over(AMY, until=later(60), now=later(0))
    stores.chats.hand_over(AMY, until=later(90, days=1), now=later(1))
    assert stores.chats.facts(AMY) == ChatFacts(human_until=later(90, days=1))
    stores.chats.hand_over(AMY, until=None, now=later(2))
    assert stores.chats.facts(AMY) == ChatFacts()


def test_a_guest_may_become_an_admin(stores: Stores) -> None:
    for role in (Role.GUEST, Role.ADMIN):
        stores.chats.let_in(AMY, role, now=later(0))
        assert stores.chats.facts(AMY).role is role


def test_of_what_is_chosen_at_once_nothing_is_lost(stores: Stores) -> None:
    steps: list[Callable[[], None]] = [
        lambda: choose(stores, Choice.MODEL, "model"),
        lambda: choose(stores, Choice.ASSISTANT, "assistant"),
        lambda: stores.chats.let_in(AMY, Role.ADMIN, now=later(1)),
        lambda: stores.chats.mark_introduced(AMY, now=later(1)),
    ]
    at_once(4, lambda number: steps[number]())
    assert stores.chats.facts(AMY) == ChatFacts(
        introduced=True, model="model", assistant="assistant", role=Role.ADMIN
    )


# --- for how long ------------------------------------------------------------------------------


@either
def test_a_choice_is_kept_for_four_hundred_days(stores: Stores, choice: Choice) -> None:
    choose(stores, choice)
    chosen = stores.chats.facts(AMY)
    purge(stores, days=399.9)
    assert stores.chats.facts(AMY) == chosen
    purge(stores, days=400.1)
    assert stores.chats.facts(AMY) == ChatFacts()


@either
def test_whatever_is_learned_lets_a_choice_live_longer(stores: Stores, choice: Choice) -> None:
    choose(stores, choice)
    stores.chats.mark_introduced(AMY, now=later(days=100))
    chosen = stores.chats.facts(AMY)
    purge(stores, days=499.9)
    assert stores.chats.facts(AMY) == chosen
    purge(stores, days=500.1)
    assert stores.chats.facts(AMY) == ChatFacts()


@either
def test_who_chooses_the_default_again_is_kept_for_thirty_days(
    stores: Stores, choice: Choice
) -> None:
    stores.chats.mark_introduced(AMY, now=later(0))
    choose(stores, choice)
    choose(stores, choice, "", days=10)
    purge(stores, days=39.9)
    assert stores.chats.facts(AMY).introduced
    purge(stores, days=40.1)
    assert stores.chats.facts(AMY) == ChatFacts()


def test_who_was_let_in_stays_in_however_long_they_rest(stores: Stores) -> None:
    stores.chats.mark_introduced(GROUP, now=later(0))
    for chat in (AMY, GROUP):
        stores.chats.let_in(chat, Role.GUEST, now=later(0))
    stores.chats.learn_language(AMY, "ja", now=later(1))
    purge(stores, days=4000)
    assert stores.chats.facts(AMY).role is stores.chats.facts(GROUP).role is Role.GUEST


def test_a_person_who_is_forgotten_is_outside_again(stores: Stores) -> None:
    for chat in (AMY, BEN, GROUP):
        stores.chats.let_in(chat, Role.ADMIN, now=later(0))
        stores.chats.choose(chat, Choice.MODEL, "model", now=later(0))
        stores.chats.choose(chat, Choice.ASSISTANT, "assistant", now=later(0))
    others = stores.chats.facts(BEN)
    forget(stores, "Uamy")
    assert stores.chats.facts(AMY) == ChatFacts()
    assert stores.chats.facts(BEN) == stores.chats.facts(GROUP) == others


# --- who keeps a group's choices -----------------------------------------------------------------


def test_a_group_whose_keeper_is_forgotten_has_none_and_keeps_its_choices(stores: Stores) -> None:
    for choice, value in ((Choice.LISTENS, YES), (Choice.KEEPER, "Uamy")):
        stores.chats.choose(GROUP, choice, value, now=later(0))
    forget(stores, "Uben")
    assert stores.chats.facts(GROUP) == ChatFacts(listens=True, keeper="Uamy")
    forget(stores, "Uamy")
    assert stores.chats.facts(GROUP) == ChatFacts(listens=True)
    purge(stores, days=399.9)
    assert stores.chats.facts(GROUP) == ChatFacts(listens=True)


def test_a_keeper_who_was_silent_for_long_is_forgotten_too(stores: Stores) -> None:
    stores.chats.choose(GROUP, Choice.KEEPER, "Uamy", now=later(0))
    stores.chats.mark_introduced(GROUP, now=later(days=300))
    purge(stores, days=600)
    assert stores.chats.facts(GROUP).keeper == "Uamy"
    forget(stores, "Uamy")
    assert stores.chats.facts(GROUP) == ChatFacts(introduced=True)
    purge(stores, days=600)
    assert stores.chats.facts(GROUP) == ChatFacts()


def test_a_keeper_who_handed_on_is_forgotten_and_the_next_one_stays(stores: Stores) -> None:
    for keeper in ("Uamy", "Uben"):
        stores.chats.choose(GROUP, Choice.KEEPER, keeper, now=later(0))
    forget(stores, "Uamy")
    assert stores.chats.facts(GROUP).keeper == "Uben"


# --- who left ------------------------------------------------------------------------------------


def test_who_left_is_told_when_their_time_is_over_oldest_first(stores: Stores) -> None:
    stores.chats.part(BEN, until=later(days=7), now=later(0))
    stores.chats.part(AMY, until=later(days=6), now=later(1))
    assert stores.chats.parted(now=later(days=5.9)) == ()
    assert stores.chats.parted(now=later(days=6)) == (AMY,)
    assert stores.chats.parted(now=later(days=7)) == (AMY, BEN)
    assert stores.chats.facts(AMY) == ChatFacts()


def test_who_comes_back_or_leaves_again_begins_anew(stores: Stores) -> None:
    stores.chats.part(AMY, until=later(days=7), now=later(0))
    stores.chats.part(AMY, until=None, now=later(1))
    stores.chats.part(AMY, until=None, now=later(1))
    assert stores.chats.parted(now=later(days=30)) == ()
    stores.chats.part(AMY, until=later(days=8), now=later(2))
    stores.chats.part(AMY, until=later(days=9), now=later(2))
    assert stores.chats.parted(now=later(days=8.5)) == ()
    assert stores.chats.parted(now=later(days=9)) == (AMY,)


def test_that_somebody_left_outlives_what_is_known_of_them(stores: Stores) -> None:
    stores.chats.mark_introduced(AMY, now=later(0))
    stores.chats.part(AMY, until=later(days=7), now=later(0))
    purge(stores, days=100)
    assert stores.chats.facts(AMY) == ChatFacts()
    assert stores.chats.parted(now=later(days=100)) == (AMY,)


def test_who_left_and_is_forgotten_is_not_told_again(stores: Stores) -> None:
    for chat in (AMY, BEN):
        stores.chats.part(chat, until=later(days=7), now=later(0))
    forget(stores, "Uamy")
    assert stores.chats.parted(now=later(days=8)) == (BEN,)
    for store in stores.forgetful:
        store.forget_chat(BEN, keep_turn="")
    assert stores.chats.parted(now=later(days=8)) == ()


def test_of_many_who_left_a_hundred_are_told_at_once(stores: Stores) -> None:
    people = [type(AMY)(AMY.kind, f"U{number:03}") for number in range(103)]
    for number, chat in enumerate(people):
        stores.chats.part(chat, until=later(number), now=later(0))
    assert stores.chats.parted(now=later(200)) == tuple(people[:100])

"""What a chat chose, and as what it was let in: kept longer than what is only known of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.ports import ChatBook, ChatFacts, Role, Stores
from tests.contract.storage.desk import AMY, BEN, GROUP, at_once, later

#: Two ways to choose something, each with the value of nothing chosen.
CHOOSE: dict[str, Callable[[ChatBook, str, float], None]] = {
    "model": lambda book, to, days: book.choose_model(AMY, to, now=later(days=days)),
    "assistant": lambda book, to, days: book.choose_assistant(AMY, to, now=later(days=days)),
}
either = pytest.mark.parametrize("choose", [CHOOSE[name] for name in CHOOSE], ids=list(CHOOSE))


def purge(stores: Stores, *, days: float) -> None:
    for store in stores.forgetful:
        store.purge(now=later(days=days))


def test_choices_are_kept_one_by_one_beside_what_is_known(stores: Stores) -> None:
    book = stores.chats
    book.choose_model(AMY, "gpt-5.4-mini", now=later(1))
    assert book.facts(AMY) == ChatFacts(model="gpt-5.4-mini")
    book.choose_assistant(AMY, "翻譯", now=later(2))
    book.let_in(AMY, Role.GUEST, now=later(3))
    book.learn_language(AMY, "ja", now=later(4))
    book.mark_introduced(AMY, now=later(5))
    book.choose_model(AMY, "local", now=later(6))
    assert book.facts(AMY) == ChatFacts(
        language="ja",
        language_known_at=later(4),
        introduced=True,
        model="local",
        assistant="翻譯",
        role=Role.GUEST,
    )
    assert book.facts(BEN) == ChatFacts()


def test_what_is_chosen_can_be_the_default_again(stores: Stores) -> None:
    for name, choose in CHOOSE.items():
        choose(stores.chats, name, 0)
        choose(stores.chats, "", 0)
    assert stores.chats.facts(AMY) == ChatFacts()


def test_a_guest_may_become_an_admin(stores: Stores) -> None:
    for role in (Role.GUEST, Role.ADMIN):
        stores.chats.let_in(AMY, role, now=later(0))
        assert stores.chats.facts(AMY).role is role


def test_of_what_is_chosen_at_once_nothing_is_lost(stores: Stores) -> None:
    steps: list[Callable[[], None]] = [
        lambda: stores.chats.choose_model(AMY, "model", now=later(1)),
        lambda: stores.chats.choose_assistant(AMY, "assistant", now=later(1)),
        lambda: stores.chats.let_in(AMY, Role.ADMIN, now=later(1)),
        lambda: stores.chats.mark_introduced(AMY, now=later(1)),
    ]
    at_once(4, lambda number: steps[number]())
    assert stores.chats.facts(AMY) == ChatFacts(
        introduced=True, model="model", assistant="assistant", role=Role.ADMIN
    )


# --- for how long ------------------------------------------------------------------------------


@either
def test_a_choice_is_kept_for_four_hundred_days(
    stores: Stores, choose: Callable[[ChatBook, str, float], None]
) -> None:
    choose(stores.chats, "chosen", 0)
    chosen = stores.chats.facts(AMY)
    purge(stores, days=399.9)
    assert stores.chats.facts(AMY) == chosen
    purge(stores, days=400.1)
    assert stores.chats.facts(AMY) == ChatFacts()


@either
def test_whatever_is_learned_lets_a_choice_live_longer(
    stores: Stores, choose: Callable[[ChatBook, str, float], None]
) -> None:
    choose(stores.chats, "chosen", 0)
    stores.chats.mark_introduced(AMY, now=later(days=100))
    chosen = stores.chats.facts(AMY)
    purge(stores, days=499.9)
    assert stores.chats.facts(AMY) == chosen
    purge(stores, days=500.1)
    assert stores.chats.facts(AMY) == ChatFacts()


@either
def test_who_chooses_the_default_again_is_kept_for_thirty_days(
    stores: Stores, choose: Callable[[ChatBook, str, float], None]
) -> None:
    stores.chats.mark_introduced(AMY, now=later(0))
    choose(stores.chats, "chosen", 0)
    choose(stores.chats, "", 10)
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
        stores.chats.choose_model(chat, "model", now=later(0))
        stores.chats.choose_assistant(chat, "assistant", now=later(0))
    others = stores.chats.facts(BEN)
    for store in stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    assert stores.chats.facts(AMY) == ChatFacts()
    assert stores.chats.facts(BEN) == stores.chats.facts(GROUP) == others

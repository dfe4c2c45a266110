"""What the small stores promise: history, buttons, facts about chats, and counters."""

from __future__ import annotations

import pytest

from chalicelib.domain.chat import Chat
from chalicelib.ports import Button, ChatFacts, Said, Stores
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import AMY, BEN, GROUP, Desk, at_once, later, saying, unsent, wrote


def said(text: str, *, message: str = "", user: str = "Uamy") -> Said:
    return Said(text=text, by_bot=False, message_id=message, user=user)


def told(text: str) -> Said:
    return Said(text=text, by_bot=True)


def texts(stores: Stores, chat: Chat = AMY, *, limit: int = 100, days: float = 0) -> list[str]:
    return [line.text for line in stores.history.recent(chat, limit=limit, now=later(days=days))]


# --- history -----------------------------------------------------------------------------------


def test_a_conversation_comes_back_newest_last(stores: Stores) -> None:
    Desk(stores).remembers(AMY, "one", [said("tea?", message="m1"), told("green")], now=later(0))
    Desk(stores).remembers(AMY, "two", [said("\ud83c 🍵"), told("yes")], now=later(1))
    assert stores.history.recent(AMY, limit=100, now=later(2)) == (
        said("tea?", message="m1"),
        told("green"),
        said("\ud83c 🍵"),
        told("yes"),
    )
    assert texts(stores, limit=3) == ["green", "\ud83c 🍵", "yes"]
    assert texts(stores, BEN) == []


def test_a_turn_is_remembered_once(stores: Stores) -> None:
    desk = Desk(stores)
    desk.accept(wrote("tea"))
    turn, lines = desk.take(), [said("tea?"), told("green")]
    for _ in range(2):
        desk.outbox.save(desk.lease(), turn.id, saying("green"), lines)
    assert texts(stores) == ["tea?", "green"]


def test_lines_are_remembered_for_thirty_days(stores: Stores) -> None:
    Desk(stores).remembers(AMY, "old", [said("tea?")], now=later(0))
    Desk(stores).remembers(AMY, "new", [said("milk?")], now=later(days=29))
    assert texts(stores, days=29.9) == ["tea?", "milk?"]
    assert texts(stores, days=30) == ["milk?"]


def test_a_cleared_conversation_is_forgotten(backend: Backend, stores: Stores) -> None:
    desk = Desk(stores)
    for chat in (AMY, BEN):
        desk.remembers(chat, f"one{chat.id}", [said("Xylophonic tea?")], now=later(0))
    stores.history.clear(AMY)
    assert texts(stores) == []
    assert texts(stores, BEN) == ["Xylophonic tea?"]
    stores.history.clear(BEN)
    assert not backend.holds("ylophonic")
    desk.remembers(AMY, "two", [said("milk?")], now=later(2))
    assert texts(stores) == ["milk?"]


def test_an_old_message_is_forgotten_even_when_its_turn_is_gone(desk: Desk) -> None:
    lines = [said("tea?", message="message-tea"), told("green")]
    desk.remembers(AMY, "tea", lines, now=later(0))
    for store in desk.stores.forgetful:
        store.purge(now=later(days=8))
    assert texts(desk.stores, days=8) == ["tea?", "green"]
    desk.accept(unsent("tea"), now=later(days=9))
    assert texts(desk.stores, days=9) == []


# --- buttons -----------------------------------------------------------------------------------


def test_a_button_comes_back_until_it_expires(stores: Stores) -> None:
    button = Button(id="b", chat=GROUP, action="continue", subject="turn", offset=3, user="Uamy")
    stores.buttons.put([button, Button(id="c", chat=AMY, action="show")], until=later(60))
    assert stores.buttons.get(GROUP, "b", now=later(59)) == button
    assert stores.buttons.get(AMY, "c", now=later(59)) == Button(id="c", chat=AMY, action="show")
    assert stores.buttons.get(GROUP, "b", now=later(60)) is None
    assert stores.buttons.get(AMY, "unknown", now=later(0)) is None


def test_a_button_is_used_by_one_tap_and_by_that_again(stores: Stores) -> None:
    stores.buttons.put([Button(id="b", chat=AMY, action="retry")], until=later(60))
    assert stores.buttons.use(AMY, "b", by="tap-1", now=later(1)) is True
    assert stores.buttons.use(AMY, "b", by="tap-2", now=later(2)) is False
    assert stores.buttons.use(AMY, "b", by="tap-1", now=later(3)) is True
    found = stores.buttons.get(AMY, "b", now=later(4))
    assert found is not None
    assert found.used_by == "tap-1"


def test_of_twenty_taps_at_once_one_uses_the_button(stores: Stores) -> None:
    stores.buttons.put([Button(id="b", chat=AMY, action="retry")], until=later(60))
    used = at_once(20, lambda n: stores.buttons.use(AMY, "b", by=f"tap-{n}", now=later(1)))
    assert sum(used) == 1


def test_an_expired_or_unknown_button_is_not_used(stores: Stores) -> None:
    stores.buttons.put([Button(id="b", chat=AMY, action="retry")], until=later(60))
    assert stores.buttons.use(AMY, "b", by="tap", now=later(60)) is False
    assert stores.buttons.use(AMY, "unknown", by="tap", now=later(0)) is False


def test_a_button_that_is_put_again_lives_longer_and_stays_used(stores: Stores) -> None:
    button = Button(id="b", chat=AMY, action="retry")
    stores.buttons.put([button], until=later(60))
    stores.buttons.use(AMY, "b", by="tap-1", now=later(1))
    stores.buttons.put([button], until=later(120))
    assert stores.buttons.get(AMY, "b", now=later(90)) is not None
    assert stores.buttons.use(AMY, "b", by="tap-2", now=later(90)) is False


# --- facts about chats -------------------------------------------------------------------------


def test_nothing_is_known_of_a_new_chat(stores: Stores) -> None:
    assert stores.chats.facts(AMY) == ChatFacts()


def test_facts_are_learned_one_by_one(stores: Stores) -> None:
    stores.chats.mark_introduced(AMY, now=later(1))
    assert stores.chats.facts(AMY) == ChatFacts(introduced=True)
    stores.chats.learn_language(AMY, "ja", now=later(2))
    assert stores.chats.facts(AMY) == ChatFacts(
        language="ja", language_known_at=later(2), introduced=True
    )
    stores.chats.mark_introduced(AMY, now=later(3))
    assert stores.chats.facts(AMY).language == "ja"
    stores.chats.learn_language(AMY, None, now=later(4))
    assert stores.chats.facts(AMY) == ChatFacts(language_known_at=later(4), introduced=True)
    assert stores.chats.facts(BEN) == ChatFacts()


# --- counters ----------------------------------------------------------------------------------


def spend(stores: Stores, limits: dict[str, int], amount: int = 1) -> str | None:
    return stores.counters.spend(
        dict.fromkeys(limits, amount), limits, until=dict.fromkeys(limits, later(60))
    )


def test_a_counter_is_spent_up_to_its_limit(stores: Stores) -> None:
    assert [spend(stores, {"day": 3}) for _ in range(5)] == [None, None, None, "day", "day"]


def test_all_counters_are_spent_or_none(stores: Stores) -> None:
    assert spend(stores, {"minute": 1, "day": 9}) is None
    assert spend(stores, {"day": 9, "minute": 1}) == "minute"
    assert spend(stores, {"day": 2}) is None
    assert spend(stores, {"day": 2}) == "day"


def test_the_first_counter_that_is_used_up_is_named(stores: Stores) -> None:
    assert spend(stores, {"minute": 0, "day": 0}) == "minute"
    assert spend(stores, {"day": 0, "minute": 0}) == "day"


def test_an_amount_that_would_pass_the_limit_is_not_spent_in_part(stores: Stores) -> None:
    assert spend(stores, {"tokens": 100}, amount=60) is None
    assert spend(stores, {"tokens": 100}, amount=60) == "tokens"
    assert spend(stores, {"tokens": 100}, amount=40) is None
    assert spend(stores, {"tokens": 100}, amount=1) == "tokens"


def test_threads_never_spend_more_than_the_limit(stores: Stores) -> None:
    results = at_once(24, lambda _: spend(stores, {"minute": 10, "day": 50}))
    assert results.count(None) == 10
    assert results.count("minute") == 14


@pytest.mark.parametrize("key", ["answers:Uamy:2026-11-22", "回答"])
def test_a_counters_key_is_any_text(stores: Stores, key: str) -> None:
    assert spend(stores, {key: 1}) is None
    assert spend(stores, {key: 1}) == key

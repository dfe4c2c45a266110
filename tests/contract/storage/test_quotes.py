"""What is known of a message that somebody quotes: whose it is, and what it said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.domain.messages import (
    Answer,
    Buttons,
    Card,
    Cards,
    Code,
    Message,
    Open,
    Table,
    Tap,
    Text,
)
from chalicelib.domain.turns import State, Turn
from chalicelib.ports import Said, Shown
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import (
    AMY,
    BEN,
    GROUP,
    Desk,
    by,
    edited,
    later,
    pictured,
    unsent,
    wrote,
)

LOOKS: Sequence[tuple[Message, str]] = [
    (Text(text="Green."), "Green."),
    (Buttons(text="Which?", buttons=(Tap("one", "turns:1"),)), "Which?"),
    (Cards(text="Two teas", cards=(Card(title="Green", buttons=(Open("a", "b"),)),)), "Two teas"),
    (Code(text="print()\n", language="python"), "print()\n"),
    (
        Table(header=("tea", "°C"), rows=(("green", "70"), ("", "90"))),
        "tea | °C\ngreen | 70\n | 90",
    ),
]
ASKED = Said(text="Tea?", by_bot=False, message_id="message-tea", user="Uamy")
MEMORY = Said(text="All of the esquipedalian answer.", by_bot=True)


def shown(
    desk: Desk, *messages: Message, at: float = 0, ids: Sequence[str] = ("1", "2", "3", "4", "5")
) -> Turn:
    """A question of the group is answered by these messages, which LINE gave these ids."""
    desk.accept(wrote("tea", "Tea?", chat=GROUP), now=later(days=at))
    turn = desk.take(GROUP, now=later(days=at))
    answer = Answer(messages=messages or (Text(text="Esquipedalian."),))
    desk.outbox.save(desk.lease(GROUP), turn.id, answer, [ASKED, MEMORY])
    desk.outbox.begin(desk.lease(GROUP), [turn.id], by("tea"), now=later(1, days=at))
    settle(desk, turn, ids[: len(answer.messages)])
    return desk.kept(turn)


def settle(desk: Desk, turn: Turn, ids: Sequence[str]) -> None:
    parts = [Shown(message_id=one, turn_id=turn.id, place=place) for place, one in enumerate(ids)]
    desk.outbox.settle(desk.lease(GROUP), "token-tea", unsure=False, shown=parts)


def quoted(desk: Desk, message_id: str) -> str | None:
    found = desk.stores.history.message(GROUP, message_id)
    assert found is None or found.message_id == message_id
    return None if found is None else found.text


def purge(desk: Desk, *, days: float) -> None:
    for store in desk.stores.forgetful:
        store.purge(now=later(days=days))


# --- the bot's own -----------------------------------------------------------------------------


def test_a_message_is_the_bots_own_if_an_answer_was_shown_by_it(desk: Desk) -> None:
    shown(desk, Text(text="Green."), Text(text="Or black."), ids=("1", "2"))
    assert [desk.inbox.is_own(GROUP, one) for one in ("1", "2", "3")] == [True, True, False]
    assert not desk.inbox.is_own(AMY, "1")
    assert not desk.inbox.is_own(GROUP, "message-tea")


def test_each_message_says_its_part_of_the_answer_whatever_it_looks_like(desk: Desk) -> None:
    shown(desk, *(message for message, _ in LOOKS))
    for number, (_, words) in enumerate(LOOKS, start=1):
        found = desk.stores.history.message(GROUP, str(number))
        assert found == Said(text=words, by_bot=True, message_id=str(number))
    assert desk.stores.history.message(BEN, "1") is None


def test_a_message_that_shows_no_part_of_the_answer_says_nothing(desk: Desk) -> None:
    shown(desk, Text(text="Green."), Text(text=" "), ids=("1", "2"))
    assert quoted(desk, "2") is None
    turn = shown_again(desk, place=7)
    assert desk.inbox.is_own(GROUP, "late")
    assert quoted(desk, "late") is None
    assert turn.state is State.SENT


def shown_again(desk: Desk, *, place: int) -> Turn:
    """Another answer is sent, of which a message shows this part."""
    turn = desk.answered(wrote("rice", chat=GROUP, at=1))
    desk.outbox.begin(desk.lease(GROUP), [turn.id], by("rice"), now=later(2))
    part = Shown(message_id="late", turn_id=turn.id, place=place)
    desk.outbox.settle(desk.lease(GROUP), "token-rice", unsure=True, shown=[part])
    return desk.kept(turn)


def test_a_part_that_is_shown_once_more_is_the_bots_own_too(desk: Desk) -> None:
    turn = shown(desk, Text(text="Green."), Text(text="Or black."), ids=("1", "2"))
    again = Shown(message_id="by a button", turn_id=turn.id, place=1)
    desk.outbox.shown_again(GROUP, [again])
    assert desk.inbox.is_own(GROUP, "by a button")
    assert quoted(desk, "by a button") == "Or black."
    desk.accept(unsent("tea", chat=GROUP), now=later(3))
    assert quoted(desk, "by a button") is None
    desk.outbox.shown_again(GROUP, [replace(again, message_id="too late")])
    desk.outbox.shown_again(BEN, [replace(again, message_id="elsewhere")])
    assert not desk.inbox.is_own(GROUP, "too late")
    assert not desk.inbox.is_own(BEN, "elsewhere")


def test_what_another_token_sends_is_not_shown_by_this_one(desk: Desk) -> None:
    turn = desk.reach(State.SENDING, wrote("tea", chat=GROUP))
    part = Shown(message_id="1", turn_id=turn.id, place=0)
    desk.outbox.settle(desk.lease(GROUP), "token-other", unsure=False, shown=[part])
    assert not desk.inbox.is_own(GROUP, "1")
    assert desk.kept(turn).state is State.SENDING


def test_once_the_answer_is_erased_the_memory_of_it_is_quoted(backend: Backend, desk: Desk) -> None:
    shown(desk, Text(text="Zymurgic."), Text(text="Green."), ids=("1", "2"))
    for days in (1.1, 7.1, 29.9):
        purge(desk, days=days)
        assert desk.inbox.is_own(GROUP, "1")
        assert quoted(desk, "1") == quoted(desk, "2") == MEMORY.text
    assert not backend.holds("ymurgic")
    purge(desk, days=30.1)
    assert quoted(desk, "1") is None
    assert not desk.inbox.is_own(GROUP, "1")


@pytest.mark.parametrize("how", ["unsent", "edited", "cleared"])
@pytest.mark.parametrize("days", [0, 1.1])
def test_with_its_question_an_answers_words_are_gone_but_it_is_still_the_bots(
    desk: Desk, how: str, days: float
) -> None:
    shown(desk)
    purge(desk, days=days)
    match how:
        case "unsent":
            desk.accept(unsent("tea", chat=GROUP), now=later(days=days))
        case "edited":
            desk.edit(edited("tea"), now=later(days=days))
        case _:
            desk.stores.history.clear(GROUP)
    words = "Esquipedalian." if (how, days) == ("cleared", 0) else None
    assert quoted(desk, "1") == words
    assert desk.inbox.is_own(GROUP, "1")


def test_an_answer_that_was_erased_while_it_was_sent_is_the_bots_without_words(desk: Desk) -> None:
    turn = desk.reach(State.SENDING, wrote("tea", chat=GROUP))
    desk.accept(unsent("tea", chat=GROUP))
    settle(desk, turn, ["1"])
    assert desk.inbox.is_own(GROUP, "1")
    assert quoted(desk, "1") is None


def test_with_its_person_an_answers_words_are_gone(backend: Backend, desk: Desk) -> None:
    shown(desk)
    for store in desk.stores.forgetful:
        store.forget_person("Uamy", keep_turn="none")
    assert quoted(desk, "1") is None
    assert not backend.holds("squipedalian")


# --- people's ----------------------------------------------------------------------------------

TEA = wrote("tea", "Tea?", chat=GROUP)


@pytest.mark.parametrize("state", [None, State.WORKING, State.PARKED, State.SENT, State.FAILED])
def test_a_persons_message_says_what_they_wrote(desk: Desk, state: State | None) -> None:
    if state is None:
        desk.accept(TEA)
    else:
        desk.reach(state, TEA)
    assert desk.stores.history.message(GROUP, "message-tea") == ASKED
    assert desk.stores.history.message(AMY, "message-tea") is None


def test_once_its_words_are_erased_a_message_says_what_the_history_has_of_it(desk: Desk) -> None:
    shown(desk)
    for days in (1.1, 7.1, 29.9):
        purge(desk, days=days)
        assert desk.stores.history.message(GROUP, "message-tea") == ASKED
    purge(desk, days=30.1)
    assert desk.stores.history.message(GROUP, "message-tea") is None


def test_what_was_overheard_can_be_quoted(desk: Desk) -> None:
    desk.overhear(TEA)
    assert desk.stores.history.message(GROUP, "message-tea") == ASKED
    desk.edit(edited("tea", "Green tea?"), asks=False)
    assert quoted(desk, "message-tea") == "Green tea?"


def test_an_edited_message_says_its_last_words(desk: Desk) -> None:
    shown(desk)
    desk.edit(edited("tea", "Green tea?"))
    assert quoted(desk, "message-tea") == "Green tea?"


def test_a_voice_says_what_was_heard_of_it_and_a_picture_nothing(desk: Desk) -> None:
    heard = replace(ASKED, text="Hello!", message_id="message-one")
    desk.accept(pictured("one"))
    turn = desk.take(AMY, now=later(9))
    assert desk.stores.history.message(AMY, "message-one") is None
    desk.outbox.save(desk.lease(AMY), turn.id, Answer(messages=()), [heard])
    assert desk.stores.history.message(AMY, "message-one") == heard


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_message_without_words_says_nothing(desk: Desk, text: str) -> None:
    desk.accept(replace(TEA, text=text))
    assert desk.stores.history.message(GROUP, "message-tea") is None


def test_what_nobody_keeps_says_nothing(desk: Desk) -> None:
    assert desk.stores.history.message(GROUP, "unknown") is None
    desk.accept(TEA, unsent("tea", chat=GROUP), unsent("milk", chat=GROUP))
    for name in ("tea", "milk"):
        assert desk.stores.history.message(GROUP, f"message-{name}") is None
        assert not desk.inbox.is_own(GROUP, f"message-{name}")

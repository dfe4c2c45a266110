"""Which model and which assistant answers in a chat, and who steps in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chalicelib.assistant.choices import Choices
from chalicelib.domain.assistants import Assistant
from chalicelib.domain.catalogue import Ability
from tests.assembled import AMY, EARS, ECHO, EYES, GROUP, SPARE, Assembled, assembled, spec

COACH = Assistant(
    id="coach", name={"en": "Coach"}, about={"en": "helps"}, prompt="You coach.", openers={}
)
SEER = replace(COACH, id="seer", model="eyes")
OLD = spec("old", ends=date(2026, 11, 22))


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, models=(ECHO, SPARE, EYES, EARS)) as made:
        yield made


@pytest.fixture
def choices(bot: Assembled) -> Choices:
    return chosen_among(bot)


def chosen_among(bot: Assembled, *others: object, today: date = date(2026, 11, 21)) -> Choices:
    models = {each.id: each for each in (ECHO, SPARE, EYES, EARS, OLD)}
    return Choices(
        models=models,
        default=ECHO,
        assistants={"coach": COACH, "seer": SEER},
        book=bot.stores.chats,
        clock=bot.clock,
        local_day=lambda: today,
    )


def test_where_nobody_chose_the_default_answers_as_the_bot_itself(choices: Choices) -> None:
    chosen = choices.of(AMY)
    assert (chosen.model, chosen.assistant) == (ECHO, None)


def test_a_choice_holds_in_its_chat_alone(choices: Choices) -> None:
    assert choices.choose_model(AMY, "spare") == SPARE
    assert choices.of(AMY).model == SPARE
    assert choices.of(GROUP).model == ECHO


@pytest.mark.parametrize("name", ["nonsense", "ears", ""])
def test_what_is_not_offered_cannot_be_chosen(choices: Choices, name: str) -> None:
    choices.choose_model(AMY, "spare")
    assert choices.choose_model(AMY, name) is None
    assert choices.of(AMY).model == SPARE


def test_a_model_whose_time_is_over_was_never_chosen(bot: Assembled) -> None:
    assert chosen_among(bot).choose_model(AMY, "old") == OLD
    later = chosen_among(bot, today=date(2026, 11, 22))
    assert later.of(AMY).model == ECHO
    assert OLD not in later.offered()


def test_an_assistant_brings_its_model_along_until_another_is_chosen(choices: Choices) -> None:
    choices.choose_model(AMY, "spare")
    assert choices.choose_assistant(AMY, "seer") == SEER
    assert choices.of(AMY).model == EYES
    choices.choose_model(AMY, "spare")
    assert (choices.of(AMY).model, choices.of(AMY).assistant) == (SPARE, SEER)


def test_an_assistant_without_one_leaves_the_model_as_it_is(choices: Choices) -> None:
    choices.choose_model(AMY, "spare")
    choices.choose_assistant(AMY, "coach")
    assert (choices.of(AMY).model, choices.of(AMY).assistant) == (SPARE, COACH)


@pytest.mark.parametrize("name", ["", "gone"])
def test_no_assistant_is_the_bot_itself(choices: Choices, name: str) -> None:
    choices.choose_assistant(AMY, "coach")
    assert choices.choose_assistant(AMY, name) is None
    assert choices.of(AMY).assistant is None


def test_fallbacks_line_up_behind_the_chosen_one(choices: Choices) -> None:
    assert choices.line_up(ECHO) == (ECHO, SPARE)
    assert choices.line_up(SPARE) == (SPARE,)


def test_where_pictures_must_be_seen_whoever_sees_steps_in(choices: Choices) -> None:
    assert choices.line_up(ECHO, Ability.VISION) == (EYES,)
    assert choices.line_up(EYES, Ability.VISION) == (EYES,)


def test_where_nobody_can_nobody_lines_up(choices: Choices) -> None:
    blind = replace(choices, models={"echo": ECHO})
    assert blind.line_up(ECHO, Ability.VISION) == ()


def test_who_writes_down_is_no_choice_for_chats(choices: Choices) -> None:
    assert choices.hearing() == (EARS,)
    assert EARS not in choices.offered()

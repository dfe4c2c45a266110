"""What the model is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import shipped
from chalicelib.domain.prompt import Line, build, system_text, window
from chalicelib.domain.tokens import estimate

TAIPEI = ZoneInfo("Asia/Taipei")
LATE = datetime(2026, 11, 22, 17, 30, tzinfo=UTC).astimezone(TAIPEI)  # Monday, 01:30 in Taipei
BOT = shipped.bot()


def asked(text: str) -> Line:
    return Line(text=text, by_bot=False)


def answered(text: str) -> Line:
    return Line(text=text, by_bot=True)


def test_the_system_message_ends_with_the_local_date_weekday_and_time() -> None:
    assert system_text(BOT, LATE).endswith("Now it is 2026-11-23, Monday, 01:30 (Asia/Taipei).")


def test_only_the_clock_changes_within_a_day() -> None:
    later = LATE.replace(hour=20)
    first, second = (system_text(BOT, time).rpartition("\n\n")[0] for time in (LATE, later))
    assert first == second
    assert system_text(BOT, LATE) != system_text(BOT, later)


def test_the_model_is_told_who_it_is_and_how_long_to_be() -> None:
    bot = replace(BOT, name="阿福", persona="  You sell noodles.  ", answer_length=123)
    system = system_text(bot, LATE)
    assert system.startswith("Your name is 阿福.\n\nYou sell noodles.\n\n")
    assert "about 123 characters" in system


def test_the_model_knows_the_hours_and_the_contact_where_there_are_any() -> None:
    bot = replace(BOT, hours="10–18", contact="02-1234-5678")
    assert "Opening hours: 10–18" in system_text(bot, LATE)
    assert "Contact: 02-1234-5678" in system_text(bot, LATE)
    quiet = system_text(replace(BOT, hours="", contact=""), LATE)
    assert "Opening hours" not in quiet
    assert "Contact:" not in quiet


def test_braces_in_a_persona_are_only_words() -> None:
    bot = replace(BOT, persona="Greet with {name} and {0}.", hours="{length}")
    assert "Greet with {name} and {0}." in system_text(bot, LATE)
    assert "Opening hours: {length}" in system_text(bot, LATE)


def test_a_bot_without_a_persona_leaves_no_gap() -> None:
    assert "\n\n\n" not in system_text(replace(BOT, persona=" "), LATE)


def test_the_question_comes_last_after_the_history() -> None:
    history = [asked("我叫小明"), answered("你好")]
    prompt = build(BOT, history=history, question="我叫什麼？", local_time=LATE, budget=100)
    assert prompt.lines == (*history, asked("我叫什麼？"))
    assert prompt.system == system_text(BOT, LATE)


def test_a_question_larger_than_the_budget_is_asked_whole_and_alone() -> None:
    question = "很" * 500
    prompt = build(BOT, history=[asked("嗨")], question=question, local_time=LATE, budget=100)
    assert prompt.lines == (asked(question),)


def test_the_question_takes_its_share_of_the_budget() -> None:
    history = [asked("一二三四五"), answered("六七八九十")]
    fits = build(BOT, history=history, question="好", local_time=LATE, budget=11)
    assert len(fits.lines) == 3
    too_much = build(BOT, history=history, question="好不", local_time=LATE, budget=11)
    assert len(too_much.lines) == 1


def test_the_newest_lines_are_kept() -> None:
    history = [asked("一一"), answered("二二"), asked("三三"), answered("四四")]
    assert window(history, budget=4) == tuple(history[2:])


def test_a_window_begins_with_a_persons_line() -> None:
    history = [asked("一一"), answered("二二"), asked("三三"), answered("四四")]
    assert window(history, budget=7) == tuple(history[2:])
    assert window([answered("只有我")], budget=99) == ()


@pytest.mark.parametrize("budget", [0, -5])
def test_without_a_budget_nothing_is_remembered(budget: int) -> None:
    assert window([asked("嗨")], budget=budget) == ()


_lines = st.lists(st.builds(Line, text=st.text(min_size=1, max_size=20), by_bot=st.booleans()))


@given(_lines, st.integers(min_value=-10, max_value=200))
def test_a_window_is_the_end_of_the_history_within_its_budget(
    history: list[Line], budget: int
) -> None:
    kept = window(history, budget=budget)
    assert list(kept) == history[len(history) - len(kept) :]
    assert sum(estimate(line.text) for line in kept) <= max(budget, 0)
    assert not kept or not kept[0].by_bot

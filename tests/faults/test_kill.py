"""`kill -9` at every step of a message's way, and at moments spread evenly over it.

After the restart each question has exactly one answer in the chat, and an answer that had been
saved is never asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import Stage
from tests.faults.gate import DOTS, MODEL, PROFILE, REPLY, WEBHOOK, Moment
from tests.simulated import wait_until

STEPS = {"webhook": WEBHOOK, "profile": PROFILE, "dots": DOTS, "model": MODEL, "reply": REPLY}
EXACT = [(name, moment) for name in STEPS for moment in Moment]
#: Of a whole message's time, from the webhook until a little after the reply.
PARTS = [0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05]


@pytest.fixture(scope="module")
def whole_time() -> Callable[[Stage], float]:
    """How long a message takes from its webhook to its reply, measured at the first use."""
    measured: list[float] = []

    def asked_and_answered(stage: Stage) -> float:
        begun, told = time.monotonic(), len(stage.sim.replies(stage.amy))
        stage.asks()
        stage.sim.wait_for_replies(stage.amy, told + 1, timeout=40)
        stage.sim.model(delay=0.6, times=1)
        return time.monotonic() - begun

    def measure(stage: Stage) -> float:
        if not measured:
            asked_and_answered(stage)  # the first one may wait for imports
            measured.append(asked_and_answered(stage))
            stage.asked.clear()
        return measured[0]

    return measure


def check_one_answer_each(stage: Stage) -> None:
    """The promise itself, now and after two more deliveries and one more question."""
    first = stage.asked[0]
    assert stage.answers() == dict.fromkeys(stage.asked, 1)
    assert stage.asked_again() == set()
    assert stage.model_calls(first) <= 2
    for webhook in stage.sim.webhooks():
        stage.sim.redeliver(webhook["id"])
        stage.sim.redeliver(webhook["id"], duplicate=True)
    stage.asks("還有呢？")
    stage.sim.wait_for_replies(stage.amy, len(stage.sim.replies(stage.amy)) + 1, timeout=40)
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)
    assert stage.model_calls(first) <= 2


@pytest.mark.parametrize(("step", "moment"), EXACT, ids=[f"{s}-{m}" for s, m in EXACT])
def test_killed_at_a_step_each_question_has_one_answer(
    stage: Stage, step: str, moment: Moment
) -> None:
    trap = stage.gate.once(STEPS[step], moment, stage.dies)
    stage.asks()
    trap.wait()
    stage.comes_back()
    check_one_answer_each(stage)


def test_killed_while_the_model_thinks_it_is_asked_a_second_time_and_answers_once(
    stage: Stage,
) -> None:
    stage.asks()
    wait_until(stage.sim.model_requests, timeout=40, what="the model's request")
    time.sleep(0.3)
    stage.dies()
    assert stage.saved == set()
    stage.comes_back()
    check_one_answer_each(stage)
    assert stage.model_calls(stage.asked[0]) == 2


def test_killed_when_the_answer_was_saved_and_the_reply_is_on_its_way_the_model_rests(
    stage: Stage,
) -> None:
    trap = stage.gate.once(REPLY, Moment.ARRIVES, stage.dies)
    stage.asks()
    trap.wait()
    assert stage.saved == set(stage.asked)
    stage.comes_back()
    assert stage.model_calls(stage.asked[0]) == 1


@pytest.mark.parametrize("part", PARTS)
def test_killed_at_any_time_each_question_has_one_answer(
    stage: Stage, whole_time: Callable[[Stage], float], part: float
) -> None:
    seconds = whole_time(stage)
    stage.asks()
    time.sleep(seconds * part)
    stage.dies()
    stage.comes_back()
    check_one_answer_each(stage)


def test_killed_twice_over_one_message_it_still_has_one_answer(stage: Stage) -> None:
    first = stage.gate.once(MODEL, Moment.DONE, stage.dies)
    stage.asks()
    first.wait()
    second = stage.gate.once(REPLY, Moment.DONE, stage.dies)
    stage.bot.restart()
    second.wait()
    assert stage.saved == set(stage.asked)
    stage.comes_back()
    check_one_answer_each(stage)

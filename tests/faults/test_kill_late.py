"""`kill -9` on the way of an answer that is late: its note, its button, the tap, what it shows."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import Stage
from tests.faults.gate import DOTS, MODEL, REPLY, WEBHOOK, Moment
from tests.simulated import wait_until

NOTE = "還在想，好了就放在這裡。"
BUTTON = "看回答"


def fetch(stage: Stage) -> None:
    """Do what a person does who waits for an answer: tap the note's button, else write again."""
    if list(stage.answers().values()) == [1]:
        return
    if any(NOTE in said for said in stage.sim.texts(stage.amy)):
        stage.sim.tap(stage.amy, BUTTON, wait=True)
    else:
        stage.asks("還在嗎？")
    stage.settles()


def check(stage: Stage) -> None:
    fetch(stage)
    assert stage.answers() == dict.fromkeys(stage.asked, 1)
    assert stage.asked_again() == set()
    assert all(stage.model_calls(question) <= 2 for question in stage.asked)
    for webhook in stage.sim.webhooks():
        stage.sim.redeliver(webhook["id"])
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)
    assert stage.sim.state()["quota"]["pushed"] == 0


@pytest.mark.parametrize("moment", list(Moment))
def test_killed_at_the_note_the_late_answer_still_comes_once(
    late_stage: Stage, moment: Moment
) -> None:
    trap = late_stage.gate.once(REPLY, moment, late_stage.dies)
    late_stage.asks()
    trap.wait()
    late_stage.comes_back()
    check(late_stage)


@pytest.mark.parametrize("moment", [Moment.DONE, Moment.HEARD])
def test_killed_when_the_late_answer_is_there_it_comes_once(
    late_stage: Stage, moment: Moment
) -> None:
    trap = late_stage.gate.once(MODEL, moment, late_stage.dies)
    late_stage.asks()
    trap.wait()
    late_stage.comes_back()
    check(late_stage)


def test_killed_when_the_late_answer_is_parked_it_is_not_asked_for_again(
    late_stage: Stage,
) -> None:
    late_stage.asks()
    late_stage.sim.wait_for_replies(late_stage.amy, timeout=40)
    late_stage.settles()
    late_stage.dies()
    assert late_stage.saved == set(late_stage.asked)
    late_stage.comes_back()
    check(late_stage)
    assert late_stage.model_calls(late_stage.asked[0]) == 1


@pytest.mark.parametrize("step", [WEBHOOK, REPLY], ids=["webhook", "reply"])
@pytest.mark.parametrize("moment", list(Moment))
def test_killed_on_the_tap_the_late_answer_is_shown_once(
    late_stage: Stage, step: str, moment: Moment
) -> None:
    late_stage.asks()
    late_stage.sim.wait_for_replies(late_stage.amy, timeout=40)
    late_stage.settles()
    trap = late_stage.gate.once(step, moment, late_stage.dies)
    late_stage.sim.tap(late_stage.amy, BUTTON)
    trap.wait()
    late_stage.comes_back()
    check(late_stage)
    assert late_stage.model_calls(late_stage.asked[0]) == 1


def test_killed_while_a_tap_waits_for_the_answer_it_is_shown_once(late_stage: Stage) -> None:
    late_stage.sim.usual_model()
    late_stage.sim.model(delay=8, times=1)
    late_stage.asks()
    late_stage.sim.wait_for_replies(late_stage.amy, timeout=40)
    assert late_stage.sim.texts(late_stage.amy) == [NOTE]
    dots = len(late_stage.sim.calls(DOTS))
    late_stage.sim.tap(late_stage.amy, BUTTON)
    wait_until(lambda: len(late_stage.sim.calls(DOTS)) > dots, what="dots for the tap")
    time.sleep(0.1)
    late_stage.dies()
    late_stage.comes_back()
    check(late_stage)

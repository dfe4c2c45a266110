"""Workers that die at the worst moment: nothing is lost, nothing is said or asked twice."""

from __future__ import annotations

import pytest

from tests.faults.gate import MODEL, REPLY, Moment
from tests.production.stage import PATIENT, SHOWN_AGAIN, Stage
from tests.simulated import wait_until

NOTE = "還在想，好了就放在這裡。"
BUTTON = "看回答"
UNSURE = "剛才的回答可能沒送到。"
UNSURE_BUTTON = "看剛才的回答"
#: The note is due 45 seconds after the webhook, and must be gone before 55.
NOTE_IS_DUE = 47.0


def test_killed_between_answer_and_reply_what_was_saved_comes_with_the_next_reply(
    stage: Stage,
) -> None:
    stop = stage.site.door.once("sending", stage.dies, before=True)
    stage.asks()
    stop.wait()
    stage.dead(1)
    stage.passes(SHOWN_AGAIN)
    stage.settles()
    assert stage.sim.replies(stage.amy) == []
    stage.asks("那這題呢？")
    late, _ = stage.sim.wait_for_texts(stage.amy, 2, timeout=PATIENT)
    assert late.startswith("你剛才問「")
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)
    assert stage.model_calls(stage.asked[0]) == 1


def test_killed_between_answer_and_reply_what_was_saved_goes_out_once_line_delivers_again(
    stage: Stage,
) -> None:
    stop = stage.site.door.once("sending", stage.dies, before=True)
    sent = stage.asks()
    stop.wait()
    stage.dead(1)
    stage.rests()
    stage.passes(SHOWN_AGAIN, again=sent)
    stage.sim.redeliver(sent.event_id)
    stage.goes_on()
    stage.sim.wait_for_replies(stage.amy, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == {stage.asked[0]: 1}
    assert stage.model_calls(stage.asked[0]) == 1


@pytest.mark.parametrize("moment", [Moment.ARRIVES, Moment.DONE])
def test_killed_while_the_reply_is_on_its_way_the_answer_is_kept_and_said_once(
    stage: Stage, moment: Moment
) -> None:
    trap = stage.gate.once(REPLY, moment, stage.dies)
    stage.asks()
    trap.wait()
    stage.dead(1)
    came = moment is Moment.DONE
    assert stage.answers() == {stage.asked[0]: int(came)}
    stage.passes(SHOWN_AGAIN)
    stage.settles()
    stage.asks("那這題呢？")
    stage.sim.wait_for_replies(stage.amy, 2 + came, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == {stage.asked[0]: int(came), stage.asked[1]: 1}
    assert stage.sim.texts(stage.amy)[-1] == UNSURE
    if not came:
        stage.sim.tap(stage.amy, UNSURE_BUTTON, wait=True)
        stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)
    assert stage.model_calls(stage.asked[0]) == 1


def test_killed_while_the_model_thinks_the_wake_is_shown_again_and_answered(stage: Stage) -> None:
    trap = stage.gate.once(MODEL, Moment.ARRIVES, stage.dies)
    stage.asks()
    trap.wait()
    stage.dead(1)
    stage.passes(SHOWN_AGAIN)
    stage.settles()
    stage.asks("那這題呢？")
    stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)


def test_killed_while_the_model_thinks_the_sweep_stays_until_a_note_is_due(stage: Stage) -> None:
    trap = stage.gate.once(MODEL, Moment.ARRIVES, stage.dies)
    stage.asks()
    trap.wait()
    stage.dead(1)
    stage.passes(NOTE_IS_DUE - 5)
    assert stage.sim.texts(stage.amy) == []
    stage.bot.sweep()
    assert stage.sim.texts(stage.amy) == [NOTE]
    stage.passes(SHOWN_AGAIN)
    stage.settles()
    stage.sim.tap(stage.amy, BUTTON, wait=True)
    stage.settles()
    assert stage.answers() == {stage.asked[0]: 1}


def test_three_deaths_put_the_wake_among_the_dead_and_the_sweep_makes_the_chat_good(
    stage: Stage,
) -> None:
    stage.bot.dying = 3
    stage.asks()
    stage.dead(1)
    stage.passes(NOTE_IS_DUE)
    stage.bot.sweep()
    assert stage.sim.wait_for_texts(stage.amy, timeout=PATIENT) == [NOTE]
    stage.passes(SHOWN_AGAIN - NOTE_IS_DUE)
    stage.dead(2)
    stage.passes(SHOWN_AGAIN)
    stage.dead(3)
    assert stage.dead_letters() == 0
    stage.passes(SHOWN_AGAIN)
    stage.bot.sweep()
    stage.settles()
    assert stage.dead_letters() == 1
    stage.sim.tap(stage.amy, BUTTON, wait=True)
    stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == {stage.asked[0]: 1}
    (wake,) = stage.failed()
    assert wake[1] == "wake"
    assert "✓ wake" in stage.site.ops("failed", "drop", wake[0])
    assert stage.failed() == []
    assert stage.dead_letters() == 0
    stage.settles()
    assert stage.answers() == {stage.asked[0]: 1}


def test_an_operator_replays_a_dead_wake_before_any_sweep(stage: Stage) -> None:
    stage.bot.dying = 3
    stage.asks()
    for number in range(3):
        stage.dead(number + 1)
        stage.passes(SHOWN_AGAIN)
    wait_until(stage.dead_letters, timeout=PATIENT, what="the dead letter")
    (wake,) = stage.failed()
    assert "its chat is woken" in stage.site.ops("failed", "replay", wake[0])
    stage.settles()
    assert stage.failed() == []
    stage.asks("那這題呢？")
    stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)

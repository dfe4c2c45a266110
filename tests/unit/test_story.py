"""One line of the log tells an answer's whole story, whatever became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.domain import story
from chalicelib.domain.errors import (
    Cause,
    ModelBusy,
    SendBusy,
    SendForbidden,
    SendRefused,
)
from chalicelib.domain.messages import Answer, Text, from_record, to_record
from chalicelib.domain.prices import Usage
from chalicelib.domain.story import Making
from chalicelib.ports import Completion
from tests.assembled import AMY, Assembled, assembled

ANSWER = Completion(text="好了。", usage=Usage(tokens_in=120, tokens_out=30))


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path) as made:
        yield made


def stories(bot: Assembled) -> list[dict[str, object]]:
    return bot.telemetry.named("answer_told")


def outcomes(bot: Assembled) -> list[object]:
    return [story["outcome"] for story in stories(bot)]


def test_an_answer_that_arrived_tells_its_ids_its_model_its_cost_and_its_times(
    bot: Assembled,
) -> None:
    bot.model.script = [ANSWER]
    bot.model.during = lambda: bot.clock.move(2.5)
    bot.messenger.before = lambda: bot.clock.move(0.25)
    bot.hears("你好嗎？", work=False)
    bot.clock.move(1.5)
    bot.works()
    (told,) = stories(bot)
    assert told == {
        "event": "e1",
        "turn": told["turn"],
        "chat": AMY.key,
        "outcome": "arrived",
        "cause": "",
        "attempts": 1,
        "messages": 1,
        "model": "echo",
        "tokens_in": 120,
        "tokens_out": 30,
        "cost": 0.00024,
        "queue_ms": 1500,
        "model_ms": 2500,
        "send_ms": 250,
        "total_ms": 4250,
        "by": "reply",
    }


def test_an_answer_without_a_model_has_no_cost(bot: Assembled) -> None:
    bot.hears("說明")
    (told,) = stories(bot)
    assert "cost" not in told
    assert told["model"] == ""


def test_an_apology_tells_its_cause_and_how_long_the_model_was_waited_for(bot: Assembled) -> None:
    bot.model.script = [ModelBusy(Cause.OVERLOADED)] * 3
    bot.hears("你好嗎？")
    (told,) = stories(bot)
    assert (told["outcome"], told["cause"], told["model"]) == ("arrived", "overloaded", "")
    assert told["model_ms"] == 3000


def test_a_commands_answer_has_no_model(bot: Assembled) -> None:
    bot.hears("說明")
    (told,) = stories(bot)
    assert (told["model"], told["model_ms"], told["outcome"]) == ("", 0, "arrived")


def test_an_answer_after_its_note_was_noted_and_arrives_later_with_its_story(
    bot: Assembled,
) -> None:
    def late() -> None:
        bot.clock.move(46)
        turn = bot.stores.outbox.turn_of(AMY, "e1")
        assert turn is not None
        bot.worker.sweep.notes.spend_due([turn.latest])

    bot.model.script, bot.model.during = [ANSWER], late
    bot.hears("你好嗎？")
    assert outcomes(bot) == ["note"]
    bot.clock.move(10)
    bot.taps("看回答")
    first, last = stories(bot)
    assert (last["outcome"], last["by"]) == ("arrived", "later")
    for name in ("event", "turn", "model", "tokens_out", "cost", "queue_ms", "model_ms"):
        assert last[name] == first[name]
    assert last["total_ms"] == 56000


def test_an_answer_whose_token_died_unused_is_parked(bot: Assembled) -> None:
    bot.hears("你好嗎？", work=False)
    bot.clock.move(70)
    bot.works()
    assert outcomes(bot) == ["parked"]
    assert stories(bot)[0]["by"] == ""


def test_an_answer_that_line_could_not_take_is_parked_once(bot: Assembled) -> None:
    def closed() -> None:
        raise SendForbidden("401: LINE does not accept the access token")

    bot.messenger.before = closed
    bot.hears("你好嗎？")
    assert outcomes(bot) == ["parked"]
    assert stories(bot)[0]["by"] == "reply"


def test_an_answer_that_may_not_have_arrived_is_unsure(bot: Assembled) -> None:
    def hangs() -> None:
        raise SendBusy("ReadTimeoutError", ambiguous=True)

    bot.messenger.before = hangs
    bot.hears("你好嗎？")
    assert outcomes(bot) == ["unsure"]


def test_an_answer_that_line_refuses_is_refused(bot: Assembled) -> None:
    def refuses() -> None:
        raise SendRefused("400: LINE refuses")

    bot.messenger.before = refuses
    bot.hears("你好嗎？")
    assert outcomes(bot) == ["refused"]


def test_a_question_taken_back_while_it_is_answered_is_withdrawn_and_its_cost_is_told(
    bot: Assembled,
) -> None:
    def regrets() -> None:
        bot.unsends("e1", work=False)

    bot.model.script, bot.model.during = [ANSWER], regrets
    bot.hears("你好嗎？")
    (told,) = stories(bot)
    assert (told["outcome"], told["event"], told["cost"]) == ("withdrawn", "e1", 0.00024)


def test_a_turn_that_workers_die_of_fails(bot: Assembled) -> None:
    def dies() -> None:
        raise KeyboardInterrupt

    bot.messenger.before = dies
    bot.hears("你好嗎？", work=False)
    for _ in range(6):
        with pytest.raises(KeyboardInterrupt):
            bot.works()
    bot.works()
    assert outcomes(bot) == ["failed"]
    assert stories(bot)[0]["attempts"] == 7


def test_a_pushed_answer_tells_of_the_push(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_PUSH": "late"}) as bot:
        bot.hears("你好嗎？", work=False)
        bot.clock.move(70)
        bot.works()
        (told,) = stories(bot)
        assert (told["outcome"], told["by"]) == ("arrived", "push")


def test_how_an_answer_was_made_is_kept_with_it() -> None:
    made = Making(model="m-1", tokens_in=1, tokens_out=2, cost=0.5, queue_ms=3, model_ms=4)
    answer = Answer(messages=(Text(text="嗨"),), made=made)
    assert from_record(to_record(answer)) == answer


def test_answers_of_older_and_newer_versions_can_be_read() -> None:
    record = to_record(Answer(messages=(Text(text="嗨"),), made=Making(model="m-1")))
    record["made"]["mood"] = "good"
    assert from_record(record).made == Making(model="m-1")
    del record["made"]
    assert from_record(record).made == Making()


def test_no_wait_is_negative_where_a_redelivery_renewed_the_receipt(bot: Assembled) -> None:
    bot.hears("你好嗎？")
    turn = bot.stores.outbox.turn_of(AMY, "e1")
    assert turn is not None
    assert story.waited(turn, bot.clock.now() - timedelta(seconds=1)) == 0
    assert story.waited(turn, bot.clock.now() + timedelta(microseconds=1999)) == 1
    assert story.waited(replace(turn, arrivals=()), bot.clock.now()) == 0

"""Turns that break their worker each time: an apology after three attempts, and a second chance."""

from __future__ import annotations

from tests.faults.gate import MODEL, Moment
from tests.production.live import NAMES
from tests.production.stage import PATIENT, SHOWN_AGAIN, Stage

SORRY = "現在有點忙，沒能回答你。請再試一次。"


def test_a_defect_breaks_three_attempts_is_apologized_for_listed_and_replayed(
    stage: Stage,
) -> None:
    stage.asks("台北在哪裡？")
    stage.sim.wait_for_replies(stage.amy, timeout=PATIENT)
    stage.settles()
    (line,) = (item for item in stage.site.chat(stage.amy) if "lines" in item)
    key = {"pk": line["pk"], "sk": line["sk"]}
    dynamodb = stage.site.aws.client("dynamodb")
    dynamodb.put_item(TableName=NAMES.table, Item={**line, "lines": {"S": "not JSON"}})

    stage.asks("那高雄呢？")
    sorry = stage.sim.wait_for_texts(stage.amy, 2, timeout=PATIENT)[-1]
    assert sorry == SORRY
    stage.settles()
    assert stage.poller.failed == []
    assert stage.dead_letters() == 0
    assert stage.model_calls(stage.asked[1]) == 0
    (turn,) = stage.failed()
    assert (turn[1], turn[-1]) == ("turn", "crashed")
    words = stage.site.ops("failed", "show", turn[0], "--words")
    assert stage.asked[1] in words
    assert stage.asked[1] not in stage.site.ops("failed", "show", turn[0])

    dynamodb.delete_item(TableName=NAMES.table, Key=key)  # the operator mends the cause
    assert "it begins anew" in stage.site.ops("failed", "replay", turn[0])
    stage.settles()
    assert stage.failed() == []
    stage.asks("謝謝，還有呢？")
    stage.sim.wait_for_replies(stage.amy, 4, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)


def test_a_turn_that_kills_three_workers_is_apologized_for_and_replayed_with_its_wake(
    stage: Stage,
) -> None:
    stage.asks("這題會當機？")
    for number in range(3):
        trap = stage.gate.once(MODEL, Moment.ARRIVES, stage.dies)
        trap.wait()
        stage.dead(number + 1)
        stage.passes(SHOWN_AGAIN)
    stage.bot.sweep()
    stage.settles()
    assert stage.dead_letters() == 1
    assert stage.model_calls(stage.asked[0]) == 0
    kinds = {line[1] for line in stage.failed()}
    assert kinds == {"turn", "wake"}

    told = stage.site.ops("failed", "replay", *[line[0] for line in stage.failed()])
    assert "it begins anew" in told
    assert "its chat is woken" in told
    stage.settles()
    assert stage.failed() == []
    stage.asks("謝謝，還有呢？")
    stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)

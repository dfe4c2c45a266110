"""The bot comes back when the reply token is dead, and may not push: nothing is sent unasked."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

from tests.faults.conftest import Stage
from tests.faults.gate import REPLY, Moment
from tests.simulated import wait_until

PUSH = "/v2/bot/message/push"
TWO_MINUTES = 120


def two_minutes_pass(stage: Stage) -> None:
    """Let two minutes pass while the bot is down.

    The bot's own notion of a token's life is a minute and no setting. Rather than wait, what it
    wrote down is made two minutes older, and LINE's token ends.
    """
    micros = TWO_MINUTES * 1_000_000
    with closing(sqlite3.connect(stage.bot.data / "liao.db")) as connection, connection:
        connection.execute("UPDATE events SET received = received - ?", (micros,))
        connection.execute("UPDATE turns SET token_until = token_until - ?", (micros,))
    for webhook in stage.sim.webhooks():
        stage.sim.expire(webhook["event"]["replyToken"])


def test_what_was_being_answered_comes_with_the_next_reply(stage: Stage) -> None:
    first = stage.asked_and_delivered()
    wait_until(stage.sim.model_requests, timeout=40, what="the model's request")
    time.sleep(0.2)
    stage.dies()
    two_minutes_pass(stage)
    stage.comes_back()
    assert stage.sim.replies(stage.amy) == []
    assert stage.sim.calls(REPLY) == stage.sim.calls(PUSH) == []

    stage.asks("那這題呢？")
    second = stage.asked[1]
    stage.sim.wait_for_replies(stage.amy, 2, timeout=40)
    stage.settles()
    late, new = stage.sim.texts(stage.amy)
    assert late.startswith("你剛才問「")
    assert first in late
    assert second in new
    assert len(stage.sim.calls(REPLY)) == 1
    assert stage.answers() == {first: 1, second: 1}
    assert stage.sim.state()["quota"]["pushed"] == 0


def test_what_was_saved_and_never_arrived_is_offered_with_the_next_reply_and_not_asked_again(
    stage: Stage,
) -> None:
    trap = stage.gate.once(REPLY, Moment.ARRIVES, stage.dies)
    first = stage.asked_and_delivered()
    trap.wait()
    assert stage.saved == {first}
    two_minutes_pass(stage)
    stage.comes_back()
    assert stage.sim.replies(stage.amy) == []

    stage.asks("那這題呢？")
    stage.sim.wait_for_replies(stage.amy, 2, timeout=40)
    assert stage.answers() == {first: 0, stage.asked[1]: 1}
    assert stage.sim.texts(stage.amy)[-1] == "剛才的回答可能沒送到。"
    stage.sim.tap(stage.amy, "看剛才的回答", wait=True)
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)
    assert stage.model_calls(first) == 1
    assert stage.sim.calls(PUSH) == []

"""What the deployed zip does for people when no worker dies: an answer to everything, once."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import httpx2

from chalicelib.bootstrap import functions
from tests.faults.gate import DOTS
from tests.production.stage import PATIENT, SHOWN_AGAIN, Stage, answered_at
from tests.simulated import wait_until

NOTE = "還在想，好了就放在這裡。"
BUTTON = "看回答"
PEOPLE, ROUNDS = 6, 4


def test_a_question_is_answered_by_the_deployed_zip(stage: Stage) -> None:
    stage.asks("台北在哪裡？")
    stage.sim.wait_for_replies(stage.amy, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == {stage.asked[0]: 1}
    assert stage.poller.failed == []

    # The first answer names the privacy page, at the address by which LINE reached the bot.
    (address,) = re.findall(r"https?://\S+", stage.sim.texts(stage.amy)[0])
    assert address.startswith(f"{stage.bot.url}/privacy")
    page = httpx2.get(address, trust_env=False, timeout=PATIENT)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"Amazon Web Services（{stage.site.aws.region}）" in page.text
    told = httpx2.get(f"{stage.bot.url}/health", trust_env=False, timeout=PATIENT).json()
    assert (told["backend"], told["queue_depth"]) == ("aws", 0)


def test_each_chat_keeps_its_order_while_others_go_on_beside_it(stage: Stage) -> None:
    people = [stage.person("Person") for _ in range(PEOPLE)]
    said = {one: [f"<{one[-4:]}-{n}> 這題怎麼解？" for n in range(ROUNDS)] for one in people}
    stage.sim.model(delay=0.3)
    for number in range(ROUNDS):
        for one in people:
            # LINE may deliver a later message first; what is owed is the order of acceptance.
            sent = stage.sim.text(one, said[one][number], wait=True)
            stage.sim.wait_until_delivered(sent, timeout=PATIENT)

    def told(one: str) -> str:
        return "\n".join(stage.sim.texts(one))

    def everything() -> bool:
        return all(words in told(one) for one in people for words in said[one])

    wait_until(everything, timeout=PATIENT, what="every answer")
    stage.settles()
    for one in people:
        assert [told(one).count(words) for words in said[one]] == [1] * ROUNDS, told(one)
        for earlier, later in combinations(said[one], 2):
            assert told(one).index(earlier) < told(one).index(later)

    spans: dict[str, list[tuple[int, int]]] = {one[-4:]: [] for one in people}
    for request in stage.sim.model_requests():
        question = str(request["body"]["messages"][-1]["content"])
        spans[question[question.index("<") + 1 :][:4]].append(answered_at(request))
    for own in spans.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(own)))
    every = sorted(span for own in spans.values() for span in own)
    assert any(one[0] < other[0] < one[1] for one, other in combinations(every, 2))
    assert 1 < stage.poller.most_at_once <= functions.CONCURRENCY
    assert stage.poller.failed == []


def test_what_line_delivers_again_is_answered_once(stage: Stage) -> None:
    stage.sim.model(delay=0.5, times=1)
    sent = stage.asks()
    stage.sim.redeliver(sent.event_id)
    stage.sim.redeliver(sent.event_id, duplicate=True)
    stage.sim.wait_for_replies(stage.amy, timeout=PATIENT)
    stage.settles()
    stage.sim.redeliver(sent.event_id)
    stage.settles()
    assert len(stage.poller.done) > 1
    assert stage.answers() == {stage.asked[0]: 1}
    assert stage.model_calls(stage.asked[0]) == 1
    assert len(stage.sim.replies(stage.amy)) == 1


def two_workers_are_there(stage: Stage) -> None:
    """Let two start and end, so that nothing is late only because they start."""
    stage.sim.model(delay=1, times=2)
    for one in (stage.person("Ben"), stage.person("Cleo")):
        stage.sim.text(one, "說明一下茶。", wait=True)
    wait_until(lambda: stage.poller.handled >= 2, timeout=PATIENT, what="two answers")
    stage.settles()
    assert stage.poller.most_at_once == 2


def test_a_tap_on_show_answer_waits_in_a_lane_of_its_own_while_the_turn_is_worked_on(
    stage: Stage,
) -> None:
    stage.bot.changes("worker", LIAO_REPLY_DEADLINE="3")
    try:
        two_workers_are_there(stage)
        stage.sim.model(delay=5, times=1)
        stage.asks()
        assert stage.sim.wait_for_texts(stage.amy, timeout=PATIENT) == [NOTE]
        dots = len(stage.sim.calls(DOTS))
        stage.sim.tap(stage.amy, BUTTON, wait=True)
        wait_until(lambda: len(stage.sim.calls(DOTS)) > dots, what="dots for the tap")
        assert stage.bot.worker.running == 2
        assert stage.answers() == {stage.asked[0]: 0}
        stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
        stage.settles()
        assert stage.answers() == {stage.asked[0]: 1}
        assert stage.model_calls(stage.asked[0]) == 1
    finally:
        stage.bot.changes("worker")


def test_a_wake_that_is_shown_again_finds_the_chat_taken_and_does_nothing(stage: Stage) -> None:
    two_workers_are_there(stage)
    stage.sim.model(delay=5, times=1)
    stage.asks()
    wait_until(lambda: stage.model_calls(stage.asked[0]), timeout=PATIENT, what="the request")
    stage.site.aws.clock.advance(SHOWN_AGAIN)
    wait_until(lambda: len(stage.poller.done) > 2, timeout=PATIENT, what="the second worker")
    assert stage.poller.failed == []
    assert stage.bot.worker.running == 1
    assert stage.answers() == {stage.asked[0]: 0}
    stage.sim.wait_for_replies(stage.amy, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == {stage.asked[0]: 1}
    assert stage.model_calls(stage.asked[0]) == 1


def test_a_worker_whose_lease_lapsed_changes_nothing_once_another_one_went_on(
    stage: Stage,
) -> None:
    two_workers_are_there(stage)
    stage.sim.model(delay=6, times=1)
    stage.asks()
    wait_until(lambda: stage.model_calls(stage.asked[0]), timeout=PATIENT, what="the request")
    stage.passes(SHOWN_AGAIN)
    wait_until(lambda: len(stage.poller.done) > 2, timeout=PATIENT, what="the second worker")
    assert stage.bot.worker.running == 1
    stage.settles()
    assert stage.model_calls(stage.asked[0]) == 2
    assert "lease_lost" in stage.bot.worker.output
    # No token lives any more: the answer comes with the next reply, and comes once.
    assert stage.sim.replies(stage.amy) == []
    stage.asks("那這題呢？")
    stage.sim.wait_for_replies(stage.amy, 2, timeout=PATIENT)
    stage.settles()
    assert stage.answers() == dict.fromkeys(stage.asked, 1)

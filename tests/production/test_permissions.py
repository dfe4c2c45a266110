"""Each function does what it does with the rights that its role was given, and has no others.

Every test in this folder runs behind the same door; here people do whatever else they can do.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.aws.topics import confirm, published
from tests.production.live import NAMES
from tests.production.stage import PATIENT, Stage


def test_everything_that_people_do_is_allowed_to_the_function_that_does_it(stage: Stage) -> None:
    sim, amy = stage.sim, stage.amy
    told = 0

    def answered() -> None:
        nonlocal told
        told += 1
        sim.wait_for_replies(amy, told, timeout=PATIENT)
        stage.settles()

    sim.follow(amy, wait=True)
    answered()
    sent = stage.asks()
    answered()
    assert sent.message_id
    sim.unsend(amy, sent.message_id, wait=True)
    sim.sticker(amy, wait=True)
    answered()
    sim.text(amy, "新對話", wait=True)
    answered()
    ben = sim.user("Ben", language="en")
    group = sim.group("Tea", amy, ben)
    sim.text(ben, "Is tea good?", chat=group, mention=True, wait=True)
    sim.wait_for_replies(group, timeout=PATIENT)
    sim.text(amy, "刪除我的資料", wait=True)
    answered()
    sim.tap(amy, "全部刪除", wait=True)
    answered()
    assert sim.texts(amy)[-1].startswith("都刪除了")
    sim.leaves(group, ben)
    sim.block(amy, wait=True)
    stage.passes(60)
    stage.bot.sweep()
    stage.settles()
    assert stage.site.door.refused == []


def test_who_wants_a_human_is_mailed_and_before_somebody_reads_it_hears_that_nobody_does(
    stage: Stage,
) -> None:
    sim, amy, aws = stage.sim, stage.amy, stage.site.aws
    sns = aws.client("sns")
    (topic,) = [t["TopicArn"] for t in sns.list_topics()["Topics"] if NAMES.people in t["TopicArn"]]
    said = "我要找真人 please"
    sim.text(amy, said, wait=True)
    sim.wait_for_replies(amy, 1, timeout=PATIENT)
    sim.text(amy, "真人客服", wait=True)
    sim.wait_for_replies(amy, 2, timeout=PATIENT)
    assert published(aws.account, aws.region, topic) == []
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="staff@example.com")
    confirm(aws.account, aws.region, topic)
    sim.text(amy, "真人客服", wait=True)
    sim.wait_for_replies(amy, 3, timeout=PATIENT)
    ((subject, body),) = published(aws.account, aws.region, topic)
    assert subject.startswith("liao-prod: somebody wants to talk to a human")
    assert f": {said}\n" in body
    assert stage.site.door.refused == []


def test_a_function_is_refused_what_its_policy_does_not_allow(stage: Stage) -> None:
    sqs = stage.bot.as_function("webhook", "sqs")
    url = sqs.get_queue_url(QueueName=NAMES.queue)["QueueUrl"]
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.receive_message(QueueUrl=url)
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.get_queue_url(QueueName="somebody-elses.fifo")
    actions = [action for action, _ in stage.site.door.refused]
    assert actions == ["sqs:ReceiveMessage", "sqs:GetQueueUrl"]
    stage.site.door.refused.clear()

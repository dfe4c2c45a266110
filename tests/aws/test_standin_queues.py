"""The stand-in for SQS keeps SQS's rules, and the clients of AWS's SDK take it for SQS."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.cloud import Cloud, Wakes

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sqs:
    """A queue as these tests use it."""

    aws: Cloud
    wakes: Wakes
    client: Any = field(repr=False)

    def send(self, body: str, *, group: str = "amy", known_as: str | None = None) -> Json:
        made: Json = self.client.send_message(
            QueueUrl=self.wakes.url,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=known_as or body,
        )
        return made

    def receive(self, most: int = 1, *, url: str = "", **more: Any) -> list[Json]:
        told = self.client.receive_message(
            QueueUrl=url or self.wakes.url,
            MaxNumberOfMessages=most,
            MessageSystemAttributeNames=["All"],
            **more,
        )
        return list(told.get("Messages", []))

    def bodies(self, most: int = 10, **more: Any) -> list[str]:
        return [message["Body"] for message in self.receive(most, **more)]

    def delete(self, message: Json) -> None:
        self.client.delete_message(QueueUrl=self.wakes.url, ReceiptHandle=message["ReceiptHandle"])

    def visible_in(self, message: Json, seconds: int) -> None:
        self.client.change_message_visibility(
            QueueUrl=self.wakes.url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=seconds,
        )

    def counts(self, url: str = "") -> tuple[str, str]:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.client.get_queue_attributes(
            QueueUrl=url or self.wakes.url, AttributeNames=names
        )["Attributes"]
        return told[names[0]], told[names[1]]


@pytest.fixture
def sqs(aws: Cloud, wakes: Wakes) -> Sqs:
    return Sqs(aws=aws, wakes=wakes, client=aws.client("sqs"))


def refusal(exc: pytest.ExceptionInfo[ClientError]) -> str:
    return str(exc.value.response["Error"]["Code"])


def test_a_deduplication_id_is_remembered_for_five_minutes_even_after_deletion(sqs: Sqs) -> None:
    first = sqs.send("one", known_as="event-1")
    sqs.delete(sqs.receive()[0])
    sqs.aws.clock.advance(299)
    again = sqs.send("two", known_as="event-1")
    assert again["MessageId"] == first["MessageId"]
    assert sqs.bodies() == []
    sqs.aws.clock.advance(2)
    sqs.send("three", known_as="event-1")
    assert sqs.bodies() == ["three"]


def test_a_repetition_does_not_prolong_the_memory(sqs: Sqs) -> None:
    sqs.send("one", known_as="event-1")
    sqs.aws.clock.advance(200)
    sqs.send("one", known_as="event-1")
    sqs.aws.clock.advance(101)
    sqs.send("two", known_as="event-1")
    assert sqs.bodies() == ["one", "two"]


def test_each_group_has_its_own_memory(sqs: Sqs) -> None:
    sqs.send("amy's", group="amy", known_as="event-1")
    sqs.send("bob's", group="bob", known_as="event-1")
    assert sqs.bodies() == ["amy's", "bob's"]


def test_a_queue_may_have_one_memory_for_all_its_groups(aws: Cloud) -> None:
    client = aws.client("sqs")
    made = client.create_queue(
        QueueName="whole.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )
    url = made["QueueUrl"]
    for group in ("amy", "bob"):
        client.send_message(QueueUrl=url, MessageBody="same", MessageGroupId=group)
    told = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    assert len(told["Messages"]) == 1


def test_a_group_stands_still_while_one_of_its_messages_is_out(sqs: Sqs) -> None:
    for body in ("a1", "a2"):
        sqs.send(body, group="amy")
    sqs.send("b1", group="bob")
    taken = sqs.receive()[0]
    assert taken["Body"] == "a1"
    assert sqs.bodies() == ["b1"]
    assert sqs.bodies() == []
    sqs.delete(taken)
    assert sqs.bodies() == ["a2"]


def test_a_message_that_comes_back_keeps_its_place(sqs: Sqs) -> None:
    for body in ("a1", "a2", "a3"):
        sqs.send(body)
    assert sqs.bodies(2) == ["a1", "a2"]
    sqs.aws.clock.advance(179)
    assert sqs.bodies() == []
    sqs.aws.clock.advance(2)
    assert sqs.bodies() == ["a1", "a2", "a3"]


def test_a_message_returns_at_once_where_one_asks_for_it(sqs: Sqs) -> None:
    sqs.send("a1")
    taken = sqs.receive()[0]
    sqs.visible_in(taken, 0)
    again = sqs.receive()[0]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    with pytest.raises(ClientError) as refused:
        sqs.delete(taken)
    assert refusal(refused) == "InvalidParameterValue"
    sqs.visible_in(again, 600)
    sqs.aws.clock.advance(599)
    assert sqs.bodies() == []
    sqs.delete(again)
    sqs.delete(again)


def test_a_receipt_is_void_after_the_time_out(sqs: Sqs) -> None:
    sqs.send("a1")
    taken = sqs.receive()[0]
    sqs.aws.clock.advance(181)
    with pytest.raises(ClientError) as refused:
        sqs.delete(taken)
    assert refusal(refused) == "InvalidParameterValue"
    with pytest.raises(ClientError) as not_out:
        sqs.visible_in(taken, 10)
    assert "MessageNotInflight" in refusal(not_out)
    assert sqs.bodies() == ["a1"]


def test_what_came_back_three_times_is_a_dead_letter_and_lets_its_group_go_on(sqs: Sqs) -> None:
    sent = sqs.send("poison")
    sqs.send("next")
    for count in ("1", "2", "3"):
        message = sqs.receive()[0]
        assert (message["Body"], message["Attributes"]["ApproximateReceiveCount"]) == (
            "poison",
            count,
        )
        sqs.aws.clock.advance(181)
    assert sqs.bodies() == ["next"]
    assert sqs.counts(sqs.wakes.dead) == ("1", "0")
    dead = sqs.receive(url=sqs.wakes.dead)[0]
    assert dead["MessageId"] == sent["MessageId"]
    assert dead["Attributes"]["MessageGroupId"] == "amy"
    assert dead["Attributes"]["DeadLetterQueueSourceArn"].endswith(":liao-test-wakes.fifo")


def test_dead_letters_can_be_moved_back_as_new_messages(sqs: Sqs) -> None:
    sqs.send("poison")
    for _ in range(3):
        sqs.receive()
        sqs.aws.clock.advance(181)
    assert sqs.bodies() == []
    name = {"QueueUrl": sqs.wakes.dead, "AttributeNames": ["QueueArn"]}
    arn = sqs.client.get_queue_attributes(**name)["Attributes"]["QueueArn"]
    sqs.client.start_message_move_task(SourceArn=arn)
    back = sqs.receive()[0]
    assert (back["Body"], back["Attributes"]["ApproximateReceiveCount"]) == ("poison", "1")
    assert sqs.counts(sqs.wakes.dead) == ("0", "0")


def test_a_batch_tells_which_entries_failed_in_an_answer_that_says_200(sqs: Sqs) -> None:
    sqs.aws.queues.refuse(1)
    entries = [
        {
            "Id": str(number),
            "MessageBody": f"a{number}",
            "MessageGroupId": "amy",
            "MessageDeduplicationId": str(number),
        }
        for number in range(3)
    ]
    told = sqs.client.send_message_batch(QueueUrl=sqs.wakes.url, Entries=entries)
    assert [entry["Id"] for entry in told["Failed"]] == ["0"]
    assert [entry["Id"] for entry in told["Successful"]] == ["1", "2"]
    assert sqs.bodies() == ["a1", "a2"]
    with pytest.raises(ClientError, match="TooManyEntries"):
        sqs.client.send_message_batch(QueueUrl=sqs.wakes.url, Entries=entries * 4)


def test_a_message_without_a_group_or_with_a_delay_is_refused(sqs: Sqs) -> None:
    with pytest.raises(ClientError, match="MissingParameter"):
        sqs.client.send_message(QueueUrl=sqs.wakes.url, MessageBody="x", MessageDeduplicationId="1")
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        sqs.client.send_message(QueueUrl=sqs.wakes.url, MessageBody="x", MessageGroupId="amy")
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        sqs.client.send_message(
            QueueUrl=sqs.wakes.url,
            MessageBody="x",
            MessageGroupId="amy",
            MessageDeduplicationId="1",
            DelaySeconds=5,
        )


def test_whoever_waits_is_woken_by_a_message_and_by_time(sqs: Sqs) -> None:
    found: list[str] = []

    def wait() -> None:
        found.extend(sqs.bodies(WaitTimeSeconds=10))

    for begin in (lambda: sqs.send("a1"), lambda: sqs.aws.clock.advance(181)):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.05)
        begin()
        waiting.join(2)
        assert not waiting.is_alive()
    assert found == ["a1", "a1"]


def test_counts_and_purging_know_what_is_out(sqs: Sqs) -> None:
    for group in ("amy", "bob", "cid"):
        sqs.send(f"{group}'s", group=group)
    sqs.receive()
    assert sqs.counts() == ("2", "1")
    sqs.client.purge_queue(QueueUrl=sqs.wakes.url)
    assert sqs.counts() == ("0", "0")


def test_a_queue_made_by_cloudformation_keeps_the_same_rules(aws: Cloud) -> None:
    template = """
Resources:
  Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: made-dead.fifo, FifoQueue: true}}
  Made:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: made.fifo
      FifoQueue: true
      DeduplicationScope: messageGroup
      FifoThroughputLimit: perMessageGroupId
      VisibilityTimeout: 180
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 1}
"""
    aws.client("cloudformation").create_stack(StackName="s", TemplateBody=template)
    client = aws.client("sqs")
    url, dead = (
        client.get_queue_url(QueueName=f"{n}.fifo")["QueueUrl"] for n in ("made", "made-dead")
    )
    sqs = Sqs(aws=aws, wakes=Wakes(url=url, dead=dead), client=client)
    for group in ("amy", "bob"):
        sqs.send("x", group=group, known_as="1")
    sqs.delete(sqs.receive()[0])
    sqs.send("x", group="amy", known_as="1")
    assert sqs.bodies() == ["x"]
    aws.clock.advance(181)
    assert sqs.bodies() == []
    assert sqs.counts(dead) == ("1", "0")

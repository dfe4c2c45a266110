"""A topic of the stand-in knows who is subscribed, and keeps what is published."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.cloud import Cloud
from tests.aws.topics import confirm, published


def counts(client: Any, topic: str) -> tuple[int, int]:
    told = client.get_topic_attributes(TopicArn=topic)["Attributes"]
    return int(told["SubscriptionsPending"]), int(told["SubscriptionsConfirmed"])


def test_an_address_counts_once_its_owner_confirmed_it_and_until_it_leaves(aws: Cloud) -> None:
    client = aws.client("sns")
    topic, other = (client.create_topic(Name=name)["TopicArn"] for name in ("people", "alarms"))
    assert counts(client, topic) == (0, 0)
    told = client.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    client.subscribe(TopicArn=other, Protocol="email", Endpoint="me@example.com")
    assert counts(client, topic) == (1, 0)
    confirm(aws.account, aws.region, topic)
    assert (counts(client, topic), counts(client, other)) == ((0, 1), (1, 0))
    client.unsubscribe(SubscriptionArn=told["SubscriptionArn"])
    assert counts(client, topic) == (0, 0)


def test_what_is_published_is_kept_though_nobody_reads_it(aws: Cloud) -> None:
    client = aws.client("sns")
    topic = client.create_topic(Name="people")["TopicArn"]
    assert client.publish(TopicArn=topic, Subject="a & b", Message="聊\n聊")["MessageId"]
    assert published(aws.account, aws.region, topic) == [("a & b", "聊\n聊")]


def test_a_topic_that_is_not_there_is_told(aws: Cloud) -> None:
    with pytest.raises(ClientError, match="NotFound"):
        counts(aws.client("sns"), f"arn:aws:sns:{aws.region}:{aws.account}:lost")

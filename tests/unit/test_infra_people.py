"""Who wants a human is told to a topic of its own, and mailed to whom the operator named."""

from __future__ import annotations

import re

import pytest

from chalicelib.domain.names import Names
from tests.template import Template

OWNER, STAFF = "owner@example.com", "staff@example.com"


def mailed(**given: str) -> list[str]:
    """The addresses that are subscribed to the topic."""
    subscriptions = Template.read(Stage="prod", **given).of("AWS::SNS::Subscription").values()
    own = [each for each in subscriptions if each["TopicArn"] == "<People>"]
    assert all(each["Protocol"] == "email" for each in own)
    return [each["Endpoint"] for each in own]


def test_mail_goes_where_alarms_go_unless_another_address_was_given() -> None:
    assert mailed() == []
    assert mailed(AlarmEmail=OWNER) == [OWNER]
    assert mailed(PeopleEmail=STAFF) == [STAFF]
    assert mailed(AlarmEmail=OWNER, PeopleEmail=STAFF) == [STAFF]


def test_the_topic_is_encrypted_for_it_carries_words_of_people() -> None:
    topic = Template.read(Stage="prod").of("AWS::SNS::Topic")["People"]
    assert topic["TopicName"] == Names(stage="prod").people
    assert topic["KmsMasterKeyId"] == "alias/aws/sns"


def test_nothing_but_people_is_told_there() -> None:
    template = Template.read(Stage="prod", AlarmEmail=OWNER)
    users = [name for name, each in template.resources.items() if "<People>" in str(each)]
    assert sorted(users) == ["PeopleByEmail", "PeopleTopicArn"]


@pytest.mark.parametrize("address", ["", STAFF])
def test_an_address_or_none_is_accepted(address: str) -> None:
    pattern = Template.read(Stage="prod").parsed["Parameters"]["PeopleEmail"]["AllowedPattern"]
    assert re.fullmatch(pattern, address)
    assert not re.fullmatch(pattern, "staff")

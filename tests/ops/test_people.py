"""The doctor tells whether anybody hears of it where somebody wants a human, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.names import Names
from ops.aws import Aws
from ops.health import Finding, Patient, amazon
from ops.show import Told
from ops.site import stack
from ops.trouble import Trouble
from tests.aws.cloud import Cloud
from tests.aws.topics import confirm

PROD = Names(stage="prod")
MAIL = "staff@example.com"

# moto tells of each kind it leaves out.
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")


@pytest.fixture
def sns(cloud_here: Cloud) -> Any:
    return cloud_here.client("sns")


def deployed(aws: Aws, project: Path, told: Told, **given: str) -> None:
    stack(aws, project, PROD, **given).apply(told)


def looked(project: Path) -> Finding:
    patient = Patient.of(project, "prod", {})
    try:
        (found,) = amazon.people(patient)
    finally:
        patient.close()
    return found


def subscribed(sns: Any) -> str:
    """Make the subscription, which moto leaves out of a stack; returns the topic."""
    (topic,) = [t["TopicArn"] for t in sns.list_topics()["Topics"] if PROD.people in t["TopicArn"]]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=MAIL)
    return str(topic)


def test_where_nobody_was_named_it_says_how_to_name_somebody(
    aws: Aws, project: Path, told: Told
) -> None:
    deployed(aws, project, told)
    found = looked(project)
    assert (found.good, found.detail) == (True, "nobody is told, and the bot says so")
    assert "ops deploy --stage prod --people-email" in found.do


@pytest.mark.parametrize("given", [{"PeopleEmail": MAIL}, {"AlarmEmail": MAIL}])
def test_an_address_that_did_not_confirm_is_named_with_how_it_is_asked_again(
    aws: Aws, project: Path, told: Told, sns: Any, given: dict[str, str]
) -> None:
    deployed(aws, project, told, **given)
    topic = subscribed(sns)
    found = looked(project)
    assert not found.good
    assert MAIL in found.detail
    asked = f"--topic-arn {topic} --protocol email --notification-endpoint {MAIL}"
    assert f"`aws sns subscribe {asked}`" in found.do


def test_one_who_confirmed_is_told(aws: Aws, project: Path, told: Told, sns: Any) -> None:
    deployed(aws, project, told, PeopleEmail=MAIL)
    confirm(aws.account, aws.region, subscribed(sns))
    assert looked(project) == Finding(
        good=True, what="People who want a human", detail="mailed to 1"
    )


def test_a_stage_that_was_never_deployed_or_before_there_was_a_topic_is_to_be_deployed(
    aws: Aws, project: Path
) -> None:
    found = looked(project)
    assert (found.good, found.detail) == (False, "there is no topic")
    assert "ops deploy --stage prod" in found.do


def test_a_topic_that_is_gone_is_trouble(aws: Aws, project: Path, told: Told, sns: Any) -> None:
    deployed(aws, project, told)
    sns.delete_topic(TopicArn=subscribed(sns))
    with pytest.raises(Trouble, match=f"looking at {PROD.people}"):
        looked(project)

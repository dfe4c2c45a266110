"""Alarms ring for what an operator must know, once, and say what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.adapters.telemetry.measures import NAMESPACE, TABLE
from chalicelib.domain.names import Names
from tests.template import Template

NAMES = Names(stage="prod")
EMAIL = "owner@example.com"

prod = Template.read(Stage="prod", AlarmEmail=EMAIL)
TOPIC = "<Alarms>"
alarms = {alarm["AlarmName"]: alarm for alarm in prod.of("AWS::CloudWatch::Alarm").values()}

OURS = {"service": NAMES.prefix}
API = {"ApiName": NAMES.app, "Stage": "api"}
WAKES = {"QueueName": NAMES.queue}
DEAD = {"QueueName": NAMES.dead_letters}
SWEEP = {"FunctionName": NAMES.functions["sweep"]}
OVER, UNDER = "GreaterThanThreshold", "LessThanThreshold"

#: what: namespace, metric, dimensions, statistic, seconds, periods, comparison, threshold, silence
EXPECTED: dict[str, tuple[Any, ...]] = {
    "dead-letters": (
        *("AWS/SQS", "ApproximateNumberOfMessagesVisible", DEAD, "Maximum"),
        *(60, 1, OVER, 0, "notBreaching"),
    ),
    "oldest-wake": (
        *("AWS/SQS", "ApproximateAgeOfOldestMessage", WAKES, "Maximum"),
        *(60, 3, OVER, 60, "notBreaching"),
    ),
    "sweep-stopped": (
        *("AWS/Lambda", "Invocations", SWEEP, "Sum"),
        *(300, 1, UNDER, 1, "breaching"),
    ),
    "failures": ("Liao", "Failures", OURS, "Sum", 300, 1, OVER, 0, "notBreaching"),
    "api-errors": ("AWS/ApiGateway", "5XXError", API, "Sum", 300, 1, OVER, 0, "notBreaching"),
    "slow-answers": ("Liao", "AnswerMs", OURS, "p95", 300, 3, OVER, "30000", "notBreaching"),
    "spend": ("Liao", "Spend", OURS, "Sum", 3600, 1, OVER, "1", "notBreaching"),
    "quota": ("Liao", "QuotaLeft", OURS, "Minimum", 3600, 1, UNDER, "20", "ignore"),
} | {
    f"{role}-{metric.lower()}": (
        *("AWS/Lambda", metric, {"FunctionName": function}, "Sum"),
        *(300, 1, OVER, 0, "notBreaching"),
    )
    for role, function in NAMES.functions.items()
    for metric in ("Errors", "Throttles")
}

#: Those whose end is worth a message too: they tell of a state, not of an event.
STATES = {"dead-letters", "oldest-wake", "sweep-stopped", "slow-answers", "spend", "quota"}
#: What `python -m ops` can do at night.
COMMANDS = {
    "doctor --stage prod",
    "failed list --stage prod",
    "logs --follow --stage prod",
}


def test_there_is_an_alarm_for_all_that_was_promised_and_no_other() -> None:
    assert alarms.keys() == {f"{NAMES.prefix}-{what}" for what in EXPECTED}


@pytest.mark.parametrize("what", EXPECTED)
def test_an_alarm_watches_what_its_name_says(what: str) -> None:
    alarm = alarms[f"{NAMES.prefix}-{what}"]
    assert (
        alarm["Namespace"],
        alarm["MetricName"],
        {each["Name"]: each["Value"] for each in alarm["Dimensions"]},
        alarm.get("Statistic", alarm.get("ExtendedStatistic")),
        alarm["Period"],
        alarm["EvaluationPeriods"],
        alarm["ComparisonOperator"],
        alarm["Threshold"],
        alarm["TreatMissingData"],
    ) == EXPECTED[what]
    assert alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) == alarm["EvaluationPeriods"]
    assert alarm.get("ActionsEnabled", True)


@pytest.mark.parametrize("what", EXPECTED)
def test_every_alarm_is_published_and_states_tell_when_they_end(what: str) -> None:
    alarm = alarms[f"{NAMES.prefix}-{what}"]
    assert alarm["AlarmActions"] == [TOPIC]
    assert alarm.get("OKActions", []) == ([TOPIC] if what in STATES else [])


@pytest.mark.parametrize("what", EXPECTED)
def test_every_alarm_says_what_to_do(what: str) -> None:
    said = alarms[f"{NAMES.prefix}-{what}"]["AlarmDescription"]
    assert len(said) <= 400  # a message on a phone; CloudWatch allows 1,024
    assert said.endswith(".")
    assert "  " not in said
    told = re.findall(r"`python -m ops ([^`]+)`", said)
    assert set(told) <= COMMANDS
    assert told or f"dashboard {NAMES.prefix}" in said


def test_an_alarm_of_the_bots_own_watches_what_the_bot_measures() -> None:
    ours = {alarm["MetricName"] for alarm in alarms.values() if alarm["Namespace"] == NAMESPACE}
    assert ours <= {row.metric for row in TABLE if not row.by}


def test_a_percentile_rings_for_a_small_bot_too() -> None:
    slow = alarms[f"{NAMES.prefix}-slow-answers"]
    assert slow["EvaluateLowSampleCountPercentile"] == "evaluate"


def test_thresholds_are_the_operators() -> None:
    given = {"SpendPerHour": "0.25", "SlowAnswerMs": "12000", "QuotaNearlyUsed": "500"}
    stack = Template.read(Stage="prod", **given)
    set_to = {
        alarm["AlarmName"]: alarm["Threshold"]
        for alarm in stack.of("AWS::CloudWatch::Alarm").values()
    }
    assert set_to[f"{NAMES.prefix}-spend"] == "0.25"
    assert set_to[f"{NAMES.prefix}-slow-answers"] == "12000"
    assert set_to[f"{NAMES.prefix}-quota"] == "500"


def test_alarms_are_mailed_only_where_an_address_was_given() -> None:
    mail = prod.of("AWS::SNS::Subscription")["AlarmsByEmail"]
    assert mail == {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": EMAIL}
    others = Template.read(Stage="prod", PeopleEmail=EMAIL).of("AWS::SNS::Subscription")
    assert TOPIC not in {each["TopicArn"] for each in others.values()}


def test_cloudwatch_may_publish_to_the_topic() -> None:
    topic = prod.of("AWS::SNS::Topic")["Alarms"]
    # With AWS's own key for SNS, alarms would be dropped without a word.
    assert "KmsMasterKeyId" not in topic


@pytest.mark.parametrize("address", ["", "owner@example.com"])
def test_an_address_or_none_is_accepted(address: str) -> None:
    assert re.fullmatch(prod.parsed["Parameters"]["AlarmEmail"]["AllowedPattern"], address)
    assert not re.fullmatch(prod.parsed["Parameters"]["AlarmEmail"]["AllowedPattern"], "owner")

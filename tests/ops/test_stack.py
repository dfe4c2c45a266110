"""The stack: made, changed, left alone; and what CloudFormation refuses is told by its cause.

The template here is small; `infra/stack.yaml` is applied by the deployment's own tests.
"""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from chalicelib.domain.names import Names
from ops.aws import Aws
from ops.show import Told
from ops.site import stack
from ops.stack import Stack
from ops.trouble import Trouble
from tests.aws.cloud import Cloud
from tests.running import PROJECT

PROD = Names(stage="prod")
TEMPLATE = """
Parameters:
  Stage: {Type: String}
  LogRetentionDays: {Type: Number, Default: 30}
Resources:
  Wakes:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "liao-${Stage}-wakes.fifo"
      FifoQueue: true
"""


@pytest.fixture
def small(aws: Aws, tmp_path: Path) -> Stack:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "stack.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / ".chalice").mkdir()
    shutil.copy(PROJECT / ".chalice" / "config.json", tmp_path / ".chalice")
    return dataclasses.replace(stack(aws, tmp_path, PROD), step=0.01)


def test_it_is_made_once_and_then_left_alone(small: Stack, told: Told, cloud_here: Cloud) -> None:
    assert small.plan() == "create stack liao-prod with 1 resources"
    assert small.status() == ""
    assert small.apply(told) == "created"
    assert small.apply(told) == "no changes"
    assert small.plan() == ""
    urls = cloud_here.client("sqs").list_queues()["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["liao-prod-wakes.fifo"]


def test_a_changed_template_updates_it(small: Stack, told: Told) -> None:
    small.apply(told)
    changed = dataclasses.replace(small, body=small.body.replace("-wakes", "-calls"))
    assert changed.plan() == "update stack liao-prod"
    assert changed.apply(told) == "updated"
    assert changed.plan() == ""


def test_what_was_chosen_once_is_kept_until_it_is_chosen_anew(small: Stack, told: Told) -> None:
    week = dataclasses.replace(small, given={**small.given, "LogRetentionDays": "7"})
    assert small.value("LogRetentionDays") == "30"
    week.apply(told)
    assert small.value("LogRetentionDays") == "7"
    assert small.plan() == ""


def test_a_parameter_that_the_template_does_not_know_is_left_out(small: Stack, told: Told) -> None:
    more = dataclasses.replace(small, given={**small.given, "Unheard": "of"})
    assert more.apply(told) == "created"


def test_it_is_deleted_and_a_second_time_nothing_happens(small: Stack, told: Told) -> None:
    small.apply(told)
    small.delete(told)
    assert not small.stands()
    small.delete(told)


def test_without_a_template_it_says_so(aws: Aws, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="can't be read"):
        stack(aws, tmp_path, PROD)


def test_the_real_templates_parameters_are_understood(aws: Aws, project: Path) -> None:
    made = stack(aws, project, PROD, AlarmEmail="me@example.com")
    assert made.value("AlarmEmail") == "me@example.com"
    assert made.value("LogRetentionDays") == "30"

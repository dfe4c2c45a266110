"""What CloudFormation refuses, which moto never does: a scripted one answers here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.aws import Aws
from ops.show import Told
from ops.stack import Stack
from ops.trouble import Trouble

BODY = "Parameters: {}\nResources: {A: {Type: AWS::SQS::Queue}}\n"
NONE = ClientError(
    {"Error": {"Code": "ValidationError", "Message": "Stack with id x does not exist"}},
    "DescribeStacks",
)


@dataclass
class Scripted:
    """A CloudFormation whose stack goes through the given states; "" is none."""

    statuses: list[str]
    events: list[dict[str, str]] = field(default_factory=list)
    change_set: dict[str, str] = field(default_factory=lambda: {"Status": "CREATE_COMPLETE"})
    after: list[dict[str, str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def client(self, service: str, **_: Any) -> Scripted:
        return self

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            raise NONE
        return {"Stacks": [{"StackStatus": status, "Parameters": []}]}

    def create_change_set(self, **asked: Any) -> dict[str, Any]:
        self.kinds.append(asked["ChangeSetType"])
        return {}

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        return self.change_set

    def delete_change_set(self, **_: Any) -> None:
        self.called.append("delete_change_set")

    def execute_change_set(self, **_: Any) -> None:
        self.called.append("execute_change_set")
        self.events = [*self.after, *self.events]

    def delete_stack(self, **_: Any) -> None:
        self.called.append("delete_stack")

    def get_paginator(self, _: str) -> Scripted:
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield {"StackEvents": self.events}


def event(number: int, name: str, status: str, reason: str = "") -> dict[str, str]:
    return {
        "EventId": str(number),
        "LogicalResourceId": name,
        "ResourceType": "AWS::SQS::Queue",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def scripted(cloudformation: Scripted) -> Stack:
    aws = Aws(session=cloudformation, account="1", region="r")
    return Stack(aws=aws, name="liao-prod", body=BODY, given={}, step=0)


def test_the_first_resource_that_failed_in_this_run_is_named(told: Told) -> None:
    cloudformation = Scripted(
        statuses=[*["UPDATE_COMPLETE"] * 3, "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
        events=[event(1, "Older", "CREATE_FAILED", "long ago")],
        after=[
            event(4, "Second", "UPDATE_FAILED", "Resource update cancelled"),
            event(3, "First", "UPDATE_FAILED", "Queue has a bad name"),
            event(2, "Begun", "UPDATE_IN_PROGRESS"),
        ],
    )
    with pytest.raises(Trouble, match=r"First \(AWS::SQS::Queue\): Queue has a bad name"):
        scripted(cloudformation).apply(told)


def test_a_stack_that_could_not_be_made_is_cleared_away_and_made_anew(told: Told) -> None:
    cloudformation = Scripted(
        statuses=["ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", ""]
    )
    with pytest.raises(Trouble):  # the script ends without a stack
        scripted(cloudformation).apply(told)
    assert cloudformation.called == ["delete_stack", "execute_change_set"]
    assert cloudformation.kinds == ["CREATE"]


def test_what_is_under_way_is_waited_for_and_told(told: Any) -> None:
    cloudformation = Scripted(
        statuses=["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"],
        change_set={
            "Status": "FAILED",
            "StatusReason": "The submitted information didn't contain changes.",
        },
    )
    assert scripted(cloudformation).apply(told) == "no changes"
    assert told.lines == ["create in progress", "create in progress"]
    assert cloudformation.called == ["delete_change_set"]


def test_a_template_that_cloudformation_refuses_is_told_in_its_words(told: Told) -> None:
    cloudformation = Scripted(
        statuses=["CREATE_COMPLETE"],
        change_set={"Status": "FAILED", "StatusReason": "Unresolved resource Nothing"},
    )
    with pytest.raises(Trouble, match="Unresolved resource Nothing"):
        scripted(cloudformation).apply(told)

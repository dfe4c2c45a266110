"""A stage's stack on CloudFormation: what holds words, wakes workers and watches over both.

Applying it twice changes nothing. What CloudFormation refuses is told by the first resource that
failed, because the rest failed for its sake.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from botocore.exceptions import ClientError

from ops.aws import Aws, explained, says
from ops.trouble import Trouble

Json = dict[str, Any]

TEMPLATE: Final = Path("infra") / "stack.yaml"
_STEP: Final = 2.0
_NOTHING: Final = ("didn't contain changes", "No updates are to be performed")
_DEAD: Final = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")


class _Loader(yaml.SafeLoader):
    """Reads a template's YAML; what CloudFormation's tags mean is of no matter here."""


_Loader.add_multi_constructor("!", lambda _loader, suffix, _node: suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack and the template it is made from."""

    aws: Aws = field(repr=False)
    name: str
    body: str = field(repr=False)
    given: Mapping[str, str]
    step: float = _STEP

    @classmethod
    def of(cls, aws: Aws, project: Path, name: str, given: Mapping[str, str]) -> Stack:
        """A stage's stack; given: parameters to set. Raises Trouble without a template."""
        path = project / TEMPLATE
        try:
            body = path.read_text(encoding="utf-8")
        except OSError as exc:
            raise Trouble(f"{path} can't be read: {exc}", "Take it from git again.") from exc
        return cls(aws=aws, name=name, body=body, given=given)

    @property
    def template(self) -> Json:
        """The template's content."""
        return dict(yaml.load(self.body, Loader=_Loader))  # noqa: S506 - it derives from SafeLoader

    def status(self) -> str:
        """The stack's status, "" where there is none. Raises Trouble."""
        return str((self._described() or {}).get("StackStatus", ""))

    def stands(self) -> bool:
        """True where there is a stack that can be updated. Raises Trouble."""
        return self._stands(self._described())

    def value(self, parameter: str) -> str:
        """A parameter's value: given, else as it is, else its default. Raises Trouble."""
        now = {it["ParameterKey"]: it["ParameterValue"] for it in _parameters(self._described())}
        default = self._declared().get(parameter, {}).get("Default", "")
        return str(self.given.get(parameter, now.get(parameter, default)))

    def plan(self) -> str:
        """What applying would do, without changing anything. Raises Trouble."""
        described = self._described()
        if not self._stands(described):
            return f"create stack {self.name} with {len(self.template['Resources'])} resources"
        with explained("reading the stack"):
            client = self.aws.client("cloudformation")
            body = client.get_template(StackName=self.name)["TemplateBody"]
        now = {each["ParameterKey"]: each["ParameterValue"] for each in _parameters(described)}
        wanted = {name: value for name, value in self.given.items() if name in self._declared()}
        same = str(body).strip() == self.body.strip() and wanted.items() <= now.items()
        return "" if same else f"update stack {self.name}"

    def apply(self, told: Callable[[str], None]) -> str:
        """Create or update, and wait; returns what was done. Raises Trouble."""
        self._settle(told)
        described = self._described()
        if described and described["StackStatus"] in _DEAD:
            # What could not be made once holds nothing, and can't be updated.
            self.delete(told)
            described = None
        stands = self._stands(described)
        change_set = self._changed("UPDATE" if stands else "CREATE", described)
        if not change_set:
            return "no changes"
        since = self._last_event()
        with explained("applying the stack"):
            client = self.aws.client("cloudformation")
            client.execute_change_set(StackName=self.name, ChangeSetName=change_set)
        status = self._settle(told)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise self._failed(status, since)
        return "updated" if stands else "created"

    def delete(self, told: Callable[[str], None]) -> None:
        """Delete, and wait; a stack that is gone already is no error. Raises Trouble."""
        if not self.status():
            return
        since = self._last_event()
        with explained("deleting the stack"):
            self.aws.client("cloudformation").delete_stack(StackName=self.name)
        status = self._settle(told)
        if status and status != "DELETE_COMPLETE":
            raise self._failed(status, since)

    def _declared(self) -> Json:
        return dict(self.template.get("Parameters", {}))

    def _described(self) -> Json | None:
        try:
            found = self.aws.client("cloudformation").describe_stacks(StackName=self.name)
        except ClientError as exc:
            if "does not exist" in says(exc):
                return None
            with explained("reading the stack"):
                raise
        return dict(found["Stacks"][0])

    @staticmethod
    def _stands(described: Json | None) -> bool:
        return bool(described) and (described or {})["StackStatus"] not in (
            "REVIEW_IN_PROGRESS",  # a change set was made and never executed
            "DELETE_COMPLETE",
            *_DEAD,
        )

    def _changed(self, kind: str, described: Json | None) -> str:
        """Make a change set; "" where it would change nothing. Raises Trouble."""
        client = self.aws.client("cloudformation")
        named = {"StackName": self.name, "ChangeSetName": f"ops-{time.time_ns()}"}
        with explained("comparing the stack"):
            try:
                client.create_change_set(
                    **named,
                    ChangeSetType=kind,
                    TemplateBody=self.body,
                    Parameters=list(self._given(_parameters(described))),
                )
            except ClientError as exc:
                if _NOTHING[1] in says(exc):
                    return ""
                raise
            while (made := client.describe_change_set(**named))["Status"] in (
                "CREATE_PENDING",
                "CREATE_IN_PROGRESS",
            ):
                time.sleep(self.step)
            if made["Status"] != "FAILED":
                return named["ChangeSetName"]
            client.delete_change_set(**named)
        reason = made.get("StatusReason", "")
        if any(words in reason for words in _NOTHING):
            return ""
        raise Trouble(f"CloudFormation refuses {TEMPLATE}: {reason}", "Mend the template.")

    def _given(self, now: list[Json]) -> Iterator[Json]:
        """The parameters' values: what is given, else what they are; new ones have defaults."""
        known = {each["ParameterKey"] for each in now}
        for name in self._declared():
            if name in self.given:
                yield {"ParameterKey": name, "ParameterValue": self.given[name]}
            elif name in known:
                yield {"ParameterKey": name, "UsePreviousValue": True}

    def _settle(self, told: Callable[[str], None]) -> str:
        """Wait until nothing goes on; returns the status, "" where the stack is gone."""
        while (status := self.status()).endswith("IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            told(status.replace("_", " ").lower())
            time.sleep(self.step)
        return status

    def _events(self) -> list[Json]:
        """What happened, newest first."""
        with explained("reading the stack's events"):
            asked = {"StackName": self.name}
            return list(
                self.aws.pages("cloudformation", "describe_stack_events", "StackEvents", **asked)
            )

    def _last_event(self) -> str:
        events = self._events() if self.status() else []
        return str(events[0]["EventId"]) if events else ""

    def _failed(self, status: str, since: str) -> Trouble:
        """Name the first resource that failed after an event."""
        first = None
        for event in self._events():
            if event["EventId"] == since:
                break
            if event.get("ResourceStatus", "").endswith("FAILED"):
                first = event
        why = status.replace("_", " ").lower()
        if first:
            reason = first.get("ResourceStatusReason", "")
            why = f"{first['LogicalResourceId']} ({first['ResourceType']}): {reason}"
        return Trouble(f"the stack failed: {why}", "Mend that, then run this again.")


def _parameters(described: Json | None) -> list[Json]:
    return list((described or {}).get("Parameters", []))

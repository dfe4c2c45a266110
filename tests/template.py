"""Reads `infra/stack.yaml` as CloudFormation would: what a stage's stack declares, in plain values.

moto skips much of a stack without a word (alarms, TTL, point-in-time recovery, bucket settings), so
those promises are asserted here, on the template with its functions worked out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

PATH = Path(__file__).parents[1] / "infra" / "stack.yaml"
ACCOUNT = "123456789012"
REGION = "ap-northeast-1"

Json = dict[str, Any]

_PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws"}
#: What `Ref` gives for a resource that has a name of its own; of others only a mark is needed.
_NAMED = {"AWS::S3::Bucket": "BucketName", "AWS::DynamoDB::Table": "TableName"}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, given as their long form."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Json:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise TypeError(f"!{suffix} of {node}")
    return {suffix: value}


_Loader.add_multi_constructor("!", _tagged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The template and the parameters it is applied with."""

    parsed: Json
    given: Mapping[str, str]

    @classmethod
    def read(cls, **given: str) -> Template:
        """Read the template for these parameters; the others have their defaults."""
        parsed = yaml.load(PATH.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
        defaults = {
            name: str(declared["Default"])
            for name, declared in parsed["Parameters"].items()
            if "Default" in declared
        }
        return cls(parsed=parsed, given=defaults | given)

    @property
    def resources(self) -> dict[str, Json]:
        """What would be made, by logical id: those whose condition holds."""
        return {
            name: self._plain(resource)
            for name, resource in self.parsed["Resources"].items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }

    def of(self, kind: str) -> dict[str, Json]:
        """The properties of what would be made of a kind, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    @property
    def outputs(self) -> dict[str, Any]:
        """What the stack tells, by name."""
        return {
            name: self._plain(output["Value"]) for name, output in self.parsed["Outputs"].items()
        }

    @property
    def widgets(self) -> list[Json]:
        """The dashboard's widgets, in the order they are written."""
        (board,) = self.of("AWS::CloudWatch::Dashboard").values()
        return list(json.loads(board["DashboardBody"])["widgets"])

    def _holds(self, condition: str) -> bool:
        return bool(self._plain(self.parsed["Conditions"][condition]))

    def _plain(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._plain(each) for each in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, value),) = node.items()
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, value)
        return {name: self._plain(value) for name, value in node.items()}

    def _ref(self, name: str) -> str:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.parsed["Parameters"]:
            return self.given[name]
        resource = self.parsed["Resources"][name]
        own = _NAMED.get(resource["Type"])
        return str(self._plain(resource["Properties"][own])) if own else f"<{name}>"

    def _attribute(self, path: str) -> str:
        name, attribute = path.split(".")
        properties = self.parsed["Resources"][name]["Properties"]
        return str(self._plain(properties.get(attribute, f"<{path}>")))

    def _sub(self, value: str | list[Any]) -> str:
        text, local = (value, {}) if isinstance(value, str) else value
        known = {name: self._plain(each) for name, each in local.items()}

        def filled(found: re.Match[str]) -> str:
            name = found[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in known:
                return str(known[name])
            return self._attribute(name) if "." in name else self._ref(name)

        return re.sub(r"\$\{([^}]+)\}", filled, text)

    def _if(self, value: list[Any]) -> Any:
        condition, then, otherwise = value
        return self._plain(then if self._holds(condition) else otherwise)

    def _equals(self, value: list[Any]) -> bool:
        left, right = self._plain(value)
        return bool(left == right)

    def _not(self, value: list[Any]) -> bool:
        return not self._plain(value[0])

    def _or(self, value: list[Any]) -> bool:
        return any(self._plain(each) for each in value)


#: What is worked out here, by its short tag.
_FUNCTIONS: Final[Mapping[str, Callable[[Template, Any], Any]]] = {
    "Ref": Template._ref,
    "GetAtt": Template._attribute,
    "Sub": Template._sub,
    "If": Template._if,
    "Equals": Template._equals,
    "Not": Template._not,
    "Or": Template._or,
    "Condition": Template._holds,
}

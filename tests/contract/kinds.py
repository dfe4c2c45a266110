"""LINE's OpenAPI files as judges of messages, down to the last component and action, and of events.

A file tells by a `type` what a message, a component or an action is. Validators of OpenAPI look
at such a type and no further where its kinds are made by `allOf`, as LINE's are. So here every
reference to a thing of several kinds becomes a rule for each kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.contract.spec import FILE, WEBHOOKS

Json = dict[str, Any]


def check_by_file(said: Json) -> None:
    """Raise where LINE's file describes no such message; without the file, take everything."""
    if FILE.exists():
        _judge(FILE, "Message").validate(said)


def check_event_by_file(event: Json) -> None:
    """Raise where LINE's file describes no such event; without the file, take everything."""
    if WEBHOOKS.exists():
        _judge(WEBHOOKS, "Event").validate(event)


@cache
def _judge(file: Path, root: str) -> Any:
    schemas = yaml.safe_load(file.read_text("utf-8"))["components"]["schemas"]
    followed = {name: _followed(schema, schemas) for name, schema in schemas.items()}
    kinds = schemas[root]["discriminator"]["mapping"]
    return Draft202012Validator({**_by_kind(kinds), "components": {"schemas": followed}})


def _followed(node: Any, schemas: Mapping[str, Json]) -> Any:
    """A schema whose references lead to the kinds; in `allOf` they name what a kind is made of."""
    if isinstance(node, list):
        return [_followed(part, schemas) for part in node]
    if not isinstance(node, dict):
        return node
    named = schemas.get(str(node.get("$ref")).rsplit("/", 1)[-1], {})
    if "discriminator" in named:
        return _by_kind(named["discriminator"]["mapping"])
    return {
        key: [part if "$ref" in part else _followed(part, schemas) for part in inner]
        if key == "allOf"
        else _followed(inner, schemas)
        for key, inner in node.items()
    }


def _by_kind(kinds: Mapping[str, str]) -> Json:
    """A rule for each kind, and none for others."""
    rules = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"$ref": place}}
        for kind, place in kinds.items()
    ]
    known = {"required": ["type"], "properties": {"type": {"enum": [*kinds]}}}
    return {"type": "object", **known, "allOf": rules}

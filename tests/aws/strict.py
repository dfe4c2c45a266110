"""What DynamoDB refuses and moto lets pass: a mistake would be seen on AWS first.

- an attribute that an index is keyed by, with a value of another type, or an empty one;
- in a transaction, a value that no expression uses, and an empty set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from tests.aws.accounts import account_of, region_of
from tests.aws.wsgi import Answer, Application, Environ, body_of

Json = dict[str, Any]
_PREFIX: Final = "DynamoDB_20120810."
_SETS: Final = ("SS", "NS", "BS")
_EXPRESSIONS: Final = ("UpdateExpression", "ConditionExpression")
_ASSIGNED = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")


def strict(ask: Application) -> Application:
    """Refuse what DynamoDB refuses, before moto takes it."""

    def checked(environ: Environ) -> Answer:
        target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
        action = target.removeprefix(_PREFIX)
        if not target.startswith(_PREFIX) or action not in _WRITES:
            return ask(environ)
        tables = dynamodb_backends[account_of(environ)][region_of(environ)].tables
        for write, is_in_transaction in _WRITES[action](json.loads(body_of(environ))):
            wrong = _wrong_key(write, tables.get(write["TableName"]))
            if is_in_transaction:
                wrong = wrong or _unused_value(write) or _empty_set(write)
            if wrong:
                return invalid(wrong)
        return ask(environ)

    return checked


def invalid(told: str, kind: str = "com.amazon.coral.validate#ValidationException") -> Answer:
    """DynamoDB's refusal."""
    body = json.dumps({"__type": kind, "message": told}).encode()
    return 400, {"Content-Type": "application/x-amz-json-1.0"}, body


def _alone(asked: Json) -> Iterator[tuple[Json, bool]]:
    yield asked, False


def _together(asked: Json) -> Iterator[tuple[Json, bool]]:
    for item in asked["TransactItems"]:
        yield next(iter(item.values())), True


def _batch(asked: Json) -> Iterator[tuple[Json, bool]]:
    for name, requests in asked["RequestItems"].items():
        for request in requests:
            if "PutRequest" in request:
                yield {"TableName": name, **request["PutRequest"]}, True


_WRITES: Final = {
    "PutItem": _alone,
    "UpdateItem": _alone,
    "TransactWriteItems": _together,
    "BatchWriteItem": _batch,
}


def _wrong_key(write: Json, table: Table | None) -> str | None:
    """What is wrong with the attributes an index is keyed by."""
    if table is None:
        return None
    kinds = {told["AttributeName"]: told["AttributeType"] for told in table.attr}
    for name, value in {**write.get("Item", {}), **_assigned(write)}.items():
        ((kind, content),) = value.items()
        if name in kinds and kind != kinds[name]:
            return (
                "One or more parameter values were invalid: Type mismatch for Index Key "
                f"{name} Expected: {kinds[name]} Actual: {kind}"
            )
        if name in kinds and content == "":
            return (
                "One or more parameter values are not valid. A value specified for a secondary "
                f"index key is not supported. The AttributeValue for a key attribute cannot "
                f"contain an empty string value. Key: {name}"
            )
    return None


def _assigned(write: Json) -> Json:
    """The attributes an update sets to one of its values."""
    names, values = (write.get(f"ExpressionAttribute{what}") or {} for what in ("Names", "Values"))
    found = _ASSIGNED.findall(write.get("UpdateExpression", ""))
    return {names.get(name, name): values[value] for name, value in found if value in values}


def _unused_value(write: Json) -> str | None:
    said = " ".join(write.get(name) or "" for name in _EXPRESSIONS)
    used = set(re.findall(r":\w+", said))
    unused = sorted(set(write.get("ExpressionAttributeValues") or {}) - used)
    if not unused:
        return None
    return (
        "Value provided in ExpressionAttributeValues unused in expressions: "
        f"keys: {{{', '.join(unused)}}}"
    )


def _empty_set(write: Json) -> str | None:
    every = [
        *write.get("Item", {}).values(),
        *(write.get("ExpressionAttributeValues") or {}).values(),
    ]
    if any(value.get(kind) == [] for value in every for kind in _SETS):
        return "One or more parameter values were invalid: An set may not be empty"
    return None

"""Items in Python's own types, and as DynamoDB writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Value = str | int | bool | list[str]
#: An item of the table.
Item = dict[str, Value]
Json = dict[str, Any]


def key(pk: str, sk: str) -> Item:
    """Make an item's key."""
    return {"pk": pk, "sk": sk}


def place(item: Item) -> tuple[str, str]:
    """Where an item lies: its partition and its sort key."""
    return str(item["pk"]), str(item["sk"])


def written(record: object) -> str:
    """Write a record as JSON, as short as DynamoDB counts it.

    Half a character (of a surrogate pair that a phone broke) is no UTF-8, so it needs escapes.
    """
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(record, separators=(",", ":"))
    return text


def pack(item: Mapping[str, Value]) -> Json:
    """Write an item as DynamoDB's JSON."""
    return {name: _packed(value) for name, value in item.items()}


def unpack(item: Mapping[str, Any]) -> Item:
    """Read DynamoDB's JSON."""
    return {name: _unpacked(value) for name, value in item.items()}


def _packed(value: Value) -> Json:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": value}
    return {"L": [{"S": one} for one in value]}


def _unpacked(value: Mapping[str, Any]) -> Value:
    ((kind, inside),) = value.items()
    if kind == "N":
        return int(inside)
    if kind == "L":
        return [str(one["S"]) for one in inside]
    return bool(inside) if kind == "BOOL" else str(inside)

"""A value that fits a JSON schema, always the same one for the same schema.

The demo model answers `response_format: json_schema` with it, so that code which wants structured
answers can be tried without a model.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

FORMATS = {
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "demo@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}
DEEPEST = 12
#: Deeper than any value that ends.
ENDLESS = 60
MOST_ITEMS = 1_000
MOST_LETTERS = 100_000


class BadSchema(ValueError):
    """No value fits the schema, or it is none; the message says why."""


def example(schema: Any, *, words: str) -> Any:
    """Make a value for the schema; strings hold `words` where nothing else is asked of them.

    Raises BadSchema.
    """
    try:
        return _example(schema, words=words, root=schema, depth=0)
    except (LookupError, TypeError, AttributeError) as exc:
        raise BadSchema(f"it could not be read ({exc})") from exc


def _example(schema: Json, *, words: str, root: Json, depth: int) -> Any:
    if depth > ENDLESS:
        raise BadSchema("its values would never end")
    if "$ref" in schema:
        return _example(_lookup(root, schema["$ref"]), words=words, root=root, depth=depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            choice = _choose(schema[name], depth)
            return _example(choice, words=words, root=root, depth=depth + 1)
    return _of_type(schema, words=words, root=root, depth=depth)


def _choose(choices: list[Json], depth: int) -> Json:
    """The first choice; deep inside a recursive schema, null if that is one."""
    nothing = [choice for choice in choices if choice.get("type") == "null"]
    return nothing[0] if nothing and depth > DEEPEST else choices[0]


def _of_type(schema: Json, *, words: str, root: Json, depth: int) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((name for name in kind if name != "null"), "null")
    if kind == "object" or (kind is None and "properties" in schema):
        return {
            name: _example(part, words=words, root=root, depth=depth + 1)
            for name, part in schema.get("properties", {}).items()
        }
    if kind == "array":
        count = schema.get("minItems", 0 if depth > DEEPEST else 1)
        if count > MOST_ITEMS:
            raise BadSchema(f"the simulator makes at most {MOST_ITEMS} items")
        item = schema.get("items", {})
        return [_example(item, words=words, root=root, depth=depth + 1) for _ in range(count)]
    if kind in ("integer", "number"):
        return _number(schema, whole=kind == "integer")
    plain: Json = {"boolean": True, "null": None}
    return plain[kind] if kind in plain else _string(schema, words)


def _number(schema: Json, *, whole: bool) -> float:
    low: float = schema.get("minimum") or schema.get("exclusiveMinimum") or 0
    value = low + (1 if "exclusiveMinimum" in schema else 0)
    value = min(value, schema.get("maximum", value))
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        value = schema["exclusiveMaximum"] - 1
    step = schema.get("multipleOf")
    if step:
        value = -(-value // step) * step
    return int(value) if whole else value


def _string(schema: Json, words: str) -> str:
    if isinstance(known := schema.get("format"), str) and known in FORMATS:
        return FORMATS[known]
    text: str = words or "demo"
    shortfall = schema.get("minLength", 0) - len(text)
    if shortfall > MOST_LETTERS:
        raise BadSchema(f"the simulator writes at most {MOST_LETTERS} letters")
    text += "." * shortfall
    most: int = schema.get("maxLength", len(text))
    return text[:most]


def _lookup(root: Json, ref: str) -> Json:
    found: Any = root
    for step in ref.removeprefix("#").strip("/").split("/"):
        if step:
            found = found[step.replace("~1", "/").replace("~0", "~")]
    return dict(found)

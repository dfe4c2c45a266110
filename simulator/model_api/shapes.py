"""What the fields of a request to the model must be, as tables, and how OpenAI says that one isn't.

Only what the simulator looks at is here; OpenAI's other fields are taken as they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

KINDS: Mapping[type, str] = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
}


class Misshapen(Exception):
    """A field is not what it must be; `param` names it, `code` says how it is wrong."""

    def __init__(self, message: str, *, param: str, code: str) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A value of one of these types, not below `low`; items: what a list's items are."""

    kinds: tuple[type, ...]
    low: int | None = None
    items: tuple[type, ...] | None = None

    def check(self, value: Any, name: str) -> None:
        """Raise Misshapen where the value is another."""
        _check_kind(value, self.kinds, name)
        if self.low is not None and value < self.low:
            wanted = f"Expected a value >= {self.low}, but got {value} instead."
            message = f"Invalid '{name}': integer below minimum value. {wanted}"
            raise Misshapen(message, param=name, code="integer_below_min_value")
        if self.items and isinstance(value, list):
            for index, item in enumerate(value):
                _check_kind(item, self.items, f"{name}[{index}]")


def _check_kind(value: Any, kinds: tuple[type, ...], name: str) -> None:
    if type(value) not in kinds:
        wanted = " or ".join(KINDS[kind] for kind in kinds)
        given = KINDS.get(type(value), "null")
        message = f"Invalid type for '{name}': expected {wanted}, but got {given} instead."
        raise Misshapen(message, param=name, code="invalid_type")


TEXT = Shape(kinds=(str,))
FLAG = Shape(kinds=(bool,))
OBJECT = Shape(kinds=(dict,))
OBJECTS = Shape(kinds=(list,), items=(dict,))
COUNT = Shape(kinds=(int,), low=1)
NATURAL = Shape(kinds=(int,), low=0)

CHAT: Mapping[str, Shape] = {
    "model": TEXT,
    "messages": OBJECTS,
    "max_tokens": COUNT,
    "max_completion_tokens": COUNT,
    "stream": FLAG,
    "stream_options": OBJECT,
    "response_format": OBJECT,
}
RESPONSES: Mapping[str, Shape] = {
    "model": TEXT,
    "input": Shape(kinds=(str, list), items=(dict,)),
    "instructions": TEXT,
    "max_output_tokens": COUNT,
    "metadata": OBJECT,
    "previous_response_id": TEXT,
    "store": FLAG,
    "stream": FLAG,
    "text": OBJECT,
    "tools": OBJECTS,
}
EMBEDDINGS: Mapping[str, Shape] = {
    "model": TEXT,
    "input": Shape(kinds=(str, list), items=(str, int, list)),
    "dimensions": COUNT,
    "encoding_format": TEXT,
}
SPEECH: Mapping[str, Shape] = {
    "model": TEXT,
    "input": TEXT,
    "voice": Shape(kinds=(str, dict)),
    "response_format": TEXT,
}
TRANSCRIPTION: Mapping[str, Shape] = {"model": TEXT, "language": TEXT, "response_format": TEXT}
IMAGES: Mapping[str, Shape] = {
    "model": TEXT,
    "prompt": TEXT,
    "n": NATURAL,
    "size": TEXT,
    "response_format": TEXT,
}


def check(body: Json, shapes: Mapping[str, Shape]) -> None:
    """Look at every field that is there; null is absence. Raises Misshapen."""
    for name, shape in shapes.items():
        if body.get(name) is not None:
            shape.check(body[name], name)

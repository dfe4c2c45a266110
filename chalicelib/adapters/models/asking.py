"""What both dialects make of a prompt and of an answer, before and after their own words for it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from chalicelib.adapters.models.reading import clean
from chalicelib.domain import loose_json
from chalicelib.domain.catalogue import Ability, ModelSpec
from chalicelib.domain.errors import Cause, ModelBusy
from chalicelib.domain.media import Medium
from chalicelib.domain.prompt import Prompt

#: What a schema is called, for vendors that want a name.
_SCHEMA_NAME = "answer"
_IN_WORDS = "Answer with one JSON object alone, by this JSON schema:\n{schema}"


def system_text(prompt: Prompt, spec: ModelSpec) -> str:
    """The system text; it asks for JSON in words where the model keeps to no schema."""
    told = [prompt.system]
    if prompt.schema is not None and not spec.can(Ability.JSON_SCHEMA):
        told.append(_IN_WORDS.format(schema=json.dumps(prompt.schema, ensure_ascii=False)))
    return clean("\n\n".join(text for text in told if text))


def images(prompt: Prompt, spec: ModelSpec) -> tuple[Medium, ...]:
    """The pictures that go along: none to a model that can't see."""
    return prompt.images if spec.can(Ability.VISION) else ()


def data_url(image: Medium) -> str:
    """A picture in an address of its own."""
    encoded = base64.b64encode(image.content).decode("ascii")
    return f"data:{image.content_type};base64,{encoded}"


def options(prompt: Prompt, spec: ModelSpec) -> dict[str, float]:
    """What is sent only where it was asked for and the model takes it."""
    if prompt.temperature is None or not spec.can(Ability.TEMPERATURE):
        return {}
    return {"temperature": prompt.temperature}


def schema(prompt: Prompt, spec: ModelSpec) -> dict[str, Any]:
    """The schema that the answer keeps to; nothing where none is asked for, or kept to."""
    if prompt.schema is None or not spec.can(Ability.JSON_SCHEMA):
        return {}
    return {"name": _SCHEMA_NAME, "schema": dict(prompt.schema), "strict": True}


def data(prompt: Prompt, text: str) -> Mapping[str, Any] | None:
    """What was asked for by a schema; None where it was not. Raises ModelBusy where it isn't it."""
    if prompt.schema is None:
        return None
    try:
        return loose_json.read(text)
    except ValueError as exc:
        raise ModelBusy(Cause.MALFORMED, "no JSON object") from exc

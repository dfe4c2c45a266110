"""OpenAI's Chat Completions, the dialect that most vendors speak."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.model_api import demo_text, seeing
from simulator.model_api.asking import CHUNK, Asked, Wrong, event, streaming
from simulator.model_api.behaviour import Behaviour
from simulator.model_api.schema_example import BadSchema, example

Json = dict[str, Any]


async def complete(asked: Asked) -> Response:
    """`POST /chat/completions`. Raises Wrong."""
    messages = asked.body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Wrong(400, "Missing required parameter: 'messages'.", param="messages")
    asked.name  # noqa: B018 - raises where there is none
    answer = _answered(asked.body, asked.how)
    if asked.body.get("stream"):
        return streaming(_stream(answer, asked))
    return JSONResponse(answer)


def _answered(body: Json, how: Behaviour) -> Json:
    """A whole completion."""
    text = how.text if how.text is not None else _words(body)
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    finish = "stop"
    if most and demo_text.tokens(text) > most:
        text, finish = demo_text.cut(text, most), "length"
    asked = sum(demo_text.tokens(demo_text.words_of(m)) for m in body["messages"])
    asked += seeing.tokens(body["messages"])
    said = demo_text.tokens(text)
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": how.finish_reason or finish,
            }
        ],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
    }


def _words(body: Json) -> str:
    """What the demo model says; JSON where JSON was asked for."""
    text = demo_text.answer(body["messages"], model=body["model"])
    wish = body.get("response_format") or {}
    inner = wish.get("json_schema")
    schema = inner.get("schema") if isinstance(inner, dict) else None
    return in_format(text, wish.get("type"), schema)


def in_format(text: str, kind: Any, schema: Any) -> str:
    """The words, as JSON where JSON was asked for. Raises Wrong."""
    if kind == "json_schema":
        try:
            return json.dumps(example(schema, words=text), ensure_ascii=False)
        except BadSchema as exc:
            message = f"Invalid schema for response_format: {exc}."
            raise Wrong(400, message, param="response_format") from exc
    if kind == "json_object":
        return json.dumps({"answer": text}, ensure_ascii=False)
    return text


async def _stream(answer: Json, asked: Asked) -> AsyncIterator[bytes]:
    """The completion in pieces, as server-sent events."""
    if asked.how.delay:
        await asyncio.sleep(asked.how.delay)
    choice = answer["choices"][0]
    with_usage = bool((asked.body.get("stream_options") or {}).get("include_usage"))
    head = {k: answer[k] for k in ("id", "created", "model")} | {"object": "chat.completion.chunk"}

    def piece(delta: Json, finish: str | None = None) -> bytes:
        part = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(head | {"choices": [part]} | ({"usage": None} if with_usage else {}))

    yield piece({"role": "assistant", "content": ""})
    text = choice["message"]["content"]
    for start in range(0, len(text), CHUNK):
        yield piece({"content": text[start : start + CHUNK]})
    yield piece({}, choice["finish_reason"])
    if with_usage:
        yield event(head | {"choices": [], "usage": answer["usage"]})
    yield b"data: [DONE]\n\n"
    asked.answered(answer)

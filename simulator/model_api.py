"""A model's side: OpenAI's Chat Completions dialect, spoken by the demo model.

It answers by `demo_text` unless a test scripted another behaviour for all requests or for the next
ones. What it was asked is remembered in a journal, for tests to look at.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator import demo_text, ids
from simulator.faults import BadScript
from simulator.journal import Journal
from simulator.schema_example import example
from simulator.silence import Silence

Json = dict[str, Any]
DEMO = "demo"
CHUNK = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the model behaves, where it differs from the demo model's ordinary way.

    delay: seconds before it answers (of a stream: before its first words). status: an error
    instead of an answer, with `code`, `message` and perhaps `retry_after`. text: said instead of
    the demo model's words; "" is an empty answer. hang: no answer at all. finish_reason: `stop`
    or `length` by itself.
    """

    delay: float = 0
    status: int | None = None
    code: str | None = None
    message: str = "A simulated error"
    retry_after: str | None = None
    text: str | None = None
    hang: bool = False
    finish_reason: str | None = None

    @classmethod
    def read(cls, body: Json) -> Self:
        """Read a behaviour from JSON. Raises BadScript."""
        if unknown := body.keys() - asdict(cls()).keys():
            raise BadScript(f"a behaviour has no {', '.join(sorted(unknown))}")
        return cls(**body)


ERROR_TYPES = {
    400: "invalid_request_error",
    401: "invalid_request_error",
    403: "invalid_request_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}
ERROR_CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}


@dataclass(slots=True)
class Model:
    """The demo model: its usual behaviour, the next ones, and what it was asked."""

    usual: Behaviour = field(default_factory=Behaviour)
    coming: deque[Behaviour] = field(default_factory=deque)
    requests: Journal = field(default_factory=Journal)

    def take(self) -> Behaviour:
        """The behaviour for this request."""
        return self.coming.popleft() if self.coming else self.usual

    def reset(self) -> None:
        """Be the ordinary demo model again, and forget what was asked."""
        self.usual = Behaviour()
        self.coming.clear()
        self.requests.clear()


def routes(model: Model, silence: Silence) -> list[Route]:
    """The routes under `/openai/v1`."""

    async def complete(request: Request) -> Response:
        start = time.perf_counter()
        try:
            body = await request.json()
        except ValueError:
            return error(400, "We could not parse the JSON body of your request.")
        how = model.take()
        entry: Json = {"at": ids.now_ms(), "body": body, "status": None, "ms": None}
        model.requests.add(entry)
        response = await _complete(request, body, how, silence)
        entry["status"] = response.status_code
        entry["ms"] = round((time.perf_counter() - start) * 1_000, 1)
        return response

    return [
        Route("/chat/completions", complete, methods=["POST"]),
        Route("/models", _models),
        Route("/models/{model:path}", _model),
    ]


def error(status: int, message: str, *, how: Behaviour | None = None) -> JSONResponse:
    """An error as OpenAI words it."""
    code = (how.code if how else None) or ERROR_CODES.get(status)
    kind = ERROR_TYPES.get(status, "server_error")
    headers = {"x-request-id": f"req_{uuid.uuid4().hex}"}
    if how and how.retry_after:
        headers["retry-after"] = how.retry_after
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return JSONResponse(body, status, headers)


def _unauthorized(request: Request) -> Response | None:
    key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if key:
        return None
    return error(401, "You didn't provide an API key.")


def _described(model: str) -> Json:
    return {"id": model, "object": "model", "created": 1_780_000_000, "owned_by": "simulator"}


async def _models(request: Request) -> Response:
    return _unauthorized(request) or JSONResponse({"object": "list", "data": [_described(DEMO)]})


async def _model(request: Request) -> Response:
    name = request.path_params["model"]
    if no := _unauthorized(request):
        return no
    if name != DEMO:
        return error(404, f"The model '{name}' does not exist")
    return JSONResponse(_described(name))


async def _complete(request: Request, body: Json, how: Behaviour, silence: Silence) -> Response:
    if no := _unauthorized(request):
        return no
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return error(400, "Missing required parameter: 'messages'.")
    if not body.get("model"):
        return error(400, "you must provide a model parameter")
    if how.hang:
        await silence.keep(request)
        return error(504, "The simulated model did not answer")
    if how.delay and not body.get("stream"):
        await silence.keep(request, how.delay)
    if how.status is not None:
        return error(how.status, how.message, how=how)
    answer = _answered(body, how)
    if body.get("stream"):
        return StreamingResponse(
            _stream(answer, body, delay=how.delay), media_type="text/event-stream"
        )
    return JSONResponse(answer)


def _answered(body: Json, how: Behaviour) -> Json:
    """A whole completion."""
    text = how.text if how.text is not None else _words(body)
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    finish = "stop"
    if most and demo_text.tokens(text) > most:
        text, finish = demo_text.cut(text, most), "length"
    asked = sum(demo_text.tokens(demo_text.words_of(m)) for m in body["messages"])
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
        },
    }


def _words(body: Json) -> str:
    """What the demo model says; JSON where JSON was asked for."""
    text = demo_text.answer(body["messages"])
    wish = body.get("response_format") or {}
    if wish.get("type") == "json_schema":
        schema = wish.get("json_schema", {}).get("schema", {})
        return json.dumps(example(schema, words=text), ensure_ascii=False)
    if wish.get("type") == "json_object":
        return json.dumps({"answer": text}, ensure_ascii=False)
    return text


async def _stream(answer: Json, body: Json, *, delay: float) -> AsyncIterator[bytes]:
    """The completion in pieces, as server-sent events."""
    if delay:
        await asyncio.sleep(delay)
    choice = answer["choices"][0]
    with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    head = {k: answer[k] for k in ("id", "created", "model")} | {"object": "chat.completion.chunk"}

    def event(delta: Json, finish: str | None = None) -> bytes:
        piece = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event(head | {"choices": [piece]} | ({"usage": None} if with_usage else {}))

    yield event({"role": "assistant", "content": ""})
    text = choice["message"]["content"]
    for start in range(0, len(text), CHUNK):
        yield event({"content": text[start : start + CHUNK]})
    yield event({}, choice["finish_reason"])
    if with_usage:
        yield _event(head | {"choices": [], "usage": answer["usage"]})
    yield b"data: [DONE]\n\n"


def _event(data: Json) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"

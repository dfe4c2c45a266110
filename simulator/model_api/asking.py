"""One request to the model: its key, its body, the behaviour asked for, and what is remembered."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from simulator import ids
from simulator.journal import kept
from simulator.model_api.behaviour import Behaviour, Model
from simulator.model_api.multipart import NotMultipart, Upload, fields_of
from simulator.model_api.shapes import Misshapen, Shape, check
from simulator.reading import read_json

Json = dict[str, Any]

#: How many characters a piece of a stream holds.
CHUNK = 24
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "invalid_request_error",
    403: "invalid_request_error",
    404: "invalid_request_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
}
ERROR_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that is in order so far.

    body: its JSON, or a form's fields. file: what a form brought. answered: told what was said,
    by a stream that ends later.
    """

    model: Model
    body: Json
    how: Behaviour
    file: Upload | None
    answered: Callable[[Any], None]

    @property
    def name(self) -> str:
        """The model's name that was asked for. Raises Wrong."""
        name = self.body.get("model")
        if not isinstance(name, str) or not name:
            raise Wrong(400, "you must provide a model parameter", param="model")
        return name


Work = Callable[[Asked], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A path and the work behind it; `name` is what a behaviour calls it. shapes: its fields."""

    name: str
    path: str
    work: Work
    shapes: Mapping[str, Shape]


class Wrong(Exception):
    """The request is wrong, and OpenAI says so."""

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.response = error(status, message, param=param, code=code)


def error(
    status: int,
    message: str,
    *,
    how: Behaviour | None = None,
    param: str | None = None,
    code: str | None = None,
) -> JSONResponse:
    """An error as OpenAI words it."""
    code = (how.code if how else code) or ERROR_CODES.get(status)
    kind = ERROR_TYPES.get(status, "server_error")
    headers = {"x-request-id": f"req_{uuid.uuid4().hex}"}
    if how and how.retry_after:
        headers["retry-after"] = how.retry_after
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return JSONResponse(body, status, headers)


def unauthorized(request: Request) -> Response | None:
    """OpenAI's no to a request without any key."""
    key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return None if key else error(401, "You didn't provide an API key.")


async def nothing_here(request: Request) -> Response:
    """What OpenAI says of a path it doesn't have."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return error(404, f"Invalid URL ({request.method} /v1{path})")


def answering(one: Endpoint, model: Model) -> Callable[[Request], Awaitable[Response]]:
    """Make the route's function: it journals, obeys the behaviour, and lets the work be done."""

    async def endpoint(request: Request) -> Response:
        start = time.perf_counter()
        raw = await request.body()
        try:
            body, file = _read(request.headers.get("content-type", ""), raw)
        except ValueError:
            return error(400, "We could not parse the JSON body of your request.")
        how = model.take(one.name)
        entry: Json = {
            "at": ids.now_ms(),
            "endpoint": one.name,
            "path": one.path,
            "body": body if file is None else {**body, "file": file.json()},
            "status": None,
            "ms": None,
            "answer": None,
        }
        model.asked(entry)

        def answered(what: Any) -> None:
            entry["answer"] = what
            entry["ms"] = round((time.perf_counter() - start) * 1_000, 1)
            model.told(entry)

        asked = Asked(model=model, body=body, how=how, file=file, answered=answered)
        response = await _obey(request, asked, one)
        entry["status"] = response.status_code
        answered(_told(response))
        return response

    return endpoint


def _read(kind: str, raw: bytes) -> tuple[Json, Upload | None]:
    if kind.startswith("multipart/"):
        try:
            return fields_of(kind, raw)
        except NotMultipart as exc:
            raise ValueError(str(exc)) from exc
    body = read_json(raw)
    if not isinstance(body, dict):
        raise ValueError("not an object")  # noqa: TRY004 - a body, not an argument
    return body, None


async def _obey(request: Request, asked: Asked, one: Endpoint) -> Response:
    how, silence = asked.how, asked.model.silence
    if no := unauthorized(request):
        return no
    try:
        if how.hang:
            asked.name  # noqa: B018 - what is wrong is said even by who is silent
            await silence.keep(request)
            return error(504, "The simulated model did not answer")
        if how.delay and not asked.body.get("stream"):
            await silence.keep(request, how.delay)
        if how.status is not None:
            return error(how.status, how.message, how=how)
        check(asked.body, one.shapes)
        return await one.work(asked)
    except Wrong as wrong:
        return wrong.response
    except Misshapen as exc:
        return error(400, str(exc), param=exc.param, code=exc.code)


def _told(response: Response) -> Any:
    """What the journal keeps of an answer; a stream tells later."""
    raw = getattr(response, "body", None)
    return None if raw is None else kept(bytes(raw), response.media_type)


def streaming(pieces: AsyncIterator[bytes]) -> Response:
    """An answer in server-sent events, which ends when nobody listens any more."""
    return StreamingResponse(_one_by_one(pieces), media_type="text/event-stream")


async def _one_by_one(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece
        await asyncio.sleep(0)  # so that the server may notice who has gone


def event(data: Json, name: str | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"

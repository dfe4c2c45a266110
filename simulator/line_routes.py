"""LINE's side as routes: the access token, the faults asked for, the journal, the request id."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from simulator import ids
from simulator.faults import BadScript, Fault
from simulator.journal import kept, shortened
from simulator.line_api import ENDPOINTS, UNSPOKEN, Call, Endpoint
from simulator.reading import NotJson, read_json
from simulator.refusals import NOT_FOUND, UNAUTHORIZED, Refused
from simulator.world import World

Json = dict[str, Any]


VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
SCHEME = "bearer"
RETRY_KEY = "x-line-retry-key"
NO_RETRY = "X-Line-Retry-Key is not supported by this endpoint"


def routes(world: World) -> list[Route]:
    """LINE's routes, to be mounted wherever the bot's base URL points."""
    unspoken = [Route(one.path, _answering(world, one), methods=VERBS) for one in UNSPOKEN]
    spoken = [Route(one.path, _answering(world, one), methods=[one.verb]) for one in ENDPOINTS]

    async def nothing_here(call: Call) -> Response:
        verb = call.request.method
        if any(route.matches(call.request.scope)[0] is Match.PARTIAL for route in spoken):
            raise Refused(405, f"The request method, '{verb}', is not supported")
        raise Refused(404, NOT_FOUND)

    nothing = Endpoint(verb="*", path="/{rest:path}", work=nothing_here)
    return [*unspoken, *spoken, Route(nothing.path, _answering(world, nothing), methods=VERBS)]


def _answering(world: World, one: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        start = time.perf_counter()
        call = Call(world=world, request=request, raw=await request.body(), id=ids.request_id())
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        fault = world.faults.take(path)
        entry = _entry(call, path, fault)
        world.calls.add(entry)
        world.feed.tell({"type": "call", "call": shortened(entry)})
        response = await _answer(call, one, fault)
        response.headers["x-line-request-id"] = call.id
        entry["status"] = response.status_code
        entry["ms"] = round((time.perf_counter() - start) * 1_000, 1)
        entry["answer"] = kept(bytes(response.body), response.media_type)
        world.feed.tell({"type": "call", "call": shortened(entry)})
        return response

    return endpoint


async def _answer(call: Call, one: Endpoint, fault: Fault | None) -> Response:
    if fault is None:
        return await _by_the_rules(call, one)
    if fault.slow is not None:
        await call.world.silence.keep(call.request, fault.slow)
        return await _by_the_rules(call, one)
    if fault.accepted:
        await _by_the_rules(call, one)
    if fault.status is None:
        await call.world.silence.keep(call.request, fault.seconds)
        return JSONResponse({"message": "Gateway Timeout"}, 504)
    again = {"retry-after": fault.retry_after} if fault.retry_after else None
    return JSONResponse({"message": fault.message}, fault.status, again)


async def _by_the_rules(call: Call, one: Endpoint) -> Response:
    scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
    known = scheme.lower() == SCHEME and call.world.access.valid(token.strip())
    if not (one.open or known):
        return JSONResponse({"message": UNAUTHORIZED}, 401)
    if RETRY_KEY in call.request.headers and not one.retried:
        return JSONResponse({"message": NO_RETRY}, 400)
    try:
        return await one.work(call)
    except Refused as no:
        return JSONResponse(no.body, no.status, no.headers)
    except BadScript as exc:
        return JSONResponse({"message": str(exc)}, 400)


def _entry(call: Call, path: str, fault: Fault | None) -> Json:
    """What the journal keeps; status and ms are null until the call is answered."""
    try:
        asked = read_json(call.raw) if call.raw else None
    except NotJson:
        asked = None
    return {
        "at": ids.now_ms(),
        "method": call.request.method,
        "path": path,
        "query": str(call.request.url.query),
        "status": None,
        "ms": None,
        "fault": fault is not None,
        "request_id": call.id,
        "retry_key": call.request.headers.get(RETRY_KEY),
        "body": asked,
        "answer": None,
    }

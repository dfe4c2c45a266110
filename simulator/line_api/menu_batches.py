"""Rich menus of many people at once: replaced or taken away, in the background.

LINE: such a call is answered at once and carried out in a while; how far it is can be asked by the
request's id.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator import ids, limits
from simulator.line_api.call import Call, Endpoint
from simulator.line_api.menus import ROOT, menu_of, pictured, told
from simulator.refusals import NOT_FOUND, Refused

Json = dict[str, Any]

#: Milliseconds that a batch is under way.
LASTS = 300


def _operations(call: Call) -> list[tuple[str | None, str | None]]:
    """Whose menu goes, None for everybody's, and what comes in its place. Raises Refused."""
    found = []
    for one in call.body(limits.RICH_MENU_BATCH)["operations"]:
        old = menu_of(call, one["from"]).id if "from" in one else None
        found.append((old, pictured(call, one["to"]).id if "to" in one else None))
    return found


async def relink(call: Call) -> Response:
    """`POST /v2/bot/richmenu/batch`."""
    menus = call.world.menus
    for old, new in _operations(call):
        menus.relink(old, new)
    menus.batches[call.id] = ids.now_ms()
    return JSONResponse({}, 202)


async def validate(call: Call) -> Response:
    """`POST /v2/bot/richmenu/validate/batch`: look, and change nothing."""
    _operations(call)
    return JSONResponse({})


async def progress(call: Call) -> Response:
    """`GET /v2/bot/richmenu/progress/batch?requestId=…`."""
    accepted = call.world.menus.batches.get(call.request.query_params.get("requestId", ""))
    if accepted is None:
        raise Refused(404, NOT_FOUND)
    body: Json = {"phase": "ongoing", "acceptedTime": _iso(accepted)}
    if ids.now_ms() >= accepted + LASTS:
        body |= {"phase": "succeeded", "completedTime": _iso(accepted + LASTS)}
    return JSONResponse(body)


def _iso(ms: int) -> str:
    """A moment as LINE writes it."""
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms / 1_000))
    return f"{seconds}.{ms % 1_000:03}Z"


ENDPOINTS = (
    Endpoint(verb="POST", path=f"{ROOT}/batch", work=told(relink)),
    Endpoint(verb="POST", path=f"{ROOT}/validate/batch", work=validate),
    Endpoint(verb="GET", path=f"{ROOT}/progress/batch", work=progress),
)

"""The channel itself: who the bot is, what it may still push, and where its webhooks go."""

from __future__ import annotations

import re
import time

from starlette.responses import JSONResponse, Response

from simulator import limits
from simulator.line_api.call import Call, Endpoint
from simulator.refusals import NOT_FOUND, Refused
from simulator.webhooks import Outcome


async def info(call: Call) -> Response:
    """`GET /v2/bot/info`. LINE: only where people may answer beside the bot is what they write not
    read by itself.
    """
    channel = call.world.channel
    return JSONResponse(
        {
            "userId": channel.bot_id,
            "basicId": channel.basic_id,
            "displayName": channel.bot_name,
            "chatMode": "chat",
            "markAsReadMode": "manual",
        }
    )


async def quota(call: Call) -> Response:
    """`GET /v2/bot/message/quota`."""
    value = call.world.quota
    return JSONResponse({"type": "none"} if value is None else {"type": "limited", "value": value})


async def consumption(call: Call) -> Response:
    """`GET /v2/bot/message/quota/consumption`."""
    return JSONResponse({"totalUsage": call.world.pushed})


async def delivered(call: Call) -> Response:
    """`GET /v2/bot/message/delivery/{kind}`: LINE counts a day when it is over, and so do we."""
    date = call.request.query_params.get("date", "")
    if not re.fullmatch(r"\d{8}", date):
        raise Refused(400, "The value for the 'date' parameter is invalid")
    if date >= time.strftime("%Y%m%d", time.gmtime(time.time() + JAPAN)):
        return JSONResponse({"status": "unready"})
    return JSONResponse({"status": "ready", "success": 0})


async def get_endpoint(call: Call) -> Response:
    """`GET /v2/bot/channel/webhook/endpoint`."""
    postman = call.world.postman
    if postman.url is None:
        raise Refused(404, NOT_FOUND)
    return JSONResponse({"endpoint": postman.url, "active": postman.active})


async def set_endpoint(call: Call) -> Response:
    """`PUT /v2/bot/channel/webhook/endpoint`; LINE wants HTTPS, the simulator takes HTTP too."""
    call.world.postman.url = call.body(limits.ENDPOINT)["endpoint"]
    call.world.tell_state()
    return JSONResponse({})


async def test_endpoint(call: Call) -> Response:
    """`POST /v2/bot/channel/webhook/test`: really sends a signed webhook without events."""
    url = (call.body(limits.TEST_ENDPOINT) if call.raw else {}).get("endpoint")
    if not (url or call.world.postman.url):
        raise Refused(400, "The webhook endpoint is not set")
    outcome = await call.world.postman.call([], url=url)
    return JSONResponse(
        {
            "success": outcome.taken,
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
            "statusCode": outcome.status,
            "reason": _reason(outcome),
            "detail": outcome.error or str(outcome.status),
        }
    )


def _reason(outcome: Outcome) -> str:
    """How it went, in one of LINE's words."""
    if outcome.error:
        return outcome.reason.upper()
    return "OK" if outcome.taken else "ERROR_STATUS_CODE"


#: LINE's days are Japan's: seconds before UTC.
JAPAN = 9 * 3_600
WEBHOOK = "/v2/bot/channel/webhook"
ENDPOINTS = (
    Endpoint(verb="GET", path="/v2/bot/info", work=info),
    Endpoint(verb="GET", path="/v2/bot/message/quota", work=quota),
    Endpoint(verb="GET", path="/v2/bot/message/quota/consumption", work=consumption),
    *(
        Endpoint(verb="GET", path=f"/v2/bot/message/delivery/{kind}", work=delivered)
        for kind in ("reply", "push", "multicast", "broadcast")
    ),
    Endpoint(verb="GET", path=f"{WEBHOOK}/endpoint", work=get_endpoint),
    Endpoint(verb="PUT", path=f"{WEBHOOK}/endpoint", work=set_endpoint),
    Endpoint(verb="POST", path=f"{WEBHOOK}/test", work=test_endpoint),
)

"""What LINE has and the simulator doesn't speak: it answers 404 and says so.

So that a bot's author need not look for a mistake in their own code.
"""

from __future__ import annotations

from starlette.responses import Response

from simulator.line_api.call import Call, Endpoint
from simulator.refusals import NOT_FOUND, Refused


async def unspoken(_: Call) -> Response:
    """Any verb of a path that only LINE itself has."""
    raise Refused(404, f"{NOT_FOUND}: LINE has this endpoint, the simulator does not")


BOT = "/v2/bot"
ENDPOINTS = tuple(
    Endpoint(verb="*", path=path, work=unspoken)
    for path in (
        f"{BOT}/message/narrowcast",
        f"{BOT}/message/progress/narrowcast",
        f"{BOT}/message/delivery/pnp",
        f"{BOT}/message/aggregation/{{rest:path}}",
        f"{BOT}/user/{{user}}/linkToken",
        f"{BOT}/membership/{{rest:path}}",
        f"{BOT}/coupon",
        f"{BOT}/coupon/{{rest:path}}",
        f"{BOT}/audienceGroup/{{rest:path}}",
        f"{BOT}/insight/{{rest:path}}",
        "/bot/pnp/push",
        "/oauth2/v2.1/token",
        "/oauth2/v2.1/tokens/kid",
    )
)

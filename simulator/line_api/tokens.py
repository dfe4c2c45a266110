"""Access tokens from the channel's id and secret: stateless ones and short-lived ones.

Both need no token to ask for. Tokens from a JWT assertion need a key registered in the console, so
they are refused with a word on what to use here.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

from simulator.access import LONG, STATELESS
from simulator.line_api.call import Call, Endpoint, Json
from simulator.refusals import Refused

NO_ASSERTION = "assertions are not simulated: send client_id and client_secret"


def _error(code: str, description: str) -> Refused:
    return Refused(400, description, body={"error": code, "error_description": description})


def _form(call: Call, *wanted: str) -> dict[str, str]:
    form = dict(parse_qsl(call.raw.decode("utf-8", "replace")))
    if "client_assertion" in form:
        raise _error("invalid_request", NO_ASSERTION)
    for name in wanted:
        if not form.get(name):
            raise _error("invalid_request", f"{name} is missing")
    return form


def _issue(call: Call, life: int) -> Json:
    form = _form(call, "grant_type", "client_id", "client_secret")
    if form["grant_type"] != "client_credentials":
        raise _error("unsupported_grant_type", "grant_type must be client_credentials")
    channel = call.world.channel
    if (form["client_id"], form["client_secret"]) != (channel.id, channel.secret):
        raise _error("invalid_client", "invalid client_id or client_secret")
    token = call.world.access.issue(life)
    return {"token_type": "Bearer", "access_token": token, "expires_in": life}


async def stateless(call: Call) -> Response:
    """`POST /oauth2/v3/token`: lives 15 minutes; any number may be asked for."""
    return JSONResponse(_issue(call, STATELESS))


async def short_lived(call: Call) -> Response:
    """`POST /v2/oauth/accessToken`: lives 30 days."""
    return JSONResponse(_issue(call, LONG))


async def verify(call: Call) -> Response:
    """`POST /v2/oauth/verify`, `GET /oauth2/v2.1/verify`: is this token good, and how long?"""
    given = call.request.query_params.get("access_token")
    token = given or _form(call, "access_token")["access_token"]
    left = call.world.access.left(token)
    if left is None:
        raise _error("invalid_request", "access token expired")
    return JSONResponse({"client_id": call.world.channel.id, "expires_in": left, "scope": "P CM"})


async def revoke(call: Call) -> Response:
    """`POST /v2/oauth/revoke`, `POST /oauth2/v2.1/revoke`."""
    call.world.access.revoke(_form(call, "access_token")["access_token"])
    return Response(status_code=200)


ENDPOINTS = (
    Endpoint(verb="POST", path="/oauth2/v3/token", work=stateless, open=True),
    Endpoint(verb="POST", path="/v2/oauth/accessToken", work=short_lived, open=True),
    Endpoint(verb="POST", path="/v2/oauth/verify", work=verify, open=True),
    Endpoint(verb="GET", path="/oauth2/v2.1/verify", work=verify, open=True),
    Endpoint(verb="POST", path="/v2/oauth/revoke", work=revoke, open=True),
    Endpoint(verb="POST", path="/oauth2/v2.1/revoke", work=revoke, open=True),
)

"""Who is in a chat: profiles of friends and members, groups' names and sizes, and leaving them.

LINE gives lists of ids to verified and premium accounts only; the simulated channel is an ordinary
one.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from simulator.line_api.call import Call, Endpoint
from simulator.phones import Phones
from simulator.refusals import NOT_FOUND, Refused

NOT_VERIFIED = "Access to this API is not available for your account"


async def profile(call: Call) -> Response:
    """`GET /v2/bot/profile/{userId}`: of people who follow the bot."""
    person = call.world.people.get(call.part("user"))
    if person is None or not person.follows:
        raise Refused(404, NOT_FOUND)
    return JSONResponse(person.profile())


async def member(call: Call) -> Response:
    """`GET /v2/bot/group/{groupId}/member/{userId}`: friend or not, but without a language."""
    user = call.part("user")
    if user not in call.group().members:
        raise Refused(404, NOT_FOUND)
    person = call.world.person(user)
    return JSONResponse({"userId": person.id, "displayName": person.name})


async def summary(call: Call) -> Response:
    """`GET /v2/bot/group/{groupId}/summary`."""
    group = call.group()
    return JSONResponse({"groupId": group.id, "groupName": group.name})


async def count(call: Call) -> Response:
    """`GET /v2/bot/group/{groupId}/members/count`: the bot isn't counted."""
    return JSONResponse({"count": len(call.group().members)})


async def leave(call: Call) -> Response:
    """`POST /v2/bot/group/{groupId}/leave`: the event of it is the last the bot hears."""
    Phones(world=call.world).remove_bot(call.group().id)
    return JSONResponse({})


async def ids(_: Call) -> Response:
    """`GET …/members/ids`, `GET /v2/bot/followers/ids`: not for an ordinary account."""
    raise Refused(403, NOT_VERIFIED)


ENDPOINTS = (
    Endpoint(verb="GET", path="/v2/bot/profile/{user}", work=profile),
    Endpoint(verb="GET", path="/v2/bot/followers/ids", work=ids),
    Endpoint(verb="GET", path="/v2/bot/group/{chat}/summary", work=summary),
    *(
        Endpoint(verb=verb, path=f"/v2/bot/{kind}/{{chat}}/{path}", work=work)
        for kind in ("group", "room")
        for verb, path, work in (
            ("GET", "member/{user}", member),
            ("GET", "members/ids", ids),
            ("GET", "members/count", count),
            ("POST", "leave", leave),
        )
    ),
)

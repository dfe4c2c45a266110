"""What each endpoint of the Messaging API does: the work behind the routes.

Each gets a `Call` whose access token is right, checks the body by `limits`, does its work in the
`World`, and answers as LINE does or raises `Refused`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator import limits
from simulator.refusals import NOT_FOUND, Refused, refusal
from simulator.rules import Problem, Rule
from simulator.tokens import InvalidReplyToken
from simulator.world import Unknown, World

Json = dict[str, Any]
Work = Callable[["Call"], Awaitable[Response]]

ID_LENGTH = 33
UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@dataclass(slots=True, kw_only=True)
class Call:
    """One call to the API: what was asked, and the world it is asked of."""

    world: World
    request: Request
    raw: bytes
    id: str

    def body(self, rule: Rule) -> Json:
        """The body as JSON, once it follows the rule. Raises Refused."""
        kind = self.request.headers.get("content-type", "")
        if kind.partition(";")[0].strip().lower() != "application/json":
            raise Refused(415, f"The content type, {kind or 'none'}, is not supported")
        try:
            body = json.loads(self.raw)
        except ValueError as exc:
            line, column = getattr(exc, "lineno", 1), getattr(exc, "colno", 1)
            where = f"(line: {line}, column: {column})"
            raise Refused(400, f"The request body could not be parsed as JSON {where}") from exc
        if problems := list(rule.problems(body, ())):
            raise refusal(problems, self.raw)
        return dict(body)


async def reply(call: Call) -> Response:
    """`POST /v2/bot/message/reply`: free, once a token."""
    if "x-line-retry-key" in call.request.headers:
        raise Refused(400, "X-Line-Retry-Key is not supported by this endpoint")
    body = call.body(limits.REPLY)
    try:
        chat = call.world.tokens.spend(body["replyToken"])
    except InvalidReplyToken as exc:
        raise Refused(400, "Invalid reply token") from exc
    return JSONResponse({"sentMessages": call.world.answer(chat, body["messages"], via="reply")})


async def push(call: Call) -> Response:
    """`POST /v2/bot/message/push`: counted by recipient, safe to retry with a retry key."""
    world, key = call.world, call.request.headers.get("x-line-retry-key")
    if key is not None:
        key = _retry_key(key)
        if key in world.accepted:
            request_id, answer = world.accepted[key]
            raise Refused(
                409,
                "The retry key is already accepted",
                more=answer,
                headers={"x-line-accepted-request-id": request_id},
            )
    body = call.body(limits.PUSH)
    recipients = _recipients(world, body["to"])
    if world.quota is not None and world.pushed + recipients > world.quota:
        raise Refused(429, "You have reached your monthly limit.")
    world.pushed += recipients
    answer = {"sentMessages": world.answer(body["to"], body["messages"], via="push")}
    if key is not None:
        world.accept(key, call.id, answer)
    return JSONResponse(answer)


def _retry_key(key: str) -> str:
    if not re.fullmatch(UUID, key):
        raise Refused(400, "The retry key is invalid")
    return key.lower()


def _recipients(world: World, to: str) -> int:
    """How many people a push reaches. Raises Refused."""
    if len(to) != ID_LENGTH or to[0] not in "UCR":
        raise Refused(400, "The property, 'to', in the request body is invalid")
    if to in world.chats:
        return max(1, len(world.chats[to].members))
    if to in world.people:
        return 1
    raise Refused(400, "Failed to send messages")


async def start_loading(call: Call) -> Response:
    """`POST /v2/bot/chat/loading/start`: dots in a chat with one person."""
    body = call.body(limits.LOADING)
    chat = body["chatId"]
    if len(chat) != ID_LENGTH or chat[0] != "U":
        raise refusal([Problem(("chatId",), "must be a user's ID")], call.raw)
    if chat in call.world.people:
        call.world.load(chat, body.get("loadingSeconds") or 20)
    return JSONResponse({}, 202)


async def mark_as_read(call: Call) -> Response:
    """`POST /v2/bot/chat/markAsRead`."""
    token = call.body(limits.MARK_AS_READ)["markAsReadToken"]
    try:
        call.world.mark_as_read(token)
    except Unknown as exc:
        problem = Problem(("markAsReadToken",), "The mark as read token is invalid")
        raise refusal([problem], call.raw) from exc
    return JSONResponse({})


async def profile(call: Call) -> Response:
    """`GET /v2/bot/profile/{userId}`: of people who follow the bot."""
    person = call.world.people.get(call.request.path_params["user"])
    if person is None or not person.follows:
        raise Refused(404, NOT_FOUND)
    return JSONResponse(person.profile())


async def info(call: Call) -> Response:
    """`GET /v2/bot/info`."""
    channel = call.world.channel
    return JSONResponse(
        {
            "userId": channel.bot_id,
            "basicId": channel.basic_id,
            "displayName": channel.bot_name,
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }
    )


async def quota(call: Call) -> Response:
    """`GET /v2/bot/message/quota`."""
    value = call.world.quota
    return JSONResponse({"type": "none"} if value is None else {"type": "limited", "value": value})


async def consumption(call: Call) -> Response:
    """`GET /v2/bot/message/quota/consumption`."""
    return JSONResponse({"totalUsage": call.world.pushed})


async def get_endpoint(call: Call) -> Response:
    """`GET /v2/bot/channel/webhook/endpoint`."""
    postman = call.world.postman
    if postman.url is None:
        raise Refused(404, NOT_FOUND)
    return JSONResponse({"endpoint": postman.url, "active": postman.active})


async def set_endpoint(call: Call) -> Response:
    """`PUT /v2/bot/channel/webhook/endpoint`; LINE wants HTTPS, the simulator takes HTTP too."""
    call.world.postman.url = call.body(limits.ENDPOINT)["endpoint"]
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
            "reason": outcome.reason if outcome.error or outcome.taken else "ERROR_STATUS_CODE",
            "detail": outcome.error or str(outcome.status),
        }
    )


ROUTES: tuple[tuple[str, str, Work], ...] = (
    ("POST", "/v2/bot/message/reply", reply),
    ("POST", "/v2/bot/message/push", push),
    ("POST", "/v2/bot/chat/loading/start", start_loading),
    ("POST", "/v2/bot/chat/markAsRead", mark_as_read),
    ("GET", "/v2/bot/profile/{user}", profile),
    ("GET", "/v2/bot/info", info),
    ("GET", "/v2/bot/message/quota", quota),
    ("GET", "/v2/bot/message/quota/consumption", consumption),
    ("GET", "/v2/bot/channel/webhook/endpoint", get_endpoint),
    ("PUT", "/v2/bot/channel/webhook/endpoint", set_endpoint),
    ("POST", "/v2/bot/channel/webhook/test", test_endpoint),
)

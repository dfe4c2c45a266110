"""Messages out: reply, push, multicast, broadcast, their validation; dots and read marks.

LINE: a reply is free and works once; the others are counted by recipient, may carry a retry key,
and end with the month's quota. What goes to somebody who blocked the bot is accepted, but neither
arrives nor counts.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from simulator import ids, limits
from simulator.line_api.call import ID, Call, Endpoint, Json
from simulator.refusals import Refused, invalid, refusal
from simulator.rules import Problem
from simulator.tokens import InvalidReplyToken
from simulator.world import Unknown, World


async def reply(call: Call) -> Response:
    """`POST /v2/bot/message/reply`: free, once a token."""
    body = call.body(limits.REPLY)
    try:
        chat = call.world.tokens.chat_of(body["replyToken"])
    except InvalidReplyToken as exc:
        raise Refused(400, "Invalid reply token") from exc
    if not call.world.chat(chat).bot:
        raise Refused(400, "Failed to send messages")
    _check_quotes(call, chat, body["messages"])
    call.world.tokens.spend(body["replyToken"])
    sent = call.world.answer(
        chat, body["messages"], via="reply", call=call.id, token=body["replyToken"]
    )
    return JSONResponse({"sentMessages": sent})


async def push(call: Call) -> Response:
    """`POST /v2/bot/message/push`: counted by recipient, safe to retry with a retry key."""
    key, body = call.retry_key(), call.body(limits.PUSH)
    recipients = _recipients(call.world, body["to"])
    _check_quotes(call, body["to"], body["messages"])
    _count(call.world, recipients)
    answer = {"sentMessages": _sent(call, body, arrives=recipients > 0)}
    if key is not None:
        call.world.accept(key, call.id, answer)
    return JSONResponse(answer)


def _sent(call: Call, body: Json, *, arrives: bool) -> list[Json]:
    if arrives:
        return call.world.answer(body["to"], body["messages"], via="push", call=call.id)
    return [{"id": str(number)} for number in range(1, 1 + len(body["messages"]))]


def _check_quotes(call: Call, chat: str, messages: list[Json]) -> None:
    """A quote token is good only in the chat of its message. Raises Refused."""
    wrong = [
        Problem(("messages", number, "quoteToken"), "The quote token is invalid")
        for number, message in enumerate(messages)
        if message.get("quoteToken") and not ids.quotes_in(chat, message["quoteToken"])
    ]
    if wrong:
        raise refusal(wrong, call.raw)


async def multicast(call: Call) -> Response:
    """`POST /v2/bot/message/multicast`: to up to 500 people; strangers are passed over."""
    key, body = call.retry_key(), call.body(limits.MULTICAST)
    wrong = [to for to in body["to"] if not (ID.fullmatch(to) and to[0] == "U")]
    if wrong:
        raise invalid("to")
    return _to_many(call, key, list(dict.fromkeys(body["to"])), body["messages"], via="multicast")


async def broadcast(call: Call) -> Response:
    """`POST /v2/bot/message/broadcast`: to everybody who has the bot as a friend."""
    key, body = call.retry_key(), call.body(limits.BROADCAST)
    return _to_many(call, key, list(call.world.people), body["messages"], via="broadcast")


def _to_many(
    call: Call, key: str | None, to: list[str], messages: list[Json], *, via: str
) -> Response:
    world = call.world
    friends = [user for user in to if user in world.people and world.people[user].follows]
    _count(world, len(friends))
    for user in friends:
        world.answer(user, messages, via=via, call=call.id)
    if key is not None:
        world.accept(key, call.id, {})
    return JSONResponse({})


def _count(world: World, recipients: int) -> None:
    """Count what is not free. Raises Refused where the month's quota doesn't suffice."""
    if world.quota is not None and world.pushed + recipients > world.quota:
        raise Refused(429, "You have reached your monthly limit.")
    world.pushed += recipients


def _recipients(world: World, to: str) -> int:
    """How many people a push reaches. Raises Refused."""
    if not ID.fullmatch(to):
        raise invalid("to")
    if to in world.people:
        return int(world.people[to].follows)
    if to in world.chats and to[0] != "U" and world.chats[to].bot:
        return max(1, len(world.chats[to].members))
    raise Refused(400, "Failed to send messages")


async def validate(call: Call) -> Response:
    """`POST /v2/bot/message/validate/{reply,push,…}`: look, and send nothing."""
    call.body(limits.VALIDATE)
    return JSONResponse({})


async def start_loading(call: Call) -> Response:
    """`POST /v2/bot/chat/loading/start`: dots in a chat with one person."""
    body = call.body(limits.LOADING)
    chat = body["chatId"]
    if not (ID.fullmatch(chat) and chat[0] == "U"):
        raise refusal([Problem(("chatId",), ONLY_USERS)], call.raw)
    if chat in call.world.people:
        call.world.load(chat, body.get("loadingSeconds") or 20)
    return JSONResponse({}, 202)


async def mark_as_read(call: Call) -> Response:
    """`POST /v2/bot/chat/markAsRead`: everything up to the token's message."""
    token = call.body(limits.MARK_AS_READ)["markAsReadToken"]
    try:
        call.world.mark_as_read(token)
    except Unknown as exc:
        problem = Problem(("markAsReadToken",), "The mark as read token is invalid")
        raise refusal([problem], call.raw) from exc
    return JSONResponse({})


async def mark_all_as_read(call: Call) -> Response:
    """`POST /v2/bot/message/markAsRead`: everything a person wrote; the older way."""
    user = call.body(limits.MARK_ALL_AS_READ)["chat"]["userId"]
    if user in call.world.chats:
        call.world.mark_all_as_read(user)
    return JSONResponse({})


ONLY_USERS = (
    "Only user id is acceptable, please confirm if there are any group/room ids or illegal ids"
)
KINDS = ("reply", "push", "multicast", "narrowcast", "broadcast")
ENDPOINTS = (
    Endpoint(verb="POST", path="/v2/bot/message/reply", work=reply),
    Endpoint(verb="POST", path="/v2/bot/message/push", work=push, retried=True),
    Endpoint(verb="POST", path="/v2/bot/message/multicast", work=multicast, retried=True),
    Endpoint(verb="POST", path="/v2/bot/message/broadcast", work=broadcast, retried=True),
    *(
        Endpoint(verb="POST", path=f"/v2/bot/message/validate/{kind}", work=validate)
        for kind in KINDS
    ),
    Endpoint(verb="POST", path="/v2/bot/chat/loading/start", work=start_loading),
    Endpoint(verb="POST", path="/v2/bot/chat/markAsRead", work=mark_as_read),
    Endpoint(verb="POST", path="/v2/bot/message/markAsRead", work=mark_all_as_read),
)

"""The simulator's own side: what tests and the page use. JSON in, JSON out, under `/sim`.

What a person does. `user` is a user's id (`U…`); `chat` a group's or room's (`C…`, `R…`), left out
in a chat with the bot alone. `wait: true` answers only after the bot took (or refused) the webhook.
All answer `{"event": …, "message": … or null}`.

    POST /sim/text       {user, text, chat?, mention?, quoted?, wait?}   mention: @ the bot
    POST /sim/sticker    {user, package?, sticker?, chat?, wait?}
    POST /sim/postback   {user, data, displayText?, params?, chat?, wait?}
    POST /sim/follow     {user, name?, language?, again?, wait?}
    POST /sim/unsend     {user, message, chat?, wait?}
    POST /sim/event      {user?, chat?, type, parts?, wait?}   any kind; `parts` are its own fields
    POST /sim/redeliver  {event, duplicate?}  an event's id once more, marked or as a duplicate
    PUT  /sim/users/{id} {name?, language?, follows?}

What there is.

    GET  /sim/state            bot, model behind, webhook, quota, users, chats, `you`: the
                               page's user
    GET  /sim/chats/{id}       {messages, loading_until}; ?after=SEQ for newer ones only
    GET  /sim/calls            the bot's calls to LINE, newest last; ?path=…  ?after=SEQ
    GET  /sim/webhooks         webhooks and their attempts; ?after=SEQ
    GET  /sim/model/requests   what the model was asked; ?after=SEQ
    GET  /sim/events           all that happens, as server-sent events

What shall go wrong.

    POST   /sim/faults         {path?, times?, status?, message?, accepted?, seconds?, retry_after?}
                               without a status: no answer for `seconds`; accepted: it did its work
    DELETE /sim/faults
    PUT    /sim/model          {delay?, status?, code?, message?, retry_after?, text?, hang?,
                               finish_reason?, times?}   times: only for the next requests
    DELETE /sim/model          the ordinary demo model again
    POST   /sim/expire         {token}   end a reply token's life
    PUT    /sim/webhook        {url?, active?}
    PUT    /sim/quota          {quota?, pushed?}
    POST   /sim/reset          forget everything but people and channel
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import events
from simulator.control_views import Views
from simulator.events import Source
from simulator.faults import BadScript, Fault
from simulator.model_api import Behaviour, Model
from simulator.world import Sent, Unknown, World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The routes' home."""

    world: World
    model: Model

    # -- what a person does ----------------------------------------------------------------

    async def text(self, body: Json) -> Any:
        """Send a text."""
        words, mention = str(body["text"]), None
        channel = self.world.channel
        if body.get("mention"):
            if f"@{channel.bot_name}" not in words:
                words = f"@{channel.bot_name} {words}"
            mention = events.mention_of_bot(words, name=channel.bot_name, bot_id=channel.bot_id)
        content = events.text(words, mention=mention, quoted=body.get("quoted"))
        return await _sent(self.world.write(_source(body), content), body)

    async def sticker(self, body: Json) -> Any:
        """Send a sticker."""
        package, number = str(body.get("package", "446")), str(body.get("sticker", "1988"))
        content = events.sticker(package, number, keywords=["Hello"])
        return await _sent(self.world.write(_source(body), content), body)

    async def postback(self, body: Json) -> Any:
        """Tap a postback button."""
        params = {"params": body["params"]} if body.get("params") else {}
        parts = {"postback": {"data": str(body["data"]), **params}}
        shown = body.get("displayText")
        return await _sent(self.world.happen("postback", _source(body), parts, shown=shown), body)

    async def follow(self, body: Json) -> Any:
        """Add the bot as a friend."""
        source = _source(body)
        person = self.world.person(
            source.chat, name=body.get("name"), language=body.get("language")
        )
        person.follows = True
        parts = {"follow": {"isUnblocked": bool(body.get("again"))}}
        return await _sent(self.world.happen("follow", source, parts), body)

    async def unsend(self, body: Json) -> Any:
        """Take a message back."""
        return await _sent(self.world.unsend(_source(body), str(body["message"])), body)

    async def event(self, body: Json) -> Any:
        """Let anything happen."""
        source = _source(body)
        kind, parts = str(body["type"]), dict(body.get("parts") or {})
        if kind == "message" and isinstance(parts.get("message"), dict):
            return await _sent(self.world.write(source, parts["message"]), body)
        return await _sent(self.world.happen(kind, source, parts), body)

    async def redeliver(self, body: Json) -> Any:
        """Deliver an event once more; answers after the attempt."""
        marked = not body.get("duplicate")
        await self.world.redeliver(str(body["event"]), marked=marked)
        return {}

    # -- what shall go wrong ---------------------------------------------------------------

    async def fault(self, body: Json) -> Any:
        """Ask for a fault."""
        self.world.faults.add(Fault.read(body))
        return {}

    async def no_faults(self, _: Json) -> Any:
        """Take all faults back."""
        self.world.faults.waiting.clear()
        return {}

    async def behave(self, body: Json) -> Any:
        """Script the model."""
        times = body.pop("times", None)
        behaviour = Behaviour.read(body)
        if times is None:
            self.model.usual = behaviour
        else:
            self.model.coming.extend([behaviour] * int(times))
        return {}

    async def usual_model(self, _: Json) -> Any:
        """Let the model be itself again."""
        self.model.usual = Behaviour()
        self.model.coming.clear()
        return {}

    async def expire(self, body: Json) -> Any:
        """End a reply token's life."""
        if not self.world.tokens.expire(str(body["token"])):
            raise Unknown("no such reply token")
        return {}

    async def webhook(self, body: Json) -> Any:
        """Point the webhook elsewhere, or switch it."""
        postman = self.world.postman
        postman.url = body.get("url", postman.url)
        postman.active = bool(body.get("active", postman.active))
        return {"url": postman.url, "active": postman.active}

    async def quota(self, body: Json) -> Any:
        """Set the quota, and what was used of it."""
        self.world.quota = body.get("quota", self.world.quota)
        self.world.pushed = int(body.get("pushed", self.world.pushed))
        return {"quota": self.world.quota, "pushed": self.world.pushed}

    async def reset(self, _: Json) -> Any:
        """Begin anew."""
        self.world.reset()
        self.model.reset()
        return {}

    async def user(self, request: Request) -> Response:
        """Make or change a person."""
        body = await request.json()
        person = self.world.person(
            request.path_params["id"], name=body.get("name"), language=body.get("language")
        )
        person.follows = bool(body.get("follows", person.follows))
        return JSONResponse({**person.profile(), "follows": person.follows})


def routes(world: World, model: Model) -> list[Route]:
    """The routes under `/sim`."""
    control = Control(world=world, model=model)
    doing: dict[tuple[str, str], Callable[[Json], Awaitable[Any]]] = {
        ("POST", "/text"): control.text,
        ("POST", "/sticker"): control.sticker,
        ("POST", "/postback"): control.postback,
        ("POST", "/follow"): control.follow,
        ("POST", "/unsend"): control.unsend,
        ("POST", "/event"): control.event,
        ("POST", "/redeliver"): control.redeliver,
        ("POST", "/faults"): control.fault,
        ("DELETE", "/faults"): control.no_faults,
        ("PUT", "/model"): control.behave,
        ("DELETE", "/model"): control.usual_model,
        ("POST", "/expire"): control.expire,
        ("PUT", "/webhook"): control.webhook,
        ("PUT", "/quota"): control.quota,
        ("POST", "/reset"): control.reset,
    }
    return [
        *(Route(path, _doing(work), methods=[verb]) for (verb, path), work in doing.items()),
        Route("/users/{id}", control.user, methods=["PUT"]),
        *Views(world=world, model=model).routes(),
    ]


def _doing(work: Callable[[Json], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            return JSONResponse(await work(json.loads(raw) if raw else {}))
        except Unknown as exc:
            return JSONResponse({"error": str(exc)}, 404)
        except KeyError as exc:
            return JSONResponse({"error": f"{exc.args[0]} is missing"}, 400)
        except (BadScript, ValueError, TypeError) as exc:
            return JSONResponse({"error": str(exc)}, 400)

    return endpoint


async def _sent(sent: Sent, body: Json) -> Json:
    if body.get("wait"):
        await sent.delivered
    return {"event": sent.event, "message": sent.message.json() if sent.message else None}


def _source(body: Json) -> Source:
    user = body.get("user")
    chat = body.get("chat") or user
    if not isinstance(chat, str):
        raise BadScript("user or chat is missing")
    return Source(chat=chat, user=user)

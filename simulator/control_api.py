"""The simulator's own side: what tests and the page use. JSON in, JSON out, under `/sim`.

What a person does. `user` is a user's id (`U…`); `chat` a group's or room's (`C…`, `R…`), left out
in a chat with the bot alone. `wait: true` answers only after the bot took (or refused) the webhook.
All answer `{"event": …, "message": … or null}`.

    POST /sim/text       {user, text, chat?, quoted?, mention?, mentions?, wait?}
                         mention: @ the bot; mentions: [{index, length, who}], who is "bot", "all"
                         or a user's id, places in UTF-16 code units
    POST /sim/sticker    {user, package?, sticker?, keywords?, text?, chat?, quoted?, wait?}
    POST /sim/location   {user, latitude, longitude, title?, address?, chat?, wait?}
    POST /sim/media      the bytes themselves; ?user=…&kind=image|video|audio|file&name=…&chat=…
                         &duration=MS&preparing=SECONDS&set=ID&index=1&total=3&wait=1
    POST /sim/edit       {user, message, text, chat, mention?, mentions?, wait?}   in groups
    POST /sim/unsend     {user, message, chat?, wait?}
    POST /sim/postback   {user, data, displayText?, params?, chat?, wait?}
    POST /sim/menu       {user, alias, data, wait?}   a rich menu's tap that leads to another
    POST /sim/follow     {user, name?, language?, again?, wait?}
    POST /sim/block      {user, wait?}
    POST /sim/event      {user?, chat?, type, parts?, wait?}   any kind; `parts` are its own fields
    POST /sim/redeliver  {event, duplicate?}  an event's id once more, marked or as a duplicate

Who there is. `POST /sim/groups` and its kin answer an event too, and the chat.

    POST /sim/people                {name, language?}   the same name is the same person
    PUT  /sim/users/{id}            {name?, language?, follows?}
    POST /sim/groups                {name, members, kind?, wait?}   kind: group or room
    POST /sim/groups/{id}/members   {user, wait?}
    POST /sim/groups/{id}/leave     {user, wait?}
    POST /sim/groups/{id}/bot       {inside, wait?}

What there is.

    GET  /sim/state            bot, model behind, webhook, quota, faults, rich menus, people, chats,
                               `you`: the page's person
    GET  /sim/chats/{id}       {messages, loading_until, chat}; ?after=SEQ for newer ones only,
                               ?before=SEQ&limit=N for the N before it
    GET  /sim/media/{id}       the bytes of a person's message
    GET  /sim/menus/{id}       the bytes of a rich menu's picture
    GET  /sim/calls            the bot's calls to LINE, newest last; ?path=…
    GET  /sim/webhooks         webhooks and their attempts
    GET  /sim/model/requests   what the model was asked
                               of all three ?after=SEQ those after it, ?limit=N the last N
    GET  /sim/events           all that happens, as server-sent events

What shall go wrong.

    POST   /sim/faults         {path?, times?, status?, message?, accepted?, seconds?, slow?,
                               retry_after?}   without a status: no answer for `seconds`;
                               accepted: it did its work; slow: as usual, so many seconds later;
                               times: null is until taken back; a path may hold `*`
    DELETE /sim/faults         all of them;  DELETE /sim/faults/{number} one. Who was kept
                               waiting is let go
    PUT    /sim/model          how the model behaves: the fields of `Behaviour`, and
                               times?: only for the next requests
    DELETE /sim/model          the ordinary demo model again; who was kept waiting gets a 504
    POST   /sim/expire         {token?}   end a reply token's life; without one, of all
    PUT    /sim/webhook        {url?, active?, delay?, copies?}   delay: seconds each waits
    PUT    /sim/quota          {quota?, pushed?}
    POST   /sim/reset          forget everything but people and channel
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.control_doings import Doings
from simulator.control_trouble import Trouble
from simulator.control_views import Views
from simulator.faults import BadScript
from simulator.model_api import Model
from simulator.phones import Phones
from simulator.reading import read_json
from simulator.world import Unknown, World

Json = dict[str, Any]
Work = Callable[[Json], Awaitable[Any]]


def routes(world: World, model: Model) -> list[Route]:
    """The routes under `/sim`."""
    doings = Doings(phones=Phones(world=world))
    trouble = Trouble(world=world, model=model)
    return [
        *(
            Route(path, _answering(work), methods=[verb])
            for (verb, path), work in {**doings.routes(), **trouble.routes()}.items()
        ),
        *Views(world=world, model=model).routes(),
    ]


def _answering(work: Work) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            asked: Json = {**request.query_params, **request.path_params}
            if request.headers.get("content-type", "").startswith("application/json"):
                asked |= read_json(raw) if raw else {}
            elif raw:
                asked |= {"bytes": raw, "type": request.headers.get("content-type", "")}
            return JSONResponse(await work(asked))
        except Unknown as exc:
            return JSONResponse({"error": str(exc)}, 404)
        except KeyError as exc:
            return JSONResponse({"error": f"{exc.args[0]} is missing"}, 400)
        except (BadScript, ValueError, TypeError) as exc:
            return JSONResponse({"error": str(exc)}, 400)

    return endpoint

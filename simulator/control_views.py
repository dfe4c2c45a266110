"""What the simulator tells of itself: state, chats, journals, and the feed of all that happens.

The routes and their answers are described in `control_api`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator.ids import user_id
from simulator.journal import Entry, Journal
from simulator.media import piece
from simulator.model_api import Behaviour, Model
from simulator.world import World

Json = dict[str, Any]
T = TypeVar("T")
PULSE = 15.0
YOU = user_id("you")


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The routes' home."""

    world: World
    model: Model

    def routes(self) -> list[Route]:
        """The routes under `/sim` that only tell."""
        return [
            Route("/state", self.state),
            Route("/chats/{id}", self.chat),
            Route("/media/{id}", self.media),
            Route("/menus/{id}", self.menu),
            Route("/calls", self.calls),
            Route("/webhooks", self.webhooks),
            Route("/model/requests", self.model_requests),
            Route("/events", self.events),
        ]

    async def state(self, _: Request) -> Response:
        """The whole, in short."""
        world = self.world
        return JSONResponse(
            {
                "boot": world.boot,
                "you": YOU,
                "bot": {"id": world.channel.bot_id, "name": world.channel.bot_name},
                "model": {
                    "name": world.behind.model,
                    "demo": world.behind.demo,
                    "behaviour": _unusual(self.model.usual),
                    "coming": [_unusual(how) for how in self.model.coming],
                },
                "webhook": world.postman.json(),
                "quota": {
                    "quota": world.quota,
                    "pushed": world.pushed,
                    "replied": world.delivered["reply"],
                },
                "faults": world.faults.json(),
                "menus": world.menus.shown(),
                "people": [person.json() for person in world.people.values()],
                "chats": [chat.json() for chat in world.chats.values()],
            }
        )

    async def chat(self, request: Request) -> Response:
        """One chat's messages."""
        chat = self.world.chat(request.path_params["id"])
        after = _after(request)
        before = int(request.query_params.get("before", chat.seq + 1))
        found = [m for m in chat.messages if after < m.seq < before]
        messages = [message.json() for message in _newest(request, found)]
        return JSONResponse(
            {"messages": messages, "loading_until": chat.loading_until, "chat": chat.json()}
        )

    async def media(self, request: Request) -> Response:
        """A message's bytes. Only what a browser plays opens in it: a file is downloaded."""
        media = self.world.media.find(request.path_params["id"])
        if media is None or media.unsent:
            return JSONResponse({"error": "there is no such content"}, 404)
        headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
        if media.kind == "file" or "svg" in media.type or "html" in media.type:
            headers["content-disposition"] = f"attachment; filename*=utf-8''{quote(media.name)}"
        size = len(media.bytes)
        wanted = piece(request.headers.get("range", ""), size)
        headers["accept-ranges"] = "bytes"
        if wanted is None:
            return Response(media.bytes, media_type=media.type, headers=headers)
        if not wanted:
            return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
        headers["content-range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
        raw = media.bytes[wanted.start : wanted.stop]
        return Response(raw, 206, media_type=media.type, headers=headers)

    async def menu(self, request: Request) -> Response:
        """A rich menu's picture."""
        menu = self.world.menus.find(request.path_params["id"])
        if menu is None or menu.picture is None:
            return JSONResponse({"error": "there is no such rich menu"}, 404)
        return Response(menu.picture.bytes, media_type=menu.picture.type)

    async def calls(self, request: Request) -> Response:
        """The bot's calls."""
        path, journal = request.query_params.get("path"), self.world.calls
        calls = [entry for entry in _newer(request, journal) if path in (None, entry["path"])]
        return JSONResponse({"calls": _newest(request, calls), "count": journal.count})

    async def webhooks(self, request: Request) -> Response:
        """The webhooks."""
        journal = self.world.webhooks
        sent = [entry["delivery"].json() for entry in _newest(request, _newer(request, journal))]
        return JSONResponse({"webhooks": sent, "count": journal.count})

    async def model_requests(self, request: Request) -> Response:
        """What the model was asked."""
        journal = self.model.requests
        asked = _newest(request, _newer(request, journal))
        return JSONResponse({"requests": asked, "count": journal.count})

    async def events(self, _: Request) -> Response:
        """The feed."""
        return StreamingResponse(
            self._feed(), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def _feed(self) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n" + _sse({"type": "hello", "boot": self.world.boot})
        async for entry in self.world.feed.listen(pulse=PULSE):
            yield b": still here\n\n" if entry is None else _sse(entry)


def _unusual(how: Behaviour) -> Json:
    """In what a model's behaviour differs from the ordinary one."""
    ordinary = asdict(Behaviour())
    return {name: value for name, value in asdict(how).items() if value != ordinary[name]}


def _after(request: Request) -> int:
    return int(request.query_params.get("after", 0))


def _newer(request: Request, journal: Journal) -> list[Entry]:
    after = _after(request)
    return [entry for entry in journal.entries if entry["seq"] > after]


def _newest(request: Request, found: list[T]) -> list[T]:
    """The last `limit` of them, or all."""
    limit = int(request.query_params.get("limit", len(found)))
    return found[max(0, len(found) - limit) :]


def _sse(entry: Entry) -> bytes:
    return b"data: " + json.dumps(entry, ensure_ascii=False).encode() + b"\n\n"

"""One call to the Messaging API, and what LINE says of bodies it can't read."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.chats import Chat
from simulator.refusals import NOT_FOUND, Refused, refusal
from simulator.rules import Rule
from simulator.world import World

Json = dict[str, Any]
Work = Callable[["Call"], Awaitable[Response]]

ID = re.compile(r"[UCR][0-9a-f]{32}")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A verb and a path, and the work behind. open: no access token is asked for."""

    verb: str
    path: str
    work: Work
    open: bool = False


@dataclass(slots=True, kw_only=True)
class Call:
    """One call to the API: what was asked, and the world it is asked of."""

    world: World
    request: Request
    raw: bytes
    id: str

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

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

    def group(self) -> Chat:
        """The group or room of the path, if the bot is in it. Raises Refused."""
        chat = self.world.chats.get(self.part("chat"))
        if chat is None or chat.kind == "user" or not chat.bot:
            raise Refused(404, NOT_FOUND)
        return chat

    def retry_key(self) -> str | None:
        """The retry key, once it is a UUID nobody used before. Raises Refused."""
        key = self.request.headers.get("x-line-retry-key")
        if key is None:
            return None
        if not UUID.fullmatch(key):
            raise Refused(400, "The retry key is invalid")
        key = key.lower()
        if key in self.world.accepted:
            request_id, answer = self.world.accepted[key]
            raise Refused(
                409,
                "The retry key is already accepted",
                more=answer,
                headers={"x-line-accepted-request-id": request_id},
            )
        return key

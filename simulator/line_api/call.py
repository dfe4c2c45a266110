"""One call to the Messaging API, and what LINE says of bodies it can't read."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.chats import Chat
from simulator.reading import NotJson, read_json
from simulator.refusals import NOT_FOUND, Refused, not_json, refusal
from simulator.rules import Rule
from simulator.world import World

Json = dict[str, Any]
Work = Callable[["Call"], Awaitable[Response]]

ID = re.compile(r"[UCR][0-9a-f]{32}")
#: LINE: a request has at most 2 MB.
LARGEST = 2 * 1_024 * 1_024
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A verb and a path, and the work behind.

    open: no access token is asked for. retried: takes a retry key; LINE refuses one elsewhere.
    """

    verb: str
    path: str
    work: Work
    open: bool = False
    retried: bool = False


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
        if len(self.raw) > LARGEST:
            raise Refused(413, "The request exceeds the max size of 2 MB")
        try:
            body = read_json(self.raw)
        except NotJson as exc:
            raise not_json(str(exc)) from exc
        if not isinstance(body, dict):
            raise not_json("(line: 1, column: 1)")
        if problems := list(rule.problems(body, ())):
            raise refusal(problems, self.raw)
        return body

    def group(self) -> Chat:
        """The group or room of the path, if the bot is in it. Raises Refused."""
        chat = self.world.chats.get(self.part("chat"))
        if chat is None or f"/{chat.kind}/" not in self.request.url.path or not chat.bot:
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

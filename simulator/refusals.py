"""How LINE says no: its statuses, and the words and places of its error bodies.

LINE names a place in a request in two ways. Of what every message has: `messages[0].text`. Of what
is inside a template or a quick reply: the message first, then `template/text`. Inside a Flex
message the place begins with its container: `/body/contents/0/color`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.rules import Path, Problem

Json = dict[str, Any]

UNAUTHORIZED = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."
)
NOT_FOUND = "Not found"
LOOSE = frozenset({"template", "quickReply", "contents", "sender"})
#: What a rule says, and what LINE says of the same inside a Flex message.
IN_FLEX: Mapping[str, str] = {
    "must not be null": "must be specified",
    "is not known": "unknown field",
    "must be a valid value": "invalid property",
    "must begin with https://": "invalid uri scheme",
}


class Refused(Exception):
    """LINE says no."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: list[Json] | None = None,
        more: Json | None = None,
        headers: Mapping[str, str] | None = None,
        body: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = body or {
            "message": message,
            **({"details": details} if details else {}),
            **(more or {}),
        }
        self.headers = headers


def not_json(where: str) -> Refused:
    """Say that a body can't be read; where names the line and the column."""
    return Refused(400, f"The request body could not be parsed as JSON {where}")


def invalid(name: str) -> Refused:
    """Say that a property holds what names nobody. LINE gives no place for it."""
    which = f"The property, '{name}', in the request body is invalid"
    return Refused(400, f"{which} (line: -, column: -)")


def refusal(problems: list[Problem], raw: bytes) -> Refused:
    """Say what is wrong with a body as LINE says it."""
    first = problems[0]
    if _in_flex(first.path):
        which = f"A message (messages[{first.path[1]}]) in the request body is invalid"
        inner = [p for p in problems if p.path[:3] == first.path[:3]]
        return Refused(400, which, details=[_flex_detail(p) for p in inner])
    if stranger := next((p for p in problems if p.unknown), None):
        line, column = _position(raw, str(stranger.path[-1]))
        name = _dotted(stranger.path)
        where = f"(line: {line}, column: {column})"
        return Refused(400, f"The property, '{name}', in the request body is invalid {where}")
    if len(first.path) > 2 and first.path[2] in LOOSE:
        which = f"A message (messages[{first.path[1]}]) in the request body is invalid"
        inner = [p for p in problems if p.path[:2] == first.path[:2]]
        return Refused(400, which, details=[_detail(p, _slashed(p.path[2:])) for p in inner])
    details = [_detail(p, _dotted(p.path)) for p in problems]
    return Refused(400, f"The request body has {len(problems)} error(s)", details=details)


def _in_flex(path: Path) -> bool:
    """True for `messages`, its number, `contents` and something inside."""
    return path[0] == "messages" and path[2:3] == ("contents",)


def _flex_detail(problem: Problem) -> Json:
    """Of a component that doesn't exist LINE names the place, not its type."""
    path, message = problem.path[3:], problem.message
    if problem.no_kind and len(path) > 1:
        path, message = path[:-1], "invalid property"
    return {"message": IN_FLEX.get(message, message), "property": f"/{_slashed(path)}"}


def _detail(problem: Problem, where: str) -> Json:
    return {"message": problem.message, "property": where}


def _slashed(path: Path) -> str:
    return "/".join(map(str, path))


def _dotted(path: Path) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".")


def _position(raw: bytes, name: str) -> tuple[int, int]:
    before = raw.partition(json.dumps(name).encode())[0].decode("utf-8", "replace")
    return before.count("\n") + 1, len(before) - before.rfind("\n")

"""LINE's own OpenAPI files, as judges of what passes between a bot and the simulator.

The files are not part of the project. Where they lie beside it, each exchange is checked against
them; elsewhere the tests that need them are skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3
import yaml
from openapi_core import OpenAPI
from openapi_core.templating.paths.exceptions import PathNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.testing import MockRequest, MockResponse

FILE = Path(__file__).parents[2].parent / "shared" / "line-openapi" / "messaging-api.yml"
TOKENS = FILE.with_name("channel-access-token.yml")
WEBHOOKS = FILE.with_name("webhook.yml")
LINE = "https://api.line.me"
DATA = "https://api-data.line.me"
PREFIX = "/line"


@cache
def judge(file: Path) -> OpenAPI:
    """Read a file, once."""
    return OpenAPI.from_file_path(str(file))


@cache
def operations(file: Path) -> dict[str, tuple[str, str]]:
    """Every operation of a file by its id: verb and path."""
    return {
        str(work["operationId"]): (verb.upper(), path)
        for path, verbs in yaml.safe_load(file.read_text("utf-8"))["paths"].items()
        for verb, work in verbs.items()
        if "operationId" in work
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes
    status: int
    answer: bytes
    answer_headers: dict[str, str] = field(repr=False)

    def check_request(self) -> None:
        """Raise if the request is not as LINE's file wants it."""
        self._judge().validate_request(self._request())

    def check_response(self) -> None:
        """Raise if the response is not as LINE's file wants it; an undocumented status passes."""
        response = MockResponse(self.answer, self.status, self.answer_headers)
        try:
            self._judge().validate_response(self._request(), response)
        except (ResponseNotFound, PathNotFound):
            assert self.status >= 400 or self.status == 202  # LINE: content not yet prepared

    def _judge(self) -> OpenAPI:
        return judge(TOKENS if "oauth" in urlsplit(self.url).path else FILE)

    def _request(self) -> MockRequest:
        parts = urlsplit(self.url)
        path = parts.path.removeprefix(PREFIX)
        kind = {name.lower(): value for name, value in self.headers.items()}.get("content-type")
        return MockRequest(
            DATA if path.endswith(("/content", "/content/preview", "/transcoding")) else LINE,
            self.method,
            path,
            args=dict(parse_qsl(parts.query)),
            headers=self.headers,
            data=self.body,
            content_type=kind or "application/json",
        )


class CheckedPool(urllib3.PoolManager):
    """The SDK's connection pool, with LINE's file looking over its shoulder."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[Exchange] = []

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        """Make the request, then check both sides of it."""
        response = super().request(method, url, *args, **more)
        body = more.get("body") or urlencode(more.get("fields") or {})
        exchange = Exchange(
            method=method,
            url=url,
            headers=dict(more.get("headers") or {}),
            body=body.encode() if isinstance(body, str) else body,
            status=response.status,
            answer=response.data,
            answer_headers=dict(response.headers),
        )
        self.exchanges.append(exchange)
        if FILE.exists():
            exchange.check_response()
            if exchange.status < 400:
                exchange.check_request()
        return response

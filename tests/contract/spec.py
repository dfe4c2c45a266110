"""LINE's own OpenAPI file, as a judge of what passes between a bot and the simulator.

The file is not part of the project. Where it lies beside it, each exchange is checked against it;
elsewhere the tests that need it are skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import urllib3
from openapi_core import OpenAPI
from openapi_core.templating.paths.exceptions import PathNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.testing import MockRequest, MockResponse

FILE = Path(__file__).parents[2].parent / "shared" / "line-openapi" / "messaging-api.yml"
LINE = "https://api.line.me"
PREFIX = "/line"


@cache
def messaging_api() -> OpenAPI:
    """Read the file, once."""
    return OpenAPI.from_file_path(str(FILE))


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
        messaging_api().validate_request(self._request())

    def check_response(self) -> None:
        """Raise if the response is not as LINE's file wants it; an undocumented status passes."""
        response = MockResponse(self.answer, self.status, self.answer_headers)
        try:
            messaging_api().validate_response(self._request(), response)
        except (ResponseNotFound, PathNotFound):
            assert self.status >= 400

    def _request(self) -> MockRequest:
        parts = urlsplit(self.url)
        return MockRequest(
            LINE,
            self.method,
            parts.path.removeprefix(PREFIX),
            args=dict(parse_qsl(parts.query)),
            headers=self.headers,
            data=self.body,
        )


class CheckedPool(urllib3.PoolManager):
    """The SDK's connection pool, with LINE's file looking over its shoulder."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[Exchange] = []

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        """Make the request, then check both sides of it."""
        response = super().request(method, url, *args, **more)
        body = more.get("body") or b""
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

"""moto, with what AWS does and moto doesn't, mended in the requests on their way in.

- One request at a time: moto's tables are plain dictionaries, and a conditional write by two
  threads at once would succeed twice, which AWS's never does.
- A transaction with a token that was carried out within ten minutes is not carried out again.
- What `chalice deploy` sends is put into the words moto understands: the names of S3's
  notification filters in lower case, and REST APIs described in OpenAPI 3 with a description.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tests.aws.strict import invalid
from tests.aws.wsgi import Answer, Application, Environ, body_of, plain, with_body

_TRANSACT = "DynamoDB_20120810.TransactWriteItems"
_MISMATCH = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"
_REMEMBERED = 600.0
_lock = threading.Lock()
_FILTER_NAME = re.compile(rb"<Name>\s*(prefix|suffix)\s*</Name>", re.IGNORECASE)


class _Dispatcher(DomainDispatcherApplication):
    """Finds a host's service; moto lists its own folders for that at every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._known: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._known:
            self._known[host] = super().get_backend_for_host(host)
        return self._known[host]


def moto() -> Application:
    """Moto's own application, of all its services."""
    return plain(_Dispatcher())


def one_at_a_time(ask: Application) -> Application:
    """Let no request begin before the last one ended, whichever stand-in it went to."""

    def alone(environ: Environ) -> Answer:
        with _lock:
            return ask(environ)

    return alone


@dataclass(slots=True)
class Transactions:
    """DynamoDB: a `ClientRequestToken` carries a transaction out once in ten minutes."""

    ask: Application
    _done: dict[str, tuple[float, str, Answer]] = field(default_factory=dict)

    def __call__(self, environ: Environ) -> Answer:
        if environ.get("HTTP_X_AMZ_TARGET") != _TRANSACT:
            return self.ask(environ)
        request = json.loads(body_of(environ))
        token = request.get("ClientRequestToken")
        if not token:
            return self.ask(environ)
        asked = json.dumps(request["TransactItems"], sort_keys=True)
        at, before, answer = self._done.get(token, (0.0, "", (0, {}, b"")))
        if time.monotonic() - at < _REMEMBERED and before:
            return (
                answer if before == asked else invalid("It was another transaction's.", _MISMATCH)
            )
        answer = self.ask(environ)
        if answer[0] == 200:
            self._done[token] = (time.monotonic(), asked, answer)
        return answer

    def reset(self) -> None:
        """Forget every token."""
        self._done.clear()


def for_chalice(ask: Application) -> Application:
    """Put what Chalice sends into words moto understands."""

    def translated(environ: Environ) -> Answer:
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        body = body_of(environ)
        if environ["REQUEST_METHOD"] == "PUT" and "notification" in query:
            lowered = _FILTER_NAME.sub(
                lambda name: name[0].lower().replace(b"name>", b"Name>"), body
            )
            return ask(with_body(environ, lowered))
        if environ["PATH_INFO"].startswith("/restapis") and body.startswith(b"{"):
            document = json.loads(body)
            if "swagger" in document:
                return ask(with_body(environ, json.dumps(_in_openapi_3(document)).encode()))
        return ask(environ)

    return translated


def _in_openapi_3(document: dict[str, Any]) -> dict[str, Any]:
    """Raise a Swagger 2.0 document to the version moto takes, which needs a description."""
    told = {name: value for name, value in document.items() if name != "swagger"}
    info = {"description": document["info"]["title"], **document["info"]}
    return {**told, "openapi": "3.0.1", "info": info}

"""API Gateway on this machine: a REST API's stage, from HTTP requests to a function and back.

    with gateway(webhook.invoke, routes={"/callback": {"POST"}, "/health": {"GET"}}) as api:
        sim.webhook(f"{api.url}/callback")

It makes the same event of a request as API Gateway's Lambda proxy integration, knows the API's
routes (a request beside them never reaches the function), and answers for a function that failed,
took too long or returned nonsense. Not here: throttling, authorizers, paths with parameters.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from tests.aws.cloud import Cloud
from tests.aws.lambda_runtime import Done
from tests.aws.wsgi import Answer, Environ, body_of, serving

Json = dict[str, Any]
Invoke = Callable[[Json], Done]
#: The longest a REST API waits for a function, in seconds.
LONGEST: Final = 29.0
_JSON: Final = {"Content-Type": "application/json"}
#: Bodies of these come to the function in base64: Chalice's own list, in short.
_BINARY: Final = ("application/octet-stream", "application/zip", "audio/", "image/", "video/")


@dataclass(slots=True, kw_only=True)
class Gateway:
    """One API's stage; `latencies` are AWS/ApiGateway's, in milliseconds, oldest first."""

    invoke: Invoke
    routes: Mapping[str, set[str]]
    stage: str
    api_id: str
    url: str = ""
    latencies: list[float] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)

    def answer(self, environ: Environ) -> Answer:
        """Answer a request as the API would."""
        began = time.monotonic()
        path = environ["PATH_INFO"].removeprefix(f"/{self.stage}")
        is_here = environ["PATH_INFO"].startswith(f"/{self.stage}/")
        if not is_here or environ["REQUEST_METHOD"] not in self.routes.get(path, ()):
            return _told(403, "Missing Authentication Token")
        try:
            event = self.event(environ, path)
            done = self.invoke(event)
            self.done.append(done)
            if done.seconds > LONGEST:
                return _told(504, "Endpoint request timed out")
            return _told(502, "Internal server error") if done.error else _given(done.result)
        finally:
            self.latencies.append((time.monotonic() - began) * 1000)

    def event(self, environ: Environ, path: str) -> Json:
        """Make the event of a request."""
        headers = _headers(environ)
        body, is_binary = body_of(environ), headers.get("Content-Type", "").startswith(_BINARY)
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        text = base64.b64encode(body).decode() if is_binary else body.decode("utf-8", "replace")
        now = datetime.now(UTC)
        return {
            "resource": path,
            "path": path,
            "httpMethod": environ["REQUEST_METHOD"],
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": dict(query) or None,
            "multiValueQueryStringParameters": _lists(query) or None,
            "pathParameters": None,
            "stageVariables": None,
            "requestContext": {
                "resourceId": "a1b2c3",
                "resourcePath": path,
                "httpMethod": environ["REQUEST_METHOD"],
                "extendedRequestId": uuid.uuid4().hex,
                "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                "path": f"/{self.stage}{path}",
                "accountId": "123456789012",
                "protocol": "HTTP/1.1",
                "stage": self.stage,
                "domainPrefix": self.api_id,
                "requestTimeEpoch": int(now.timestamp() * 1000),
                "requestId": str(uuid.uuid4()),
                "identity": {
                    "sourceIp": environ["REMOTE_ADDR"],
                    "userAgent": headers.get("User-Agent"),
                    **dict.fromkeys(_IDENTITY),
                },
                "domainName": headers.get("Host"),
                "apiId": self.api_id,
            },
            "body": text if body else None,
            "isBase64Encoded": is_binary and bool(body),
        }


_IDENTITY: Final = (
    "cognitoIdentityPoolId",
    "accountId",
    "cognitoIdentityId",
    "caller",
    "accessKey",
    "cognitoAuthenticationType",
    "cognitoAuthenticationProvider",
    "userArn",
    "user",
)


@contextmanager
def gateway(
    invoke: Invoke,
    *,
    routes: Mapping[str, set[str]],
    stage: str = "api",
    api_id: str = "local",
) -> Iterator[Gateway]:
    """Serve a stage until the block ends; `routes` are the methods of each path."""
    made = Gateway(invoke=invoke, routes=routes, stage=stage, api_id=api_id)
    with serving(made.answer) as url:
        made.url = f"{url}/{stage}"
        yield made


def routes_of(aws: Cloud, name: str) -> dict[str, set[str]]:
    """The routes of a deployed REST API, read back. Raises StopIteration where it isn't there."""
    client = aws.client("apigateway")
    api = next(api for api in client.get_rest_apis()["items"] if api["name"] == name)
    resources = client.get_resources(restApiId=api["id"], embed=["methods"])["items"]
    return {r["path"]: {*r["resourceMethods"]} for r in resources if r.get("resourceMethods")}


def _headers(environ: Environ) -> dict[str, str]:
    """A request's headers by their usual names, with those API Gateway adds."""
    given = {n.removeprefix("HTTP_"): v for n, v in environ.items() if n.startswith("HTTP_")}
    for name in ("CONTENT_TYPE",):
        if environ.get(name):
            given[name] = environ[name]
    told = {name.replace("_", "-").title(): str(value) for name, value in given.items()}
    return {
        **told,
        "X-Amzn-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}",
        "X-Forwarded-For": str(environ["REMOTE_ADDR"]),
        "X-Forwarded-Port": str(environ["SERVER_PORT"]),
        "X-Forwarded-Proto": str(environ["wsgi.url_scheme"]),
    }


def _lists(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    every: dict[str, list[str]] = {}
    for name, value in pairs:
        every.setdefault(name, []).append(value)
    return every


def _given(result: Any) -> Answer:
    """What a function returned, as a response; nonsense is a 502, as there."""
    try:
        text = result.get("body") or ""
        body = base64.b64decode(text) if result.get("isBase64Encoded") else text.encode()
        headers = {name: str(value) for name, value in (result.get("headers") or {}).items()}
        for name, values in (result.get("multiValueHeaders") or {}).items():
            headers[name] = ", ".join(map(str, values))
        return int(result["statusCode"]), {**_JSON, **headers}, body
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error):
        return _told(502, "Internal server error")


def _told(status: int, message: str) -> Answer:
    return status, dict(_JSON), json.dumps({"message": message}).encode()

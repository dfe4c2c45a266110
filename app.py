"""Entry points, and nothing else: each translates, delegates and returns.

Everything that decides something lives in `chalicelib/`; this is the only file that knows
Chalice. Importing it needs no setting and opens nothing, except under `chalice local`, where it
starts the worker threads that Lambda's queue would otherwise drive.
"""

from __future__ import annotations

import os
import sys

from chalice.app import Chalice, CloudWatchEvent, Rate, Request, Response, SQSEvent

from chalicelib import bootstrap
from chalicelib.bootstrap import functions
from chalicelib.domain.errors import BadSignature, BadWebhook, SettingInvalid, StorageUnavailable

app = Chalice(app_name="liao", configure_logs=False)

_HTML = "text/html; charset=utf-8"
#: A file somebody sent is no page of ours, whatever it calls itself.
_AS_IT_IS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
_STATUS = {BadSignature: 401, BadWebhook: 400, StorageUnavailable: 503, SettingInvalid: 503}


@app.route("/callback", methods=["POST"], content_types=["*/*"])
def callback() -> Response:
    """LINE's webhook: 200 once everything in it is stored."""
    request = _request()
    body = request.raw_body if isinstance(request.raw_body, bytes) else request.raw_body.encode()
    signature = request.headers.get("x-line-signature")
    try:
        bootstrap.receive(body, signature, origin=_origin(request), context=app.lambda_context)
    except tuple(_STATUS) as exc:
        return Response({"message": str(exc)}, status_code=_STATUS[type(exc)])
    return Response({})


@app.on_sqs_message(
    queue=functions.QUEUE,
    batch_size=1,
    name="worker",
    maximum_concurrency=functions.CONCURRENCY,
)
def worker(event: SQSEvent) -> None:
    """A chat was woken: answer what waits in it."""
    functions.work([record.body for record in event], event.context)


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> None:
    """Every minute: wake chats whose events wait, erase what is past its time."""
    functions.sweep(event.context)


@app.route("/health")
def health() -> Response:
    """Version, backend and queue depth."""
    try:
        return Response(bootstrap.liao().health())
    except (SettingInvalid, StorageUnavailable) as exc:
        return Response({"message": str(exc)}, status_code=503)


@app.route("/privacy")
def privacy() -> Response:
    """What is stored, for how long, who processes it, and how to delete it."""
    request = _request()
    wanted = request.query_params.get("lang") if request.query_params else None
    language = wanted or request.headers.get("accept-language", "")
    try:
        return Response(bootstrap.privacy(language), headers={"Content-Type": _HTML})
    except (SettingInvalid, StorageUnavailable) as exc:
        return Response({"message": str(exc)}, status_code=503)


@app.route("/media/{ticket}")
def media(ticket: str) -> Response:
    """A laptop's own pictures, voice and files, behind links that end; on AWS they lie in S3."""
    try:
        found = bootstrap.medium(ticket)
    except (SettingInvalid, StorageUnavailable) as exc:
        return Response({"message": str(exc)}, status_code=503)
    if found is None:
        return Response({"message": "this link leads nowhere, or not any more"}, status_code=404)
    return Response(found.content, {"Content-Type": found.content_type, **_AS_IT_IS})


def _request() -> Request:
    """The request being answered."""
    request = app.current_request
    assert request is not None  # noqa: S101 - Chalice sets it before it calls a route
    return request


def _origin(request: Request) -> str:
    """Where this request reached the bot, from outside: scheme, host and stage."""
    scheme = request.headers.get("x-forwarded-proto", "http").split(",")[0].strip()
    stage = request.context.get("path", request.path).removesuffix(request.path)
    return f"{scheme}://{request.headers.get('host', '')}{stage}"


functions.prepare()

if "AWS_CHALICE_CLI_MODE" in os.environ and "local" in sys.argv:
    from chalicelib.bootstrap import laptop

    laptop.run()

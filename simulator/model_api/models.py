"""The models there are: one stand-in for each thing a model can do. Any other name works, too."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.model_api.asking import error, unauthorized

NAMES = (
    *("demo", "demo-eyes", "demo-cheap"),
    *("demo-embedding", "demo-transcribe", "demo-speech", "demo-image"),
)


def _described(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_780_000_000, "owned_by": "simulator"}


async def every(request: Request) -> Response:
    """`GET /models`."""
    told = {"object": "list", "data": [_described(name) for name in NAMES]}
    return unauthorized(request) or JSONResponse(told)


async def one(request: Request) -> Response:
    """`GET /models/{model}`."""
    name = request.path_params["model"]
    if no := unauthorized(request):
        return no
    if name not in NAMES:
        message = f"The model '{name}' does not exist"
        return error(404, message, param="model", code="model_not_found")
    return JSONResponse(_described(name))

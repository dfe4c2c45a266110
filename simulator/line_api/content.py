"""What people sent beside words, for the bot to fetch. LINE has a host of its own for it.

LINE: 202 while a video or a voice is being prepared, which `/transcoding` tells of; 404 for what
isn't there; 410 once the person took the message back.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from simulator.line_api.call import Call, Endpoint
from simulator.media import Media
from simulator.refusals import NOT_FOUND, Refused

PREVIEWED = ("image", "video")


def _found(call: Call) -> Media:
    media = call.world.media.find(call.part("message"))
    if media is None:
        raise Refused(404, NOT_FOUND)
    if media.unsent:
        raise Refused(410, "The content is gone")
    return media


async def content(call: Call) -> Response:
    """`GET /v2/bot/message/{messageId}/content`: the bytes, once they are prepared."""
    media = _found(call)
    if not call.world.media.is_ready(media):
        return Response(status_code=202)
    return Response(media.bytes, media_type=media.type)


async def preview(call: Call) -> Response:
    """`GET …/content/preview`: a smaller picture; here the picture itself, nothing scales it."""
    media = _found(call)
    if media.kind not in PREVIEWED:
        raise Refused(404, NOT_FOUND)
    if not call.world.media.is_ready(media):
        return Response(status_code=202)
    if media.kind == "image":
        return Response(media.bytes, media_type=media.type)
    return Response(BLANK, media_type="image/png")


async def transcoding(call: Call) -> Response:
    """`GET …/content/transcoding`: how far the preparation is."""
    media = _found(call)
    ready = call.world.media.is_ready(media)
    return JSONResponse({"status": "succeeded" if ready else "processing"})


#: A grey pixel: no video is looked into here.
BLANK = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b"
    "550000000a49444154789c636800000082008177cd72b60000000049454e44ae"
    "426082"
)
ROOT = "/v2/bot/message/{message}/content"
ENDPOINTS = (
    Endpoint(verb="GET", path=ROOT, work=content),
    Endpoint(verb="GET", path=f"{ROOT}/preview", work=preview),
    Endpoint(verb="GET", path=f"{ROOT}/transcoding", work=transcoding),
)

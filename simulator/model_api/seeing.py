"""What the demo model sees of pictures: their kinds and sizes, and what looking at them costs."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from simulator.rich_menus import Picture

Json = dict[str, Any]

# OpenAI: so many tokens a picture, and so many more for each square of it.
BASE = 85
SQUARE = 170
SIDE = 512
LARGEST = 2_048


def pictures(message: Json) -> list[str]:
    """What can be told of a message's pictures: kind and size in pixels."""
    return [_described(url) for url in _urls(message)]


def tokens(messages: Iterable[Json]) -> int:
    """How many tokens all pictures of a conversation are."""
    found = [url for message in messages for url in _urls(message)]
    return sum(BASE + SQUARE * _squares(_read(url)) for url in found)


def _urls(message: Json) -> list[str]:
    content = message.get("content")
    parts = (
        [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    )
    found = [part.get("image_url") for part in parts if "image" in str(part.get("type"))]
    return [str(one.get("url") if isinstance(one, dict) else one) for one in found]


def _described(url: str) -> str:
    picture = _read(url)
    if picture is None:
        return url.partition(";base64,")[0].removeprefix("data:").partition("?")[0]
    return f"{picture.type} {picture.width}×{picture.height}"


def _read(url: str) -> Picture | None:
    try:
        return Picture.read(base64.b64decode(url.partition(";base64,")[2]))
    except ValueError:
        return None


def _squares(picture: Picture | None) -> int:
    """How many squares cover it; of a picture of unknown size, one."""
    sides = (picture.width, picture.height) if picture else (1, 1)
    wide, high = (-(-min(side, LARGEST) // SIDE) for side in sides)
    return wide * high

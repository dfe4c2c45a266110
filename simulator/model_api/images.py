"""Pictures: two colours that run into each other, chosen by the words; real PNGs."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import time
import zlib
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.model_api import demo_text
from simulator.model_api.asking import Asked, Wrong

Json = dict[str, Any]
USUAL = "1024x1024"
SIDES = (64, 2_048)
MOST = 10
MOST_WORDS = 32_000


async def generate(asked: Asked) -> Response:
    """`POST /images/generations`: PNGs in base64. Raises Wrong."""
    prompt = asked.body.get("prompt")
    if not isinstance(prompt, str) or not prompt:
        raise Wrong(400, "Missing required parameter: 'prompt'.", param="prompt")
    if len(prompt) > MOST_WORDS:
        raise Wrong(400, f"'prompt' must have at most {MOST_WORDS} characters", param="prompt")
    count = asked.body.get("n") or 1
    if not isinstance(count, int) or not 1 <= count <= MOST:
        raise Wrong(400, f"Invalid value for 'n': 1 to {MOST}.", param="n")
    if asked.body.get("response_format") == "url":
        message = "The simulator has nowhere to keep pictures: leave response_format out."
        raise Wrong(400, message, param="response_format")
    width, height = _size(str(asked.body.get("size") or USUAL))
    data = [
        {"b64_json": base64.b64encode(paint(f"{prompt} {number}", width, height)).decode()}
        for number in range(count)
    ]
    asked_for, painted = demo_text.tokens(prompt), count * width * height // 1_024
    usage = {
        "input_tokens": asked_for,
        "input_tokens_details": {"text_tokens": asked_for, "image_tokens": 0},
        "output_tokens": painted,
        "total_tokens": asked_for + painted,
    }
    told = {"created": int(time.time()), "data": data, "output_format": "png", "usage": usage}
    return JSONResponse({**told, "size": f"{width}x{height}", "quality": "low"})


def _size(size: str) -> tuple[int, int]:
    if size == "auto":
        size = USUAL
    found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", size)
    sides = [int(side) for side in found.groups()] if found else []
    if not sides or not all(SIDES[0] <= side <= SIDES[1] for side in sides):
        message = f"Invalid size '{size}': WIDTHxHEIGHT, {SIDES[0]} to {SIDES[1]} pixels each."
        raise Wrong(400, message, param="size")
    return sides[0], sides[1]


def paint(words: str, width: int, height: int) -> bytes:
    """A PNG whose colours follow from the words: a sky, hills, and the ground."""
    seed = hashlib.blake2s(words.encode()).digest()
    sky, haze, hill = (tuple(100 + part % 140 for part in seed[at : at + 3]) for at in (0, 3, 6))
    rows = []
    for y in range(height):
        part = y / height
        colour = [round(a + (b - a) * part) for a, b in zip(sky, haze, strict=True)]
        line = bytearray(bytes(colour) * width)
        for start, end in _hills(seed, y, width, height):
            line[3 * start : 3 * end] = bytes(hill) * (end - start)
        rows.append(b"\0" + bytes(line))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 3))
        + _chunk(b"IEND", b"")
    )


def _hills(seed: bytes, y: int, width: int, height: int) -> list[tuple[int, int]]:
    """Where hills cross a row: three peaks."""
    found = []
    for peak in range(3):
        middle = width * (20 + seed[9 + peak] * 60 // 255 + 20 * (peak - 1)) // 100
        top = height * (45 + seed[12 + peak] * 30 // 255) // 100
        reach = (y - top) * 2
        if reach > 0:
            found.append((max(0, middle - reach), min(width, middle + reach)))
    return [(start, end) for start, end in found if start < end]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

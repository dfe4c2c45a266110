"""Embeddings without a model: hashed character n-grams, so that texts which share words are near.

The same text gives the same vector in every process. Not a language model's sense of meaning: two
words for one thing are strangers here.
"""

from __future__ import annotations

import base64
import hashlib
import math
import struct
from functools import lru_cache
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.model_api import demo_text
from simulator.model_api.asking import Asked, Wrong

Json = dict[str, Any]
USUAL, LARGE = 1_536, 3_072
MOST_INPUTS, MOST_TOKENS = 2_048, 8_192
SIZES = (1, 2, 3)


async def embed(asked: Asked) -> Response:
    """`POST /embeddings`: unit vectors, as floats or base64. Raises Wrong."""
    name = asked.name
    texts = _texts(asked.body.get("input"))
    most = LARGE if "large" in name else USUAL
    size = asked.body.get("dimensions") or most
    if not isinstance(size, int) or not 1 <= size <= most:
        raise Wrong(400, f"Invalid value for 'dimensions': 1 to {most}.", param="dimensions")
    packed = asked.body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _told(vector(text, size), packed)}
        for index, text in enumerate(texts)
    ]
    count = sum(demo_text.tokens(text) for text in texts)
    usage = {"prompt_tokens": count, "total_tokens": count}
    return JSONResponse({"object": "list", "data": data, "model": name, "usage": usage})


def _texts(given: Any) -> list[str]:
    """The inputs as texts: a text, texts, tokens, or lists of tokens. Raises Wrong."""
    whole = isinstance(given, str) or (
        isinstance(given, list) and bool(given) and isinstance(given[0], int)
    )
    texts = [given] if whole else given
    if not isinstance(texts, list) or not texts:
        raise Wrong(400, "'$.input' is invalid.", param="input")
    if len(texts) > MOST_INPUTS:
        raise Wrong(400, f"'$.input' is invalid: at most {MOST_INPUTS} inputs.", param="input")
    if len({type(text) for text in texts}) > 1 or isinstance(texts[0], int):
        raise Wrong(400, "'$.input' is invalid: texts or tokens, not both.", param="input")
    texts = [text if isinstance(text, str) else " ".join(map(str, text)) for text in texts]
    if any(not text for text in texts):
        raise Wrong(400, "'$.input' is invalid: an input must not be empty.", param="input")
    if any(demo_text.tokens(text) > MOST_TOKENS for text in texts):
        message = f"This model's maximum context length is {MOST_TOKENS} tokens."
        raise Wrong(400, message, param="input")
    return texts


def vector(text: str, size: int) -> list[float]:
    """A text's unit vector of this size."""
    found = [0.0] * size
    plain = "".join(letter for letter in text.casefold() if letter.isalnum() or letter == " ")
    grams = [
        plain[at : at + width] for width in SIZES for at in range(max(len(plain) - width + 1, 0))
    ]
    for gram in grams or [text]:
        number = _number(gram)
        weight = len(gram.encode()) ** 0.5
        found[number % size] += weight if number >> 63 else -weight
    length = math.sqrt(sum(value * value for value in found))
    if not length:
        found[_number(text) % size] = length = 1.0
    return [value / length for value in found]


@lru_cache(100_000)
def _number(gram: str) -> int:
    return int.from_bytes(hashlib.blake2s(gram.encode(), digest_size=8).digest(), "big")


def _told(values: list[float], packed: bool) -> list[float] | str:  # noqa: FBT001 - the wire's choice
    if packed:
        return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
    return values

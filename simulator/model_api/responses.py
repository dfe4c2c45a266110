"""OpenAI's Responses, with its hosted web search.

A conversation may go on from an earlier response. The web search finds two pages that don't exist,
always the same, and cites them where the text names them.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.model_api import demo_text, seeing
from simulator.model_api.asking import (
    CHUNK,
    Asked,
    Wrong,
    error,
    event,
    streaming,
    unauthorized,
)
from simulator.model_api.behaviour import Model
from simulator.model_api.completions import in_format

Json = dict[str, Any]
SEARCHES = ("web_search", "web_search_preview")
PAGES = (
    ("https://example.com/weather", "Weather of a demonstration"),
    ("https://example.org/almanac", "Almanac of a demonstration"),
)


async def respond(asked: Asked) -> Response:
    """`POST /responses`. Raises Wrong."""
    said = _said(asked)
    response = _response(asked, said)
    if asked.body.get("store", True):
        asked.model.keep({**response, "_said": said})
    if asked.body.get("stream"):
        return streaming(_stream(response, asked))
    return JSONResponse(response)


def kept(model: Model) -> Callable[[Request], Awaitable[Response]]:
    """`GET` and `DELETE /responses/{id}`: what was stored."""

    async def endpoint(request: Request) -> Response:
        if no := unauthorized(request):
            return no
        name = request.path_params["id"]
        known = model.responses.get(name)
        if known is None:
            return error(404, f"Response with id '{name}' not found.")
        if request.method == "DELETE":
            del model.responses[name]
            return JSONResponse({"id": name, "object": "response", "deleted": True})
        return JSONResponse({key: value for key, value in known.items() if key != "_said"})

    return endpoint


def _said(asked: Asked) -> list[Json]:
    """The conversation so far, as chat messages. Raises Wrong."""
    given, before = asked.body.get("input"), asked.body.get("previous_response_id")
    if not isinstance(given, str | list) or not given:
        raise Wrong(400, "Missing required parameter: 'input'.", param="input")
    earlier: list[Json] = []
    if before is not None:
        known = asked.model.responses.get(before)
        if known is None:
            message = f"Previous response with id '{before}' not found."
            raise Wrong(400, message, param="previous_response_id")
        earlier = [*known["_said"], {"role": "assistant", "content": _text(known)}]
    if isinstance(given, str):
        return [*earlier, {"role": "user", "content": given}]
    return [*earlier, *(item for item in given if isinstance(item, dict) and item.get("role"))]


def _text(response: Json) -> str:
    parts = [part for item in response["output"] for part in item.get("content", ())]
    return "".join(part["text"] for part in parts)


def _response(asked: Asked, said: list[Json]) -> Json:
    body, how = asked.body, asked.how
    wish = (body.get("text") or {}).get("format")
    wish = wish if isinstance(wish, dict) else {}
    words = how.text if how.text is not None else demo_text.answer(said, model=asked.name)
    text = in_format(words, wish.get("type"), wish.get("schema"))
    tools = body.get("tools") or []
    searched = any(str(tool.get("type")) in SEARCHES for tool in tools) and not wish.get("schema")
    annotations: list[Json] = []
    if searched:
        text, annotations = _cited(text)
    most, cut = body.get("max_output_tokens"), how.finish_reason == "length"
    if most and demo_text.tokens(text) > most:
        text, cut = demo_text.cut(text, most), True
        annotations = [one for one in annotations if one["end_index"] <= len(text)]
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "incomplete" if cut else "completed",
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "instructions": body.get("instructions"),
        "metadata": body.get("metadata") or {},
        "model": asked.name,
        "output": [*_searches(said, searched=searched), _message(text, annotations, cut=cut)],
        "parallel_tool_calls": True,
        "previous_response_id": body.get("previous_response_id"),
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": tools,
        "top_p": body.get("top_p", 1.0),
        "max_output_tokens": most,
        "usage": _usage(said, body.get("instructions") or "", text),
    }


def _message(text: str, annotations: list[Json], *, cut: bool) -> Json:
    part = {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "status": "incomplete" if cut else "completed",
        "role": "assistant",
        "content": [part],
    }


def _searches(said: list[Json], *, searched: bool) -> Iterator[Json]:
    if searched:
        query = demo_text.words_of(said[-1])
        yield {
            "id": f"ws_{uuid.uuid4().hex}",
            "type": "web_search_call",
            "status": "completed",
            "action": {"type": "search", "query": query, "queries": [query]},
        }


def _cited(text: str) -> tuple[str, list[Json]]:
    """The text with its sources behind it, and where they stand."""
    annotations: list[Json] = []
    for url, title in PAGES:
        start = len(text) + 1
        text += f" ([{title}]({url}))"
        place = {"start_index": start, "end_index": len(text)}
        annotations.append({"type": "url_citation", "url": url, "title": title, **place})
    return text, annotations


def _usage(said: list[Json], instructions: str, text: str) -> Json:
    words = "".join(demo_text.words_of(message) for message in said)
    asked = demo_text.tokens(words) + demo_text.tokens(instructions) + seeing.tokens(said)
    told = demo_text.tokens(text)
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": told,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": asked + told,
    }


async def _stream(response: Json, asked: Asked) -> AsyncIterator[bytes]:
    """The response in pieces, as server-sent events with their names and numbers."""
    if asked.how.delay:
        await asyncio.sleep(asked.how.delay)
    for number, (name, data) in enumerate(_events(response)):
        yield event({"type": name, **data, "sequence_number": number}, name)
    asked.answered(response)


def _events(response: Json) -> Iterator[tuple[str, Json]]:
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    yield "response.created", {"response": begun}
    yield "response.in_progress", {"response": begun}
    for index, item in enumerate(response["output"]):
        at = {"output_index": index}
        if item["type"] != "message":
            yield "response.output_item.added", {**at, "item": item}
            yield "response.output_item.done", {**at, "item": item}
            continue
        empty = {**item, "status": "in_progress", "content": []}
        yield "response.output_item.added", {**at, "item": empty}
        yield from _words(item, {**at, "item_id": item["id"], "content_index": 0})
        yield "response.output_item.done", {**at, "item": item}
    yield f"response.{response['status']}", {"response": response}


def _words(item: Json, at: Json) -> Iterator[tuple[str, Json]]:
    part = item["content"][0]
    text = part["text"]
    empty = {**part, "text": "", "annotations": []}
    yield "response.content_part.added", {**at, "part": empty}
    for start in range(0, len(text), CHUNK):
        piece = {"delta": text[start : start + CHUNK], "logprobs": []}
        yield "response.output_text.delta", {**at, **piece}
    yield "response.output_text.done", {**at, "text": text, "logprobs": []}
    yield "response.content_part.done", {**at, "part": part}

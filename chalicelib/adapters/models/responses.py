"""OpenAI's Responses, for what only they have: a search of the web that OpenAI runs itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from chalicelib.adapters.models import asking
from chalicelib.adapters.models.calling import Caller
from chalicelib.adapters.models.mishaps import of_status
from chalicelib.adapters.models.reading import as_dict, as_list, clean, usage, words
from chalicelib.domain.addresses import is_address
from chalicelib.domain.catalogue import Ability, ModelSpec
from chalicelib.domain.errors import Cause, ModelBusy, ModelRefused
from chalicelib.domain.prompt import Prompt
from chalicelib.ports import Completion, Source

Json = dict[str, Any]

#: How the model writes a page into its words; titles may hold brackets, and addresses parentheses.
_TITLE = r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]"
_ADDRESS = r"\((https?://(?:[^()\s]|\([^()\s]*\))+)\)"
_LINK = re.compile(_TITLE + _ADDRESS)
#: Citations stand in parentheses, one or several. Pages are told below an answer, not within.
_CITED = re.compile(
    rf"(?<!\s)\s*(?:[(（]\s*(?:{_TITLE}{_ADDRESS}[\s,;、]*)+[)）]|【[^】\n]*†[^】\n]*】)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsesModel:
    """Implements `ports.Model`; safe for many threads."""

    spec: ModelSpec
    caller: Caller

    def complete(self, prompt: Prompt, *, within: timedelta, max_tokens: int) -> Completion:
        """Ask once; see `ports.Model`."""
        return self.caller.call(
            self.spec,
            lambda client: client.responses.with_raw_response.create,
            lambda answer: _completion(answer, prompt),
            within=within,
            instructions=asking.system_text(prompt, self.spec) or None,
            input=_input(prompt, self.spec),
            max_output_tokens=max_tokens,
            store=False,
            **asking.options(prompt, self.spec),
            **_tools(prompt, self.spec),
            **_format(prompt, self.spec),
        )


def _input(prompt: Prompt, spec: ModelSpec) -> list[Json]:
    said: list[Json] = [
        {
            "role": "assistant" if line.by_bot else "user",
            "content": [
                {"type": "output_text" if line.by_bot else "input_text", "text": clean(line.told)}
            ],
        }
        for line in prompt.lines
    ]
    for image in asking.images(prompt, spec) if said else ():
        said[-1]["content"].append({"type": "input_image", "image_url": asking.data_url(image)})
    return said


def _tools(prompt: Prompt, spec: ModelSpec) -> Json:
    return {"tools": [{"type": "web_search"}]} if prompt.searches and spec.can(Ability.WEB) else {}


def _format(prompt: Prompt, spec: ModelSpec) -> Json:
    schema = asking.schema(prompt, spec)
    return {"text": {"format": {"type": "json_schema", **schema}}} if schema else {}


def _completion(answer: object, prompt: Prompt) -> Completion:
    """Read an answer, of any shape. Raises a ModelError where it holds no words."""
    body = as_dict(answer)
    reason = as_dict(body.get("incomplete_details")).get("reason")
    output = [as_dict(item) for item in as_list(body.get("output"))]
    said = [
        [as_dict(part) for part in as_list(item.get("content"))]
        for item in output
        if item.get("type") == "message" and item.get("phase") != "commentary"
    ]
    parts = [part for each in said for part in each]
    if reason == "content_filter" or any(part.get("type") == "refusal" for part in parts):
        raise ModelRefused(Cause.FILTERED)
    if body.get("status") in ("failed", "cancelled"):
        raise of_status(500, body, {})
    text = "\n\n".join(filter(None, map(words, said)))
    if not text:
        raise ModelBusy(Cause.EMPTY)
    used, sources = usage(body.get("usage")), _sources(parts)
    return Completion(
        text=_without_citations(text, sources),
        cut=reason == "max_output_tokens",
        usage=replace(used, searches=sum(map(_is_search, output))) if used else used,
        sources=sources,
        data=asking.data(prompt, text),
    )


def _is_search(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is a search that is paid for; to open a page costs its tokens alone."""
    action = as_dict(item.get("action")).get("type", "search")
    return item.get("type") == "web_search_call" and action == "search"


def _sources(parts: Sequence[Mapping[str, Any]]) -> tuple[Source, ...]:
    """The pages that an answer names, each once, in the order of their first appearance."""
    found: dict[str, Source] = {}
    for part in parts:
        for each in as_list(part.get("annotations")):
            cited = as_dict(each)
            url, title = cited.get("url"), cited.get("title")
            if cited.get("type") == "url_citation" and isinstance(url, str) and is_address(url):
                address = _bare(url)
                known = title if isinstance(title, str) else ""
                found.setdefault(address, Source(title=clean(known).strip(), url=address))
    return tuple(found.values())


def _without_citations(text: str, sources: Sequence[Source]) -> str:
    """Take citations out of the words; where one is part of a sentence, its words stay."""
    if not sources:
        return text
    cited = {source.url for source in sources}

    def plain(link: re.Match[str]) -> str:
        return link[1] if is_address(link[2]) and _bare(link[2]) in cited else link[0]

    return _LINK.sub(plain, _CITED.sub("", text)).strip() or text


def _bare(url: str) -> str:
    """An address without what tells its owner who led there."""
    parts = urlsplit(url)
    kept = [each for each in parts.query.split("&") if not each.startswith("utm_source=")]
    return parts._replace(query="&".join(kept)).geturl()

"""OpenAI's Chat Completions, which most vendors speak, each with an accent of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from chalicelib.adapters.models import asking
from chalicelib.adapters.models.calling import Caller
from chalicelib.adapters.models.mishaps import of_success
from chalicelib.adapters.models.reading import as_dict, as_list, clean, usage, words
from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.errors import Cause, ModelBusy, ModelRefused
from chalicelib.domain.prompt import Prompt
from chalicelib.ports import Completion

_CUT: Final = ("length", "max_tokens", "model_length", "model_context_window_exceeded")
#: OpenRouter's word, DeepSeek's and Z.AI's, where the words may be half an answer.
_BROKEN: Final = ("error", "insufficient_system_resource", "network_error")
#: OpenAI's word, Claude's, Z.AI's, and Gemini's own, which it passes on in capitals.
_FILTERED: Final = (
    "content_filter",
    "refusal",
    "sensitive",
    "safety",
    "recitation",
    "blocklist",
    "prohibited_content",
    "spii",
)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionsModel:
    """Implements `ports.Model`; safe for many threads."""

    spec: ModelSpec
    caller: Caller

    def complete(self, prompt: Prompt, *, within: timedelta, max_tokens: int) -> Completion:
        """Ask once; see `ports.Model`."""
        return self.caller.call(
            self.spec,
            lambda client: client.chat.completions.with_raw_response.create,
            lambda answer: _completion(answer, prompt),
            within=within,
            messages=_messages(prompt, self.spec),
            **{self.spec.vendor.cap: max_tokens},
            **asking.options(prompt, self.spec),
            **_format(prompt, self.spec),
        )


def _messages(prompt: Prompt, spec: ModelSpec) -> list[Json]:
    system = asking.system_text(prompt, spec)
    said: list[Json] = [
        {"role": "assistant" if line.by_bot else "user", "content": clean(line.told)}
        for line in prompt.lines
    ]
    if said and (seen := asking.images(prompt, spec)):
        pictures = [
            {"type": "image_url", "image_url": {"url": asking.data_url(image)}} for image in seen
        ]
        said[-1]["content"] = [{"type": "text", "text": said[-1]["content"]}, *pictures]
    return [{"role": "system", "content": system}, *said] if system else said


def _format(prompt: Prompt, spec: ModelSpec) -> Json:
    schema = asking.schema(prompt, spec)
    told = {"type": "json_schema", "json_schema": schema}
    return {"response_format": told} if schema else {}


def _completion(answer: object, prompt: Prompt) -> Completion:
    """Read an answer, of any shape. Raises a ModelError where it holds no words."""
    body = as_dict(answer)
    choices = as_list(body.get("choices"))
    choice = as_dict(choices[0]) if choices else {}
    message = as_dict(choice.get("message"))
    reason = str(choice.get("finish_reason")).lower().partition(":")[0]
    if reason in _FILTERED or message.get("refusal"):
        raise ModelRefused(Cause.FILTERED)
    if (error := of_success(choice)) or reason in _BROKEN:
        raise error or ModelBusy(Cause.OVERLOADED, reason)
    text = words(message.get("content"))
    if not text:
        raise ModelBusy(Cause.EMPTY)
    return Completion(
        text=text,
        cut=reason in _CUT,
        usage=usage(body.get("usage")),
        data=asking.data(prompt, text),
    )

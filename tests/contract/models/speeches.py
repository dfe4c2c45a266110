"""The three things vendors are asked for, as values: how each is asked, answers and counts.

What is promised of all of them is tested once, on each row of these tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.adapters.models.vendors import ModelVendors
from chalicelib.domain.catalogue import Dialect, ModelSpec
from chalicelib.domain.media import Medium
from chalicelib.domain.prompt import Line, Prompt
from chalicelib.ports import Completion, Transcript

Json = dict[str, Any]

WORDS = "這是一句只有兩個人知道的話"
PROMPT = Prompt(
    system="You are Liao.",
    lines=(
        Line(text="你好", by_bot=False),
        Line(text="你好！", by_bot=True),
        Line(text=WORDS, by_bot=False),
    ),
)
PICTURE = Medium(content=b"\x89PNG\r\n\x1a\n picture", content_type="image/png")
VOICE = Medium(content=b"\x00\x00\x00\x18ftypM4A voice", content_type="audio/mp4")
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
MOST = 800


def data_url(image: Medium = PICTURE) -> str:
    """The picture as it goes over the wire."""
    import base64

    return f"data:{image.content_type};base64,{base64.b64encode(image.content).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One way to ask.

    answer: a good answer's body, with these words; more: its other fields. counts: its usage, of
    tokens in and out, cached and reasoned. asks: sends a prompt.
    """

    name: str
    path: str
    dialect: Dialect
    answer: Callable[..., Json]
    counts: Callable[..., Json]
    asks: Callable[[ModelVendors, ModelSpec, Prompt, timedelta], Completion | Transcript]

    def __str__(self) -> str:
        return self.name


def _complete(
    vendors: ModelVendors, spec: ModelSpec, prompt: Prompt, within: timedelta
) -> Completion:
    return vendors.model(spec).complete(prompt, within=within, max_tokens=MOST)


def _transcribe(
    vendors: ModelVendors, spec: ModelSpec, prompt: Prompt, within: timedelta
) -> Transcript:
    return vendors.hearing(spec).transcribe(VOICE, within=within)


def chat_counts(read: int, wrote: int, *, cached: int = 0, reasoned: int = 0) -> Json:
    """Usage, as Chat Completions tell it."""
    return {
        "prompt_tokens": read,
        "completion_tokens": wrote,
        "total_tokens": read + wrote,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": reasoned, "audio_tokens": 0},
    }


def chat_answer(content: Any = "好的。", *, cut: bool = False, **more: Any) -> Json:
    """What Chat Completions answer."""
    message = {"role": "assistant", "content": content, "refusal": None, **more.pop("message", {})}
    reason = more.pop("finish_reason", "length" if cut else "stop")
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": "gpt-5.4-mini-2026-03-17",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": chat_counts(31, 7),
        **more,
    }


def response_counts(read: int, wrote: int, *, cached: int = 0, reasoned: int = 0) -> Json:
    """Usage, as Responses tell it."""
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": wrote,
        "output_tokens_details": {"reasoning_tokens": reasoned},
        "total_tokens": read + wrote,
    }


def message(*texts: Any, annotations: list[Any] | None = None, **more: Any) -> Json:
    """A message among the output of a response."""
    told = annotations or []
    parts = [{"type": "output_text", "text": text, "annotations": told} for text in texts]
    return {"id": "msg_1", "type": "message", "role": "assistant", "content": parts, **more}


def response_answer(content: Any = "好的。", *, cut: bool = False, **more: Any) -> Json:
    """What Responses answer."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_795_000_000,
        "status": "incomplete" if cut else "completed",
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "model": "gpt-5.4-mini-2026-03-17",
        "output": [{"id": "rs_1", "type": "reasoning", "summary": []}, message(content)],
        "usage": response_counts(31, 7),
        **more,
    }


def transcript_counts(read: int, wrote: int, **_: int) -> Json:
    """Usage, as transcriptions tell it where they count tokens."""
    return {
        "type": "tokens",
        "input_tokens": read,
        "input_token_details": {"text_tokens": 0, "audio_tokens": read},
        "output_tokens": wrote,
        "total_tokens": read + wrote,
    }


def transcript(content: Any = "好的。", **more: Any) -> Json:
    """What transcriptions answer."""
    return {"text": content, "usage": transcript_counts(31, 7), **more}


CHAT = Speech(
    name="chat",
    path="/v1/chat/completions",
    dialect=Dialect.CHAT,
    answer=chat_answer,
    counts=chat_counts,
    asks=_complete,
)
RESPONSES = Speech(
    name="responses",
    path="/v1/responses",
    dialect=Dialect.RESPONSES,
    answer=response_answer,
    counts=response_counts,
    asks=_complete,
)
HEARING = Speech(
    name="hearing",
    path="/v1/audio/transcriptions",
    dialect=Dialect.CHAT,
    answer=transcript,
    counts=transcript_counts,
    asks=_transcribe,
)
#: What answers people, and everything that is called.
DIALECTS = (CHAT, RESPONSES)
SPEECHES = (*DIALECTS, HEARING)

"""Answers in the shapes in which vendors are known to send them.

Every row is a vendor's accent: its answer, shortened, and what is to be understood. A vendor that
surprises gets a row here.
"""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.prices import Usage
from tests.contract.models.talk import Talk

Json = dict[str, Any]


def said(content: Any = "好的。", *, usage: Any = None, reason: str = "stop", **more: Any) -> Json:
    """A completion as most send it; more: fields of the message."""
    message = {"role": "assistant", "content": content, **more}
    return {"choices": [{"index": 0, "message": message, "finish_reason": reason}], "usage": usage}


def counts(read: int, wrote: int, total: int | None = None, **more: Any) -> Json:
    whole = read + wrote if total is None else total
    return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": whole, **more}


ANSWERS: list[tuple[str, Json, Usage]] = [
    (
        "OpenAI: thoughts are among the tokens out",
        said(
            refusal=None,
            annotations=[],
            usage=counts(
                2006,
                300,
                prompt_tokens_details={"cached_tokens": 1920, "audio_tokens": 0},
                completion_tokens_details={"reasoning_tokens": 192, "audio_tokens": 0},
            ),
        ),
        Usage(tokens_in=2006, cached=1920, tokens_out=300, reasoning=192),
    ),
    (
        "Gemini: thoughts are in the total alone",
        said(usage=counts(10, 5, 115)),
        Usage(tokens_in=10, tokens_out=105, reasoning=100),
    ),
    (
        "Gemini: thoughts in a tag of its own",
        said("<thought>hm</thought>好的。", usage=counts(10, 5)),
        Usage(tokens_in=10, tokens_out=5),
    ),
    (
        "Claude: no details",
        said(
            usage=counts(14, 9, completion_tokens_details=None, prompt_tokens_details=None),
            refusal=None,
            tool_calls=None,
        ),
        Usage(tokens_in=14, tokens_out=9),
    ),
    (
        "DeepSeek: its own word for what was cached, and thoughts beside the words",
        said(
            reasoning_content="The user asks…",
            usage=counts(
                200,
                90,
                prompt_cache_hit_tokens=128,
                prompt_cache_miss_tokens=72,
                completion_tokens_details={"reasoning_tokens": 80},
            ),
        ),
        Usage(tokens_in=200, cached=128, tokens_out=90, reasoning=80),
    ),
    (
        "Groq: times among the usage",
        said(
            reasoning="We just reply.",
            usage=counts(73, 12, queue_time=0.18, prompt_time=0.003, total_time=0.02),
        ),
        Usage(tokens_in=73, tokens_out=12),
    ),
    (
        "Mistral: words and thoughts in parts",
        said(
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "好的。"},
            ],
            tool_calls=None,
            usage=counts(16, 34),
        ),
        Usage(tokens_in=16, tokens_out=34),
    ),
    (
        "Mistral: sound beside the tokens in",
        said(usage=counts(4, 6, 385, prompt_tokens_details={"audio_tokens": 375})),
        Usage(tokens_in=379, audio_in=375, tokens_out=6),
    ),
    (
        "xAI: thoughts are beside the tokens out",
        said(
            reasoning_content="hm",
            refusal=None,
            usage=counts(
                32,
                9,
                135,
                prompt_tokens_details={"text_tokens": 32, "audio_tokens": 0, "cached_tokens": 6},
                completion_tokens_details={"reasoning_tokens": 94, "audio_tokens": 0},
                num_sources_used=0,
            ),
        ),
        Usage(tokens_in=32, cached=6, tokens_out=103, reasoning=94),
    ),
    (
        "xAI: thoughts that no total tells of",
        said(
            usage={
                "prompt_tokens": 12,
                "completion_tokens": 1,
                "completion_tokens_details": {"reasoning_tokens": 386},
            }
        ),
        Usage(tokens_in=12, tokens_out=387, reasoning=386),
    ),
    (
        "OpenRouter: its own costs, which are left alone",
        {
            **said(reasoning=None, usage=counts(20, 4, cost=0.000015, cost_details={"x": 1})),
            "provider": "Anthropic",
        },
        Usage(tokens_in=20, tokens_out=4),
    ),
    (
        "Bedrock: thoughts in front of the words",
        said("<reasoning>We just reply.</reasoning>好的。", usage=counts(74, 17)),
        Usage(tokens_in=74, tokens_out=17),
    ),
    ("Ollama: no usage", said(), Usage()),
    (
        "Ollama: a template that opens the thoughts itself",
        said("Okay…\n</think>\n\n好的。"),
        Usage(),
    ),
    (
        "llama.cpp: timings beside a usage of another vendor's names",
        {**said(usage={"input_tokens": 8, "output_tokens": 3}), "timings": {"prompt_n": 8}},
        Usage(tokens_in=8, tokens_out=3),
    ),
]


@pytest.mark.parametrize(
    ("body", "used"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_every_vendors_answer_is_understood(chat: Talk, body: Json, used: Usage) -> None:
    chat.says(body)
    answer = chat.ask()
    assert (answer.text, answer.usage, answer.cut) == ("好的。", used, False)

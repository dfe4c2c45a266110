"""Reading what vendors answer: JSON of any shape, where anything may be missing or odd."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from chalicelib.domain.prices import Usage

T = TypeVar("T")
#: What the dialects call the tokens in and out.
_IN: Final = ("prompt_tokens", "input_tokens")
_OUT: Final = ("completion_tokens", "output_tokens")
#: Beyond it a float overflows, and a database's integer.
_MOST = 10**12
#: Thoughts in front of the words; where a template opens them itself, only their end is seen.
_THOUGHTS = re.compile(
    r"\A\s*<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)"
    r"|\A(?:(?!<think>).)*?\n[ \t]*</think>[ \t]*(?=\n|\Z)",
    re.DOTALL,
)
#: The kinds of parts that words come in.
_SPOKEN = (None, "text", "output_text")


def as_dict(value: object) -> Mapping[str, Any]:
    """The object itself; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The list itself; an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def count(value: object) -> int:
    """A whole number above 0; 0 in place of anything else, and of what no call can use."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value < _MOST else 0  # type: ignore[operator,return-value]


def clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and UTF-8 can't."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def words(content: object) -> str:
    """An answer's words, without thoughts; some vendors send them in parts."""
    parts = [as_dict(part) for part in as_list(content)] or [{"text": content}]
    told = (part.get("text") for part in parts if part.get("type") in _SPOKEN)
    text = "".join(text for text in told if isinstance(text, str))
    return clean(_THOUGHTS.sub("", text, count=1)).strip()


def usage(told: object) -> Usage:
    """Usage, as either dialect tells it.

    OpenAI counts what nobody sees (reasoning) among the tokens out. xAI and Gemini leave it out
    there and add it to the total alone, so what the total has more was thought. Mistral does the
    same with sound among the tokens in. A part that is larger than its whole was counted beside it.
    """
    table = as_dict(told)
    of_in = _first(table, as_dict, *(f"{name}_details" for name in _IN), "input_token_details")
    of_out = _first(table, as_dict, *(f"{name}_details" for name in _OUT))
    tokens_in, tokens_out = _first(table, count, *_IN), _first(table, count, *_OUT)
    audio, reasoning = count(of_in.get("audio_tokens")), count(of_out.get("reasoning_tokens"))
    tokens_in += audio if audio > tokens_in else 0
    unseen = max(count(table.get("total_tokens")) - tokens_in - tokens_out, 0)
    unseen = unseen or (reasoning if reasoning > tokens_out else 0)
    tokens_out += unseen
    cached = count(of_in.get("cached_tokens")) or count(table.get("prompt_cache_hit_tokens"))
    return Usage(
        tokens_in=tokens_in,
        cached=min(cached, tokens_in),
        audio_in=audio,
        tokens_out=tokens_out,
        reasoning=min(max(reasoning, unseen), tokens_out),
        seconds=_first(table, _seconds, "seconds", "prompt_audio_seconds"),
    )


def _first(table: Mapping[str, Any], read: Callable[[object], T], *names: str) -> T:
    """What is told by the first of these names that tells anything."""
    told = [read(table.get(name)) for name in names]
    return next((each for each in told if each), told[0])


def _seconds(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < 1e6 else 0.0  # type: ignore[operator,arg-type]

"""How long it takes to make LINE's messages of an answer's Markdown.

Answers of 2,000 characters, put together from those that the tests read: recipes, code, tables,
formulas, letters, in four languages. Beside it stands what a bot does that strips the marks with
regular expressions and cuts the text at LINE's limit; it has no bubbles, and leaves what it doesn't
know.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice

from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import Stage
from chalicelib.domain.rendering import render
from simulator.load.figures import p50, percentile
from tests.unit.rendering.answers import ANSWERS

#: Milliseconds within which 95 of 100 answers must be rendered.
MOST = 5.0
LENGTH = 2_000
_LIMIT = 5_000
#: Steps from one answer's first part to the next one's: no two answers of a run are the same.
_STRIDES = (1, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 49, 53, 59, 61)
_STRIPPED = (
    (re.compile(r"```\w*\n(.*?)```", re.DOTALL), r"\1"),
    (re.compile(r"(\*\*|__)(.+?)\1"), r"\2"),
    (re.compile(r"(\*|_)(.+?)\1"), r"\2"),
    (re.compile(r"~~(.+?)~~"), r"\1"),
    (re.compile(r"`(.+?)`"), r"\1"),
    (re.compile(r"^#{1,6} +", re.MULTILINE), ""),
    (re.compile(r"^( *)[-*+] +", re.MULTILINE), r"\1• "),
    (re.compile(r"^> ?", re.MULTILINE), ""),
    (re.compile(r"!?\[(.+?)\]\((.+?)\)"), r"\1 \2"),
)


def measure(_stage: Stage, sizes: Sizes) -> Result:
    """Measure both, answer by answer."""
    answers = _answers(sizes.rendered)
    rendered = _timed(answers, render)
    stripped = _timed(answers, _strip)
    lines = (
        Line(
            what="render_p50",
            unit="ms",
            liao=p50(rendered) * 1_000,
            plain=p50(stripped) * 1_000,
        ),
        Line(
            what="render_p95",
            unit="ms",
            liao=percentile(rendered, 95) * 1_000,
            plain=percentile(stripped, 95) * 1_000,
            most=MOST,
        ),
    )
    return Result(name="rendering", lines=lines)


def _answers(count: int) -> list[str]:
    """So many different answers of `LENGTH` characters."""
    texts = [path.read_text("utf-8") for path in ANSWERS]
    return [_answer(texts, number) for number in range(count)]


def _answer(texts: Sequence[str], number: int) -> str:
    stride = _STRIDES[number // len(texts) % len(_STRIDES)]
    parts = islice(cycle(texts), number % len(texts), None, stride)
    answer = ""
    while len(answer) < LENGTH:
        answer += f"{next(parts)}\n"
    return answer[:LENGTH]


def _timed(answers: Sequence[str], make: Callable[[str], object]) -> list[float]:
    """Seconds that each answer takes."""
    for answer in answers[: len(ANSWERS)]:
        make(answer)  # the first ones load what all of them use
    seconds = []
    for answer in answers:
        begun = time.perf_counter()
        make(answer)
        seconds.append(time.perf_counter() - begun)
    return seconds


def _strip(markdown: str) -> list[str]:
    for mark, words in _STRIPPED:
        markdown = mark.sub(words, markdown)
    return [markdown[start : start + _LIMIT] for start in range(0, len(markdown), _LIMIT)]

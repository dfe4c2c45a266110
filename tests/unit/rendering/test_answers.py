"""Sixty answers become what somebody has read and found good."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from chalicelib.domain.messages import Code
from chalicelib.domain.rendering import render
from tests.unit.rendering.answers import ANSWERS, LANGUAGES, name
from tests.unit.rendering.dump import dump, seen

#: Markup that no reader should see.
LEFT = re.compile(
    r"\*\*|~~|`|\]\(|</?[a-z]+[ >]|&\w+;|\$\$|\\[a-zA-Z(\[]|^ *#{1,6} |^\s*[-*+] |^>|\|-|\[[ x]\]",
    re.MULTILINE,
)
#: What looks like it and belongs there: powers in one answer, a face in another.
MEANT = {"en/14": ["**"] * 4, "zh-Hant/14": ["`"]}


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_an_answer_becomes_what_was_found_good(answer: Path) -> None:
    rendered = dump(render(answer.read_text("utf-8")))
    assert rendered == answer.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_no_markup_is_left_in_an_answer(answer: Path) -> None:
    messages = [m for m in render(answer.read_text("utf-8")) if not isinstance(m, Code)]
    assert LEFT.findall(seen(messages)) == MEANT.get(name(answer), [])


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_an_answer_with_bubbles_fits_one_reply(answer: Path) -> None:
    assert len(render(answer.read_text("utf-8"))) <= 5


def test_there_are_fifteen_answers_of_natural_length_in_each_language() -> None:
    assert Counter(answer.parent.name for answer in ANSWERS) == dict.fromkeys(LANGUAGES, 15)
    assert all(250 <= len(answer.read_text("utf-8")) <= 2_500 for answer in ANSWERS)

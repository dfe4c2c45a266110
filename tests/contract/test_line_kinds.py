"""LINE's own file judges what is deep inside a message; a judge that takes everything is none."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError  # type: ignore[import-untyped]

from tests.contract.bodies import action, box, buttons, carousel, chips, column, flex, footed
from tests.contract.kinds import check_by_file
from tests.contract.spec import FILE

Json = dict[str, Any]

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="LINE's OpenAPI files are not here")


def copying(**more: Any) -> Json:
    return flex(footed(action("clipboard", **more)))


def body(**more: Any) -> Json:
    return flex({"type": "bubble", "body": box({"type": "text", "text": "x", **more})})


def test_what_is_as_the_file_says_is_taken() -> None:
    for said in (copying(), body(wrap=True), chips(action("postback")), carousel(column())):
        check_by_file(said)


SPOILT: dict[str, Json] = {
    "an unknown kind": {"type": "song"},
    "no kind": {"text": "x"},
    "an unknown container": flex({"type": "table"}),
    "an unknown size": flex({"type": "bubble", "size": "huge"}),
    "a box of nothing": flex({"type": "bubble", "body": {"type": "box", "layout": "vertical"}}),
    "a wrap by word": body(wrap="yes"),
    "an unknown component": body(type="chart"),
    "a copy of nothing": copying(clipboardText=""),
    "a copy of too much": copying(clipboardText="x" * 1_001),
    "a label that is a number": chips({"type": "postback", "label": 5, "data": "x"}),
    "an action that is none": buttons(actions=["x"]),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_not_is_refused_however_deep_it_lies(what: str) -> None:
    with pytest.raises(ValidationError):
        check_by_file(SPOILT[what])

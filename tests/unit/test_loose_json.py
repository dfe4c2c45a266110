"""JSON from models that were only asked for it in words is read however they wrap it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.loose_json import read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ("{}", {}),
        (' \n{ "a" : [1, 2] } \n', {"a": [1, 2]}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('```\n{"a": 1}\n```', {"a": 1}),
        ('```JSON\r\n{"a": 1}```', {"a": 1}),
        ('當然：\n```json\n{"a": 1}\n```\n還要別的嗎？', {"a": 1}),
        ('```python\nprint("x")\n```\n```json\n{"a": 1}\n```', {"a": 1}),
        ('```json\n{"a": "x```y"}\n```', {"a": "x```y"}),
        ('```json\n{"a": 1}', {"a": 1}),
        ('Here: {"a": 1}. And {"b": 2}', {"a": 1}),
        ('By {name}: {"a": 1}', {"a": 1}),
        ('[{"a": 1}]', {"a": 1}),
        ('{"a": 1,}', {"a": 1}),
        ('{"a": [1, 2,\n],\n}', {"a": [1, 2]}),
        ('{"a": ",}", "b": ",]",}', {"a": ",}", "b": ",]"}),
        ('{"a": "\\",}",}', {"a": '",}'}),
        ('{"a": "兩\n行\t"}', {"a": "兩\n行\t"}),
        ('{"a": {"b": {}}} {', {"a": {"b": {}}}),
        (r'{"a": "\ud83d", "\ude00": "\ud83d\ude00"}', {"a": "\ufffd", "\ufffd": "😀"}),
    ],
)
def test_an_object_is_found_however_it_is_wrapped(text: str, found: dict[str, Any]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "台北",
        "[1, 2]",
        "{name}",
        "{'a': 1}",
        '{"a": ',
        '{"a": {"b": 1}',
        '{"a": {"b": 1}, "c": "half of',
        '```json\n{"a": {"b": 1}, "c": \n```',
        '{"a": 1,,}',
        '{"a": ' * 100_000,
        '{"a":' + "[" * 100_000,
        '{"a": ' + "9" * 9_999 + "}",
        "{" * 100_000,
        "```\n" * 20_001,
    ],
    ids=lambda text: text[:24],
)
def test_a_piece_of_an_object_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        read(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=4)
#: People's words: whatever opens neither a fence nor an object.
AROUND = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{`"), max_size=20)
WRAPPINGS = ("{}", "```json\n{}\n```", "```\n{}\n```", "\n{}\n")


def trailing(value: Any) -> str:
    """Write JSON with a comma behind every last item."""
    if isinstance(value, dict) and value:
        pairs = (f"{json.dumps(name)}: {trailing(inner)}," for name, inner in value.items())
        return "{" + " ".join(pairs) + "\n}"
    if isinstance(value, list) and value:
        return "[" + " ".join(f"{trailing(inner)}," for inner in value) + " ]"
    return json.dumps(value, ensure_ascii=False)


@given(
    OBJECTS,
    st.sampled_from([json.dumps, trailing, lambda value: json.dumps(value, indent=2)]),
    st.sampled_from(WRAPPINGS),
    AROUND,
    AROUND,
)
def test_any_object_reads_back(
    value: dict[str, Any], write: Any, wrapping: str, before: str, behind: str
) -> None:
    assert read(before + wrapping.replace("{}", write(value)) + behind) == value


@given(
    st.text()
    | st.lists(
        st.sampled_from(['{"', "{", "}", '"', ":", ",", "[", "]", "\\", "```", "json", "\n", "1"])
    ).map("".join)
)
def test_any_text_is_an_object_or_a_value_error(text: str) -> None:
    try:
        found = read(text)
    except ValueError:
        return
    assert isinstance(found, dict)
    assert json.dumps(found, ensure_ascii=False).encode()

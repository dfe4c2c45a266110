"""What both dialects promise: what a prompt becomes, and what is made of an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.catalogue import Ability, Dialect
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused
from chalicelib.domain.media import Medium
from chalicelib.domain.prices import Usage
from chalicelib.domain.prompt import Line, Prompt
from chalicelib.ports import Completion
from tests.contract.models.speeches import MOST, PICTURE, PROMPT, SCHEMA, WORDS, data_url
from tests.contract.models.talk import Talk
from tests.scripted import Reply

JPEG = Medium(content=b"\xff\xd8\xff\xe0", content_type="image/jpeg")
STRUCTURED = replace(PROMPT, schema=SCHEMA)
USED = Usage(tokens_in=31, tokens_out=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a vendor was asked, in no dialect."""

    system: str | None
    lines: Sequence[tuple[str, str]]
    pictures: Sequence[str]
    cap: int
    format: Any


def heard(talk: Talk) -> Heard:
    """Read what was asked last."""
    body = talk.asked.json
    is_chat = talk.speech.dialect is Dialect.CHAT
    said = body["messages"] if is_chat else body["input"]
    system = said.pop(0)["content"] if said[0]["role"] == "system" else body.get("instructions")
    lines, pictures = [], []
    for each in said:
        whole = each["content"]
        parts = whole if isinstance(whole, list) else [{"text": whole}]
        lines.append((each["role"], "".join(part.get("text", "") for part in parts)))
        urls = [part["image_url"] for part in parts if "image_url" in part]
        pictures += [url["url"] if is_chat else url for url in urls]
    wish = body.get("response_format") if is_chat else body.get("text", {}).get("format")
    return Heard(
        system=system,
        lines=lines,
        pictures=pictures,
        cap=body["max_tokens" if is_chat else "max_output_tokens"],
        format=wish["json_schema"] if wish and is_chat else wish,
    )


# --- what goes over the wire -------------------------------------------------------------------


def test_a_call_carries_system_text_history_question_and_cap(talk: Talk) -> None:
    talk.ask()
    assert heard(talk) == Heard(
        system="You are Liao.",
        lines=[("user", "你好"), ("assistant", "你好！"), ("user", WORDS)],
        pictures=[],
        cap=MOST,
        format=None,
    )


def test_halves_of_surrogate_pairs_can_be_asked_about(talk: Talk) -> None:
    half = Line(text="a\ud83d", by_bot=False)
    talk.ask(prompt=Prompt(system="\ude00b", lines=(half,)))
    assert (heard(talk).system, heard(talk).lines) == ("\ufffdb", [("user", "a\ufffd")])


def test_a_model_that_is_told_nothing_gets_no_empty_text(talk: Talk) -> None:
    talk.ask(prompt=replace(PROMPT, system=""))
    assert heard(talk).system is None
    assert len(heard(talk).lines) == 3


def test_pictures_go_with_the_question_as_addresses_of_their_own(talk: Talk) -> None:
    talk.ask(talk.row(Ability.VISION), prompt=replace(PROMPT, images=(PICTURE, JPEG)))
    assert heard(talk).pictures == [data_url(), data_url(JPEG)]
    assert heard(talk).lines[-1] == ("user", WORDS)


def test_a_model_that_sees_nothing_gets_no_pictures(talk: Talk) -> None:
    talk.ask(prompt=replace(PROMPT, images=(PICTURE,)))
    assert heard(talk).pictures == []
    assert b"base64" not in talk.asked.body


@pytest.mark.parametrize(
    ("abilities", "wish", "sent"),
    [
        ((Ability.TEMPERATURE,), 0.2, {"temperature": 0.2}),
        ((Ability.TEMPERATURE,), 0.0, {"temperature": 0.0}),
        ((Ability.TEMPERATURE,), None, {}),
        ((), 0.2, {}),
    ],
)
def test_a_temperature_goes_only_to_a_model_that_takes_one(
    talk: Talk, abilities: tuple[Ability, ...], wish: float | None, sent: dict[str, float]
) -> None:
    talk.ask(talk.row(*abilities), prompt=replace(PROMPT, temperature=wish))
    body = talk.asked.json
    assert {name: body[name] for name in body if name == "temperature"} == sent


def test_a_schema_is_sent_to_a_model_that_keeps_to_it(talk: Talk) -> None:
    talk.says(talk.speech.answer('{"city": "台北"}'))
    answer = talk.ask(talk.row(Ability.JSON_SCHEMA), prompt=STRUCTURED)
    assert answer.data == {"city": "台北"}
    wish = heard(talk).format
    assert (wish["name"], wish["schema"], wish["strict"]) == ("answer", SCHEMA, True)
    assert heard(talk).system == "You are Liao."


def test_any_other_model_is_asked_for_it_in_words_and_read_tolerantly(talk: Talk) -> None:
    talk.says(talk.speech.answer('當然：\n```json\n{"city": "台北",}\n```\n還要別的嗎？'))
    assert talk.ask(prompt=STRUCTURED).data == {"city": "台北"}
    system = heard(talk).system or ""
    assert heard(talk).format is None
    assert system.startswith("You are Liao.\n\n")
    assert json.dumps(SCHEMA) in system


@pytest.mark.parametrize("abilities", [(), (Ability.JSON_SCHEMA,)], ids=["in words", "by schema"])
@pytest.mark.parametrize("content", ["台北", '{"city": "台', "[1]", "{台北}"])
def test_what_holds_no_object_is_worth_another_try(
    talk: Talk, content: str, abilities: tuple[Ability, ...]
) -> None:
    talk.says(talk.speech.answer(content))
    caught = talk.failure(talk.row(*abilities), prompt=STRUCTURED)
    assert (type(caught), caught.cause) == (ModelBusy, Cause.MALFORMED)
    assert "台" not in str(caught)


def test_words_that_look_like_data_are_words_where_none_was_asked_for(talk: Talk) -> None:
    talk.says(talk.speech.answer('{"a": 1}'))
    assert talk.ask() == Completion(text='{"a": 1}', usage=USED)


# --- what comes back ---------------------------------------------------------------------------


def test_an_answer_is_words_and_what_they_used(talk: Talk) -> None:
    talk.says(talk.speech.answer(usage=talk.speech.counts(31, 7, cached=16, reasoned=4)))
    used = Usage(tokens_in=31, cached=16, tokens_out=7, reasoning=4)
    assert talk.ask() == Completion(text="好的。", cut=False, usage=used)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("\n 好的。\n", "好的。"),
        ("<think>\nThe user asks…\n</think>\n\n好的。", "好的。"),
        ("  <thinking>hm</thinking>好的。", "好的。"),
        ("<reasoning>We just reply.</reasoning>好的。", "好的。"),
        ("The user asks…\n</think>\n好的。", "好的。"),
        ("標籤是 <think>這樣</think> 寫的", "標籤是 <think>這樣</think> 寫的"),
        ("這樣寫：\n<think>\n想\n</think>\n好。", "這樣寫：\n<think>\n想\n</think>\n好。"),
        ("好\ud83d", "好\ufffd"),
        ("好\ud83d\ude00", "好😀"),
    ],
)
def test_words_come_without_thoughts_and_halves(talk: Talk, content: str, text: str) -> None:
    talk.says(talk.speech.answer(content))
    assert talk.ask().text == text


def test_an_answer_that_ran_into_the_cap_is_cut(talk: Talk) -> None:
    talk.says(talk.speech.answer(cut=True))
    assert talk.ask() == Completion(text="好的。", cut=True, usage=USED)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        [],
        7,
        {"prompt_tokens": None, "output_tokens": "7", "input_tokens": -1},
        {"prompt_tokens": 10**400, "output_tokens": 1e300, "total_tokens": 10**30, "seconds": 1e9},
        {"prompt_tokens": True, "prompt_tokens_details": [], "output_tokens_details": "x"},
    ],
)
def test_usage_of_any_shape_does_no_harm(talk: Talk, usage: Any) -> None:
    talk.says(talk.speech.answer(usage=usage))
    assert talk.ask() == Completion(text="好的。")


def test_no_more_was_cached_than_was_read(talk: Talk) -> None:
    talk.says(talk.speech.answer(usage=talk.speech.counts(3, 2, cached=9)))
    assert talk.ask().usage == Usage(tokens_in=3, cached=3, tokens_out=2)


@pytest.mark.parametrize("content", [None, "", " \n", {"text": "x"}, "<think>and no end"])
def test_an_answer_without_words_is_worth_another_try(talk: Talk, content: Any) -> None:
    talk.says(talk.speech.answer(content))
    caught = talk.failure()
    assert (type(caught), caught.cause) == (ModelBusy, Cause.EMPTY)


@pytest.mark.parametrize("body", [{}, [], None, 7, "x", {"choices": [None], "output": [None]}])
def test_an_answer_of_another_shape_is_worth_another_try(talk: Talk, body: Any) -> None:
    talk.says(body)
    caught = talk.failure()
    assert (type(caught), caught.cause) == (ModelBusy, Cause.EMPTY)


@pytest.mark.parametrize("content", ["好的。", None])
def test_a_filtered_answer_is_not_asked_for_again(talk: Talk, content: str | None) -> None:
    how: dict[Dialect, dict[str, Any]] = {
        Dialect.CHAT: {"finish_reason": "content_filter"},
        Dialect.RESPONSES: {"incomplete_details": {"reason": "content_filter"}},
    }
    talk.says(talk.speech.answer(content, **how[talk.speech.dialect]))
    caught = talk.failure()
    assert (type(caught), caught.cause) == (ModelRefused, Cause.FILTERED)


NAMES: tuple[str, ...] = ("choices", "message", "content", "error", "usage", "text", "code")
NAMES += ("output", "type", "annotations", "url", "status")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner | st.sampled_from(["message", "output_text", "url_citation", "https://x.tw"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(JSON, st.sampled_from(["choices", "output", "usage", "error", "incomplete_details"]))
def test_any_json_is_an_answer_or_an_error_of_ours(talk: Talk, part: Any, where: str) -> None:
    for body in (part, talk.speech.answer(**{where: part})):
        talk.server.usual = Reply(body=body)
        try:
            assert talk.ask().text
        except ModelError as exc:
            assert exc.cause in Cause  # noqa: PT017 - an answer is fine too

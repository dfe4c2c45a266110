"""What is particular to Chat Completions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.catalogue import Ability
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused, ModelUnavailable
from tests.contract.models.speeches import MOST, PICTURE, PROMPT, SCHEMA, WORDS, data_url
from tests.contract.models.talk import ACME, Talk


def test_the_whole_request_is_a_system_message_the_lines_and_a_cap(chat: Talk) -> None:
    chat.ask()
    assert chat.asked.json == {
        "model": "gpt-5.4-mini",
        "messages": [
            {"role": "system", "content": "You are Liao."},
            {"role": "user", "content": "你好"},
            {"role": "assistant", "content": "你好！"},
            {"role": "user", "content": WORDS},
        ],
        "max_tokens": MOST,
    }


@pytest.mark.parametrize("cap", ["max_tokens", "max_completion_tokens"])
def test_the_cap_has_the_name_its_vendor_knows(chat: Talk, cap: str) -> None:
    chat.ask(chat.row(vendor=replace(ACME, cap=cap)))
    body = chat.asked.json
    caps = ("max_tokens", "max_completion_tokens", "max_output_tokens")
    assert {name: body[name] for name in caps if name in body} == {cap: MOST}


def test_words_and_pictures_are_parts_of_the_question(chat: Talk) -> None:
    chat.ask(chat.row(Ability.VISION), prompt=replace(PROMPT, images=(PICTURE,)))
    *earlier, question = chat.asked.json["messages"]
    assert question["content"] == [
        {"type": "text", "text": WORDS},
        {"type": "image_url", "image_url": {"url": data_url()}},
    ]
    assert all(isinstance(line["content"], str) for line in earlier)


def test_a_schema_is_a_format_with_a_name(chat: Talk) -> None:
    chat.says(chat.speech.answer("{}"))
    chat.ask(chat.row(Ability.JSON_SCHEMA), prompt=replace(PROMPT, schema=SCHEMA))
    assert chat.asked.json["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
    }


def test_a_search_is_never_asked_for(chat: Talk) -> None:
    chat.ask(chat.row(Ability.WEB), prompt=replace(PROMPT, searches=True))
    assert "tools" not in chat.asked.json
    assert "web_search_options" not in chat.asked.json


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([{"type": "text", "text": "好"}, {"type": "text", "text": "的。"}], "好的。"),
        (
            [{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "好"}],
            "好",
        ),
        ([{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "好"}], "好"),
        ([None, 7, {"text": ["x"]}, {"text": "好"}], "好"),
    ],
)
def test_content_may_come_in_parts(chat: Talk, content: Any, text: str) -> None:
    chat.says(chat.speech.answer(content))
    assert chat.ask().text == text


@pytest.mark.parametrize("content", [[], [None, 7, {}], [{"type": "thinking", "text": "hm"}]])
def test_parts_without_words_are_no_answer(chat: Talk, content: Any) -> None:
    chat.says(chat.speech.answer(content))
    assert chat.failure().cause is Cause.EMPTY


def test_a_refusal_is_not_asked_for_again(chat: Talk) -> None:
    chat.says(chat.speech.answer(None, message={"refusal": WORDS}))
    caught = chat.failure()
    assert (type(caught), caught.cause) == (ModelRefused, Cause.FILTERED)
    assert WORDS not in str(caught)


@pytest.mark.parametrize(
    "reason", ["SAFETY", "PROHIBITED_CONTENT", "content_filter: RECITATION", "refusal", "sensitive"]
)
def test_every_vendors_word_for_a_filter_is_known(chat: Talk, reason: str) -> None:
    chat.says(chat.speech.answer("", finish_reason=reason))
    assert chat.failure().cause is Cause.FILTERED


@pytest.mark.parametrize(
    "reason",
    ["length", "max_tokens", "MAX_TOKENS", "model_length", "model_context_window_exceeded"],
)
def test_every_vendors_word_for_the_cap_is_known(chat: Talk, reason: str) -> None:
    chat.says(chat.speech.answer(finish_reason=reason))
    assert chat.ask().cut is True


@pytest.mark.parametrize("reason", ["stop", "STOP", "eos", None, 7, ["length"]])
def test_any_other_reason_is_a_whole_answer(chat: Talk, reason: Any) -> None:
    chat.says(chat.speech.answer(finish_reason=reason))
    assert chat.ask().cut is False


@pytest.mark.parametrize(
    ("error", "kind", "cause"),
    [
        (None, ModelBusy, Cause.OVERLOADED),
        ({"code": 502, "message": WORDS}, ModelBusy, Cause.OVERLOADED),
        ({"code": 429, "message": WORDS}, ModelBusy, Cause.OVERLOADED),
        ({"code": 402, "message": WORDS}, ModelUnavailable, Cause.NO_CREDIT),
    ],
)
def test_half_an_answer_whose_vendor_broke_off_is_none(
    chat: Talk, error: Any, kind: type[ModelError], cause: Cause
) -> None:
    body = chat.speech.answer("這是半句", finish_reason="error")
    body["choices"][0]["error"] = error
    chat.says(body)
    caught = chat.failure()
    assert (type(caught), caught.cause) == (kind, cause)
    assert WORDS not in str(caught)

"""What is particular to Responses: a search of the web, its sources, and how an answer may end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.catalogue import Ability
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused, ModelUnavailable
from chalicelib.domain.prices import Usage
from chalicelib.ports import Source
from tests.contract.models.speeches import (
    MOST,
    PICTURE,
    PROMPT,
    SCHEMA,
    WORDS,
    data_url,
    message,
)
from tests.contract.models.talk import Talk

Json = dict[str, Any]
SEARCHING = replace(PROMPT, searches=True)
WIKI = "https://zh.wikipedia.org/wiki/水星_(消歧義)"


def cited(url: Any, title: Any = "Weather", **more: Any) -> Json:
    return {"type": "url_citation", "url": url, "title": title, **more}


def search(kind: str = "search") -> Json:
    action = {"type": kind, "query": "x"}
    return {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": action}


def test_the_whole_request_is_instructions_the_lines_and_a_cap(responses: Talk) -> None:
    responses.ask()
    assert responses.asked.json == {
        "model": "gpt-5.4-mini",
        "instructions": "You are Liao.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "你好"}]},
            {"role": "assistant", "content": [{"type": "output_text", "text": "你好！"}]},
            {"role": "user", "content": [{"type": "input_text", "text": WORDS}]},
        ],
        "max_output_tokens": MOST,
        "store": False,
    }


def test_pictures_stand_behind_the_questions_words(responses: Talk) -> None:
    responses.ask(responses.row(Ability.VISION), prompt=replace(PROMPT, images=(PICTURE,)))
    assert responses.asked.json["input"][-1]["content"] == [
        {"type": "input_text", "text": WORDS},
        {"type": "input_image", "image_url": data_url()},
    ]


def test_a_schema_is_the_format_of_the_text(responses: Talk) -> None:
    responses.says(responses.speech.answer("{}"))
    responses.ask(responses.row(Ability.JSON_SCHEMA), prompt=replace(PROMPT, schema=SCHEMA))
    assert responses.asked.json["text"] == {
        "format": {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}
    }


# --- the web -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("abilities", "searches", "tools"),
    [
        ((Ability.WEB,), True, [{"type": "web_search"}]),
        ((Ability.WEB,), False, None),
        ((), True, None),
    ],
)
def test_the_web_is_searched_only_where_it_may_and_can_be(
    responses: Talk, abilities: tuple[Ability, ...], searches: bool, tools: Any
) -> None:
    prompt = replace(PROMPT, searches=searches)
    responses.ask(responses.row(*abilities), prompt=prompt)
    assert responses.asked.json.get("tools") == tools


def test_searches_are_counted_and_pages_that_were_opened_are_not(responses: Talk) -> None:
    output = [search(), search(), search("open_page"), search("find_in_page"), message("好的。")]
    responses.says(responses.speech.answer(output=output))
    used = Usage(tokens_in=31, tokens_out=7, searches=2)
    assert responses.ask(prompt=SEARCHING).usage == used
    (fact,) = responses.facts
    assert fact["cost"] == pytest.approx((31 * 0.75 + 7 * 4.5) / 1_000_000 + 2 * 0.01)


def test_a_search_that_tells_nothing_of_itself_is_counted(responses: Talk) -> None:
    output = [{"type": "web_search_call", "id": "ws_1"}, message("好的。")]
    responses.says(responses.speech.answer(output=output))
    assert responses.ask(prompt=SEARCHING).usage.searches == 1


def test_searches_alone_are_no_usage_that_a_bill_could_be_known_by(responses: Talk) -> None:
    output = [search(), message("好的。")]
    responses.says(responses.speech.answer(output=output, usage=None))
    assert responses.ask(prompt=SEARCHING).usage == Usage()


def test_every_source_is_told_once_and_nobody_is_told_who_led_there(responses: Talk) -> None:
    annotations = [
        cited("https://a.tw/x?utm_source=openai", "  甲\ud83d "),
        cited("https://b.tw/?p=1%202&utm_source=openai&q=a+b#top", "乙"),
        cited("https://a.tw/x", "甲 again"),
        cited("https://c.tw/?utm_medium=x", None),
    ]
    responses.says(responses.speech.answer(output=[message("晴。", annotations=annotations)]))
    assert responses.ask(prompt=SEARCHING).sources == (
        Source(title="甲\ufffd", url="https://a.tw/x"),
        Source(title="乙", url="https://b.tw/?p=1%202&q=a+b#top"),
        Source(title="", url="https://c.tw/?utm_medium=x"),
    )


@pytest.mark.parametrize(
    "annotation",
    [
        None,
        7,
        {"type": "file_citation", "url": "https://a.tw"},
        cited(None),
        cited(""),
        cited(["https://a.tw"]),
        cited("javascript:alert(1)"),
        cited("http://[::1"),
        cited("https://a.tw:x/"),
        cited("https://a .tw/"),
    ],
)
def test_what_is_no_address_is_no_source(responses: Talk, annotation: Any) -> None:
    responses.says(responses.speech.answer(output=[message("晴。", annotations=[annotation])]))
    answer = responses.ask(prompt=SEARCHING)
    assert (answer.text, answer.sources) == ("晴。", ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("明天晴。 ([Weather](https://a.tw/x?utm_source=openai))", "明天晴。"),
        ("晴 ([a](https://a.tw/x), [b](https://a.tw/x))。雨（[a](https://a.tw/x)）。", "晴。雨。"),
        ("晴【1†a.tw】。", "晴。"),
        ("晴 ([[PDF] 預報](https://a.tw/x))。", "晴。"),
        (f"水星 ([水星]({WIKI}?utm_source=openai))。", "水星。"),
        ("請看[官網](https://a.tw/x)。", "請看官網。"),
        ("請看[別處](https://other.tw/)。", "請看[別處](https://other.tw/)。"),
        ("f(x) (y) [z] 沒事", "f(x) (y) [z] 沒事"),
        ("([Weather](https://a.tw/x))", "([Weather](https://a.tw/x))"),
    ],
)
def test_citations_are_taken_out_of_the_words(responses: Talk, text: str, told: str) -> None:
    annotations = [cited("https://a.tw/x?utm_source=openai"), cited(WIKI)]
    responses.says(responses.speech.answer(output=[message(text, annotations=annotations)]))
    assert responses.ask(prompt=SEARCHING).text == told


def test_words_without_sources_stay_as_they_are(responses: Talk) -> None:
    responses.says(responses.speech.answer("看 ([a](https://a.tw/x))"))
    assert responses.ask().text == "看 ([a](https://a.tw/x))"


def test_long_words_are_searched_for_citations_in_no_time(responses: Talk) -> None:
    text = "晴" + " " * 20_000 + "([" * 5_000 + "（" * 5_000
    output = [message(text, annotations=[cited("https://a.tw/x")])]
    responses.says(responses.speech.answer(output=output))
    assert responses.ask(prompt=SEARCHING).text == text


# --- how an answer may end ---------------------------------------------------------------------


def test_several_messages_are_one_answer_without_what_was_said_on_the_way(responses: Talk) -> None:
    on_the_way = message("我查一下。", phase="commentary")
    output = [
        on_the_way,
        search(),
        message("晴", "。"),
        message("記得防曬。", phase="final_answer"),
    ]
    responses.says(responses.speech.answer(output=output))
    assert responses.ask(prompt=SEARCHING).text == "晴。\n\n記得防曬。"


def test_a_refusal_is_not_asked_for_again(responses: Talk) -> None:
    refusal = {"type": "message", "content": [{"type": "refusal", "refusal": WORDS}]}
    responses.says(responses.speech.answer(output=[refusal]))
    caught = responses.failure()
    assert (type(caught), caught.cause) == (ModelRefused, Cause.FILTERED)
    assert WORDS not in str(caught)


def test_thoughts_that_took_all_tokens_left_no_answer(responses: Talk) -> None:
    responses.says(responses.speech.answer(output=[{"type": "reasoning"}], cut=True))
    assert responses.failure().cause is Cause.EMPTY


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_response_that_is_not_there_yet_is_none(responses: Talk, status: str) -> None:
    responses.says(responses.speech.answer(output=[], status=status))
    assert responses.failure().cause is Cause.EMPTY


@pytest.mark.parametrize(
    ("status", "error", "kind", "cause"),
    [
        ("failed", None, ModelBusy, Cause.OVERLOADED),
        ("cancelled", None, ModelBusy, Cause.OVERLOADED),
        ("failed", {"code": "server_error"}, ModelBusy, Cause.OVERLOADED),
        ("failed", {"code": "rate_limit_exceeded"}, ModelBusy, Cause.OVERLOADED),
        ("failed", {"code": "invalid_prompt"}, ModelRefused, Cause.FILTERED),
        ("failed", {"code": "image_content_policy_violation"}, ModelRefused, Cause.FILTERED),
        ("failed", {"code": "image_too_small"}, ModelRefused, Cause.REJECTED),
        ("failed", {"code": "failed_to_download_image"}, ModelRefused, Cause.REJECTED),
        ("failed", {"code": "insufficient_quota"}, ModelUnavailable, Cause.NO_CREDIT),
    ],
)
def test_a_response_that_failed_is_an_error(
    responses: Talk, status: str, error: Any, kind: type[ModelError], cause: Cause
) -> None:
    told = error and {**error, "message": WORDS}
    responses.says(responses.speech.answer("半句", status=status, error=told))
    caught = responses.failure()
    assert (type(caught), caught.cause) == (kind, cause)
    assert WORDS not in str(caught)

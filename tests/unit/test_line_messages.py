"""What the bot says, in LINE's JSON and within LINE's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.line.messages import to_line
from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Buttons, Code, Open, Say, Suggestible, Table, Tap, Text
from tests.contract.kinds import check_by_file
from tests.flex import refused

FAMILY = "👨‍👩‍👧‍👦"


def test_words_are_a_text_message() -> None:
    assert to_line(Text(text="你好 {name}")) == {"type": "text", "text": "你好 {name}"}


def test_what_an_answer_quotes_is_named_by_its_token() -> None:
    said = to_line(
        Text(text="高山茶。", quote="yHAz4Ua2wx7", suggestions=(Say("為何？", "為何？"),))
    )
    assert (said["text"], said["quoteToken"]) == ("高山茶。", "yHAz4Ua2wx7")
    check_by_file(said)


def test_suggestions_are_quick_replies_that_write_for_the_person() -> None:
    said = to_line(Text(text="你好", suggestions=(Say("天氣", "今天天氣如何？"),)))
    assert said["quickReply"] == {
        "items": [
            {
                "type": "action",
                "action": {"type": "message", "label": "天氣", "text": "今天天氣如何？"},
            }
        ]
    }


LONG = Code(text="字" * 4_000)
WIDE = Table(header=("a",) * 13, rows=(("b",) * 13,) * 20)


@pytest.mark.parametrize(
    "message",
    [Text(text="?"), Code(text="ls"), LONG, Table(header=("a",), rows=(("b",),)), WIDE],
    ids=["text", "code", "code as text", "table", "table as text"],
)
def test_whatever_is_said_last_has_its_suggestions_below(message: Suggestible) -> None:
    suggestions = (Say("天氣", "天氣？"), Tap("繼續", "taps:7f"))
    said = to_line(replace(message, suggestions=suggestions))
    assert to_line(message) == {name: said[name] for name in said if name != "quickReply"}
    assert [item["action"] for item in said["quickReply"]["items"]] == [
        {"type": "message", "label": "天氣", "text": "天氣？"},
        {"type": "postback", "label": "繼續", "data": "taps:7f", "displayText": "繼續"},
    ]
    assert refused(said) == []
    check_by_file(said)


def test_halves_of_surrogate_pairs_are_replaced_wherever_they_stand() -> None:
    said = to_line(Code(text="a\ud800", suggestions=(Say("\udc00", "\ud83d\ude00"),)))
    assert said["altText"] == "a\ufffd"
    (item,) = said["quickReply"]["items"]
    assert item["action"] == {"type": "message", "label": "\ufffd", "text": "😀"}


def test_a_text_of_nothing_is_a_dash_for_line_refuses_it() -> None:
    assert to_line(Text(text=" \n"))["text"] == "–"


def test_buttons_are_a_template_whose_alternative_names_them() -> None:
    said = to_line(
        Buttons(
            text="答案好了",
            buttons=(Tap("看答案", "taps:7f"), Say("再問", "再一次"), Open("網站", "https://a.tw")),
        )
    )
    assert said == {
        "type": "template",
        "altText": "答案好了 [看答案] [再問] [網站]",
        "template": {
            "type": "buttons",
            "text": "答案好了",
            "actions": [
                {
                    "type": "postback",
                    "label": "看答案",
                    "data": "taps:7f",
                    "displayText": "看答案",
                },
                {"type": "message", "label": "再問", "text": "再一次"},
                {"type": "uri", "label": "網站", "uri": "https://a.tw"},
            ],
        },
    }


def test_a_text_that_is_too_long_is_clipped_and_not_refused() -> None:
    said = to_line(Text(text="😀" * 2501))
    assert said["text"] == "😀" * 2499 + "…"


def test_a_label_holds_twenty_of_what_a_reader_sees() -> None:
    whole, clipped = (
        to_line(Buttons(text="?", buttons=(Tap(FAMILY * count, "x"),)))["template"]["actions"][0]
        for count in (20, 21)
    )
    assert whole["label"] == FAMILY * 20
    assert clipped["label"] == FAMILY * 19 + "…"


def test_a_button_that_carries_too_much_is_a_mistake_of_ours() -> None:
    to_line(Buttons(text="?", buttons=(Tap("ok", "x" * 300),)))
    with pytest.raises(ValueError, match="300"):
        to_line(Buttons(text="?", buttons=(Tap("ok", "x" * 301),)))


@given(
    st.text(min_size=1, max_size=400),
    st.lists(st.tuples(st.text(min_size=1, max_size=40), st.text(max_size=300)), max_size=20),
)
def test_nothing_ever_passes_a_limit_of_lines(text: str, parts: list[tuple[str, str]]) -> None:
    says = tuple(Say(label, words) for label, words in parts)
    taps = tuple(Tap(label, words[:300]) for label, words in parts)
    said = to_line(Text(text=text * 20, suggestions=says))
    shown = to_line(Buttons(text=text, buttons=taps))
    actions = [item["action"] for item in said.get("quickReply", {"items": []})["items"]]
    assert utf16_length(said["text"]) <= 5000
    assert utf16_length(shown["altText"]) <= 1500
    assert utf16_length(shown["template"]["text"]) <= 160
    assert len(actions) <= 13
    assert len(shown["template"]["actions"]) <= 4
    for action in (*actions, *shown["template"]["actions"]):
        assert len(regex.findall(r"\X", action["label"])) <= 20
        assert utf16_length(action.get("displayText", "")) <= 300
        assert utf16_length(action.get("text", "")) <= 300

"""Cards as LINE's Flex carousel: what is shown, that it can be read, and that LINE takes it."""

from __future__ import annotations

import json

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.line.messages import to_line
from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.messages import Action, Card, Cards, Open, Say, Tap
from tests.contract.kinds import check_by_file
from tests.contract.spec import FILE
from tests.flex import bubbles, components, faint, inks, refused, texts

MINI = Card(
    title="GPT-5.4 mini",
    text="又快又便宜，日常問答剛剛好",
    detail="OpenAI・美國・每百萬字 NT$24",
    mark="目前",
    buttons=(Tap("用這個", "turns:7f"), Open("介紹", "https://a.tw")),
)
LARGE = Card(title="GPT-5.4", text="想得比較深", buttons=(Tap("用這個", "turns:80"),))
MODELS = Cards(text="可以選的模型：", cards=(MINI, LARGE))


# --- what is shown -----------------------------------------------------------------------------


def test_a_card_shows_its_title_and_mark_its_text_and_its_small_print() -> None:
    first, second = bubbles(to_line(MODELS))
    assert texts(first["body"]) == [MINI.title, MINI.mark, MINI.text, MINI.detail]
    assert texts(second["body"]) == [LARGE.title, LARGE.text]


def test_its_buttons_stand_below_and_the_first_one_stands_out() -> None:
    first, _ = bubbles(to_line(MODELS))
    buttons = first["footer"]["contents"]
    assert [button["style"] for button in buttons] == ["primary", "secondary"]
    assert [button["action"] for button in buttons] == [
        {
            "type": "postback",
            "label": "用這個",
            "data": "turns:7f",
            "displayText": "用這個",
        },
        {"type": "uri", "label": "介紹", "uri": "https://a.tw"},
    ]


def test_a_card_without_buttons_has_nothing_below() -> None:
    (bubble,) = bubbles(to_line(Cards(text="", cards=(Card(title="一"),))))
    assert "footer" not in bubble
    assert texts(bubble) == ["一"]


def test_the_alternative_tells_all_that_the_cards_hold() -> None:
    assert to_line(MODELS)["altText"] == (
        "可以選的模型：\nGPT-5.4 mini (目前): 又快又便宜，日常問答剛剛好 / GPT-5.4: 想得比較深"
    )


def test_the_alternative_of_many_lines_is_one_line_a_message() -> None:
    said = to_line(Cards(text="", cards=(Card(title="一", text="二\n\n三"), Card(title="四"))))
    assert said["altText"] == "一: 二 三 / 四"


def test_words_grow_with_the_letters_a_person_has_set() -> None:
    shown = [part for part in components(to_line(MODELS)) if part["type"] in ("text", "button")]
    assert len(shown) == 9
    assert all(part["scaling"] is True for part in shown)


# --- whether it can be read --------------------------------------------------------------------


def test_words_can_be_read_in_every_theme_for_every_ground_is_set() -> None:
    assert inks(to_line(MODELS))
    assert faint(to_line(MODELS)) == []


# --- LINE's limits -----------------------------------------------------------------------------


def test_what_is_too_long_is_clipped_and_not_refused() -> None:
    card = Card(title="題" * 100, text="字" * 1_000, detail="小" * 1_000, mark="現" * 50)
    said = to_line(Cards(text="模型" * 1_000, cards=(card,)))
    assert [utf16_length(text) for text in texts(bubbles(said)[0])] == [60, 12, 300, 300]
    assert utf16_length(said["altText"]) == 1_500
    assert refused(said) == []


def test_twelve_full_cards_say_less_each_rather_than_be_refused() -> None:
    full = Card(
        title="題" * 60,
        text="字" * 300,
        detail="小" * 300,
        mark="現" * 12,
        buttons=(Tap("選" * 20, "turns:" + "b" * 40),) * 3,
    )
    said = to_line(Cards(text="", cards=(full,) * 12))
    assert len(bubbles(said)) == 12
    assert [utf16_length(text) for text in texts(bubbles(said)[0])][2:] == [100, 100]
    assert refused(said) == []


def test_cards_that_carry_too_much_to_be_shortened_are_fewer() -> None:
    heavy = Card(title="題", buttons=(Tap("選", "\1" * 300),) * 3)
    said = to_line(Cards(text="", cards=(heavy,) * 12))
    assert 1 < len(bubbles(said)) < 12
    assert refused(said) == []


def test_a_thirteenth_card_and_a_fourth_button_are_left_out() -> None:
    card = Card(title="題", buttons=(Tap("選", "turns:7f"),) * 4)
    said = to_line(Cards(text="", cards=(card,) * 13))
    assert len(bubbles(said)) == 12
    assert len(bubbles(said)[0]["footer"]["contents"]) == 3


def test_a_button_that_carries_too_much_is_a_mistake_of_ours() -> None:
    card = Card(title="題", buttons=(Tap("選", "x" * 301),))
    with pytest.raises(ValueError, match="300"):
        to_line(Cards(text="", cards=(card,)))


_words = st.text(max_size=400) | st.text(alphabet="字😀\u0301\n ", max_size=400)
_label = st.text(min_size=1, max_size=40)
_actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(Tap, _label, st.text(min_size=1, max_size=300)),
    st.builds(Say, _label, st.text(min_size=1, max_size=400)),
    st.builds(Open, _label, st.just("https://example.com/a")),
)
_card = st.builds(
    Card,
    title=_words,
    text=_words,
    detail=_words,
    mark=_words,
    buttons=st.lists(_actions, max_size=4).map(tuple),
)


@given(_words, st.lists(_card, min_size=1, max_size=14))
def test_line_takes_any_cards(text: str, cards: list[Card]) -> None:
    said = to_line(Cards(text=text or "?", cards=tuple(cards)))
    assert refused(said) == []
    assert utf16_length(said["altText"]) <= 1_500
    assert 1 <= len(bubbles(said)) <= 12
    assert len(json.dumps(said["contents"])) <= 50 * 1_024
    for part in components(said["contents"]):
        if label := part.get("label"):
            assert len(regex.findall(r"\X", label)) <= 20


@pytest.mark.skipif(not FILE.exists(), reason="LINE's OpenAPI files are not here")
def test_line_s_own_file_knows_all_of_a_card() -> None:
    check_by_file(to_line(MODELS))

"""Code as a Flex bubble: read on a phone, copied letter by letter, and taken by LINE."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.line.messages import to_line
from chalicelib.domain.cutting import clip, utf16_length
from chalicelib.domain.messages import Code
from tests.contract.kinds import check_by_file
from tests.flex import (
    Json,
    bubbles,
    components,
    faint,
    inks,
    refused,
    texts,
    whole,
)

TEA = "def brew(leaf):\n    if leaf:\n\treturn 'hot'\n\n"
BREW = Code(text=TEA, language="python", copy_label="複製")
STEPS = "".join(f"step_{number} = {number}\n" for number in range(150))


def copied(said: Json) -> list[str]:
    """What each button copies."""
    found = components(said["contents"])
    return [part["clipboardText"] for part in found if part["type"] == "clipboard"]


def labels(said: Json) -> list[str]:
    return [part["label"] for part in components(said["contents"]) if part["type"] == "clipboard"]


def letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


# --- what is shown and copied ------------------------------------------------------------------


def test_the_language_stands_above_the_code_and_a_button_below_copies_it() -> None:
    said = to_line(BREW)
    head, block, button = bubbles(said)[0]["body"]["contents"]
    assert head["text"] == "python"
    assert [part["type"] for part in block["contents"]] == ["text"]
    assert button["action"] == {"type": "clipboard", "label": "複製", "clipboardText": TEA}


def test_an_indentation_is_shown_by_spaces_that_nothing_trims() -> None:
    shown = texts(to_line(BREW)["contents"])[1]
    deep = "\u00a0" * 4
    assert shown == f"def brew(leaf):\n{deep}if leaf:\n{deep}return 'hot'"


def test_code_of_no_known_language_has_no_head() -> None:
    assert texts(to_line(Code(text="ls -la"))["contents"]) == ["ls -la"]


def test_a_button_without_a_label_bears_a_sign() -> None:
    assert labels(to_line(Code(text="ls"))) == ["📋"]


def test_long_code_comes_in_parts_that_end_with_a_line_and_have_a_button_each() -> None:
    said = to_line(Code(text=STEPS, copy_label="Copy"))
    assert labels(said) == ["Copy 1/3", "Copy 2/3", "Copy 3/3"]
    assert all(part.endswith("\n") for part in copied(said))
    assert "".join(copied(said)) == STEPS
    assert letters("".join(texts(said["contents"]))) == letters(STEPS)


def test_a_line_that_is_too_long_for_one_tap_is_cut_between_words() -> None:
    said = to_line(Code(text="echo " + "word " * 300))
    assert [part[-5:] for part in copied(said)] == ["word ", "word "]


def test_a_word_that_is_too_long_is_cut_between_what_a_reader_sees() -> None:
    family = "👨‍👩‍👧‍👦"
    parts = copied(to_line(Code(text=family * 150)))
    assert len(parts) == 2
    assert all(len(part) % len(family) == 0 for part in parts)


def test_the_number_of_a_part_outlives_a_label_that_is_too_long() -> None:
    said = to_line(Code(text=STEPS, copy_label="ก" * 30))
    assert labels(said)[0] == "ก" * 15 + "… 1/3"


def test_the_alternative_is_the_code_itself() -> None:
    assert to_line(BREW)["altText"] == TEA
    assert to_line(Code(text=STEPS))["altText"] == clip(STEPS, units=1_500)


def test_words_grow_with_the_letters_a_person_has_set() -> None:
    shown = [part for part in components(to_line(BREW)) if part["type"] in ("text", "button")]
    assert len(shown) == 3
    assert all(part["scaling"] is True for part in shown)


def test_words_can_be_read_in_every_theme_for_every_ground_is_set() -> None:
    assert len(inks(to_line(BREW))) == 3
    assert faint(to_line(BREW)) == []


# --- LINE's limits -----------------------------------------------------------------------------


def test_as_much_code_as_is_agreed_upon_is_one_bubble() -> None:
    line = "        total += price * 2  # 合計\n"
    said = to_line(Code(text=line * (4_000 // len(line)), language="python", copy_label="複製"))
    assert len(bubbles(said)) == 1
    assert refused(said) == []


def test_code_that_is_too_much_for_a_bubble_is_text() -> None:
    song = "字" * 4_000
    assert to_line(Code(text=song)) == {"type": "text", "text": song}
    assert to_line(Code(text=song * 2))["text"] == "字" * 4_999 + "…"


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_code_of_nothing_is_a_dash(text: str) -> None:
    assert to_line(Code(text=text, language="python")) == {"type": "text", "text": "–"}


_signs = st.characters(codec=None) | st.sampled_from("字😀\u0301\n\r\t\u200d\ud800\udc00 ")
_text = st.builds(lambda text, times: text * times, st.text(_signs), st.integers(1, 200))
_codes = st.builds(Code, text=_text, language=st.text(_signs), copy_label=st.text(_signs))


@settings(deadline=None)
@given(_codes)
def test_line_takes_any_code_and_every_letter_of_it_arrives(code: Code) -> None:
    said = to_line(code)
    text = whole(code.text)
    assert refused(said) == []
    if said["type"] == "text":
        assert said["text"] == (clip(text, units=5_000) if text.strip() else "–")
        return
    check_by_file(said)
    assert "".join(copied(said)) == text
    assert all(1 <= utf16_length(part) <= 1_000 for part in copied(said))
    shown = texts(said["contents"])[1 if code.language.strip() else 0 :]
    assert letters("".join(shown)) == letters(text)
    assert said["altText"] == clip(text, units=1_500)
    assert len(json.dumps(said["contents"])) <= 30 * 1_024
    assert faint(said) == []

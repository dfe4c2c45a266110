"""What is said, by language and key."""

from __future__ import annotations

import pytest

from chalicelib.domain.texts import Texts

TEXTS = Texts(
    {
        "zh-Hant": {"hello": "嗨", "left": "還有 {count} 則", "blank": ""},
        "en": {"hello": "hi", "left": "{count} left", "bye": "bye", "blank": "—"},
    }
)


def test_a_text_is_said_in_its_language() -> None:
    assert TEXTS.say("zh-Hant", "hello") == "嗨"
    assert TEXTS.say("en", "hello") == "hi"


@pytest.mark.parametrize("language", ["zh-Hant", "ja", "", "klingon"])
def test_what_a_language_lacks_is_said_in_english(language: str) -> None:
    assert TEXTS.say(language, "bye") == "bye"
    assert TEXTS.say(language, "blank") == "—"


def test_slots_are_filled_in() -> None:
    assert TEXTS.say("zh-Hant", "left", count=3) == "還有 3 則"


def test_words_with_braces_are_filled_in_as_they_are() -> None:
    assert TEXTS.say("en", "left", count="{count}{0}") == "{count}{0} left"


def test_a_slot_may_have_any_name() -> None:
    assert Texts({"en": {"a": "{key} {language}"}}).say("ja", "a", key=1, language=2) == "1 2"


def test_a_voice_keeps_to_its_language() -> None:
    voice = TEXTS.spoken("zh-Hant")
    assert voice("hello") == "嗨"
    assert voice("left", count=1) == "還有 1 則"
    assert voice("bye") == "bye"
    assert voice.language == "zh-Hant"


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        TEXTS.say("zh-Hant", "nothing")

"""What the bot says is complete in its four languages, and fits where it is shown.

A further language may grow bit by bit, since English steps in; once it is whole, it is named in
`COMPLETE`.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import regex

from chalicelib.adapters import shipped
from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.errors import Cause
from chalicelib.domain.texts import Texts
from tests.unit.test_docs import ELSEWHERE

ASSISTANT = Path(__file__).parents[2] / "chalicelib" / "assistant"
COMPLETE = ("zh-Hant", "en", "ja", "th")

#: LINE: a label holds 20 graphemes, a template's text 160 characters.
LABEL = 20
TEMPLATE = 160

#: The letters that a language is written in. Han without kana may be Chinese or Japanese.
LETTERS = {
    "zh-Hant": r"\p{Han}",
    "en": r"\p{Latin}",
    "ja": r"\p{Han}\p{Hiragana}\p{Katakana}ー",
    "th": r"\p{Thai}",
}
#: Words that stay as they are in every language.
NAMES = {"LIAO_MODEL", "LINE", "MB", "JPEG", "PNG", "GIF", "WebP", "token"}
#: Where punctuation is as wide as a character; elsewhere it never is.
FULL_WIDTH = ("zh-Hant", "ja")
HALF = regex.compile(r"""[,;!?()"'“”‘’]|[.:](?!\d)""")
WIDE = regex.compile(r"[，、。；：！？（）「」『』／\u3000]")

#: Everything that has texts: the bot itself, and each command.
SPOKEN: Mapping[str, Texts] = {
    "bot": shipped.texts(),
    **{spec.id: spec.texts for spec in shipped.commands().values()},
}
#: Texts that stand on a button: those of the bot by their ending, the commands' by name.
LABELS = {"delete": ("confirm", "keep"), "privacy": ("open",)}
#: What stands between words of a list, and so may end with a space.
BETWEEN = "between"
#: Texts that stand above buttons, with the longest words that their slots can get.
TEMPLATES = {
    "bot": ("late_note", "still_working", "unsure", "more", "busy", "limit_minute", "human_until"),
    "delete": ("ask",),
    "help": ("text",),
    "language": ("text",),
    "listen": ("is_on", "is_off"),
    "memory": ("is_on", "is_off"),
    "privacy": ("text",),
}
LONGEST = {"count": 99, "seconds": 60, "month": 12, "day": 31, "time": "23:59"}


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


@pytest.mark.parametrize("language", COMPLETE)
@pytest.mark.parametrize("who", SPOKEN)
def test_every_language_says_all_that_english_does_in_the_same_order(
    who: str, language: str
) -> None:
    tables = SPOKEN[who].tables
    assert list(tables[language]) == list(tables["en"])


@pytest.mark.parametrize("language", COMPLETE)
def test_every_command_has_a_name_in_every_language(language: str) -> None:
    for spec in shipped.commands().values():
        assert spec.names[language], spec.id


@pytest.mark.parametrize("who", SPOKEN)
def test_no_other_language_says_what_english_cannot(who: str) -> None:
    tables = SPOKEN[who].tables
    for table in tables.values():
        assert table.keys() <= tables["en"].keys()
        for key, text in table.items():
            assert slots(text) == slots(tables["en"][key]), key


@pytest.mark.parametrize("who", SPOKEN)
def test_no_text_is_empty_or_begins_or_ends_with_space(who: str) -> None:
    for table in SPOKEN[who].tables.values():
        for key, text in table.items():
            assert text, key
            assert text == text.strip() or key == BETWEEN, key


def texts_in(language: str) -> Iterator[tuple[str, str]]:
    """Where and what of all that is said in a language, without slots and names."""
    for who, texts in SPOKEN.items():
        for key, text in texts.tables[language].items():
            bare = regex.sub(r"\{\w+\}|[A-Za-z_]+", _unless_a_word, text)
            yield f"{who} {key}", bare


def _unless_a_word(found: re.Match[str] | regex.Match[str]) -> str:
    """Leave out what is a slot or a name."""
    return "" if found[0].startswith("{") or found[0] in NAMES else found[0]


@pytest.mark.parametrize("language", COMPLETE)
def test_every_text_is_in_the_letters_of_its_language(language: str) -> None:
    foreign = regex.compile(rf"[\p{{L}}--[{LETTERS[language]}]]", regex.VERSION1)
    for where, text in texts_in(language):
        assert foreign.findall(text) == [], where


@pytest.mark.parametrize("language", COMPLETE)
def test_punctuation_is_as_wide_as_the_language_s_letters(language: str) -> None:
    other = HALF if language in FULL_WIDTH else WIDE
    for where, text in texts_in(language):
        assert other.findall(text) == [], where


def test_no_japanese_sentence_is_a_chinese_one() -> None:
    for where, text in texts_in("ja"):
        assert "。" not in text or regex.search(r"\p{Hiragana}", text), where


def test_chinese_is_said_in_taiwan_s_words() -> None:
    for where, text in texts_in("zh-Hant"):
        assert [word for word in ELSEWHERE if word in text] == [], where


@pytest.mark.parametrize("language", COMPLETE)
def test_every_cause_is_explained_to_admins(language: str) -> None:
    table = SPOKEN["bot"].tables[language]
    for cause in Cause:
        assert table[f"cause_{cause}"], cause


def labels() -> Iterator[tuple[str, str, str]]:
    """Who, key and text of everything that is written on a button."""
    for who, texts in SPOKEN.items():
        for table in texts.tables.values():
            for key, text in table.items():
                if key in LABELS.get(who, ()) or key.endswith("_button"):
                    yield who, key, text
    for spec in shipped.commands().values():
        for language in spec.names:
            yield spec.id, "name", spec.shown_name(language)


@pytest.mark.parametrize(("who", "key", "text"), list(labels()))
def test_every_label_fits_a_button(who: str, key: str, text: str) -> None:
    assert 1 <= graphemes(text) <= LABEL


@pytest.mark.parametrize("who", TEMPLATES)
def test_every_text_above_buttons_fits_a_template(who: str) -> None:
    for table in SPOKEN[who].tables.values():
        for key in TEMPLATES[who]:
            if key in table:
                assert utf16_length(table[key].format(**LONGEST)) <= TEMPLATE, key


@pytest.mark.parametrize("language", COMPLETE)
def test_an_admins_apology_with_its_cause_still_fits_a_template(language: str) -> None:
    voice = SPOKEN["bot"].spoken(language)
    for cause in Cause:
        remark = voice("admin_cause", cause=voice(f"cause_{cause}"))
        assert utf16_length(f"{voice('busy')}\n{remark}") <= TEMPLATE, cause


def words_in(file: Path) -> set[str]:
    """Every text that a module's code holds, and so every key it can say: ``say("done")``."""
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def test_the_bot_has_no_text_that_it_never_says() -> None:
    said = set[str]().union(*map(words_in, ASSISTANT.glob("*.py")))
    for key in SPOKEN["bot"].tables["en"]:
        assert key in said or key.startswith("cause_"), key


def test_no_command_has_a_text_that_it_never_says() -> None:
    for spec in shipped.commands().values():
        said = words_in(ASSISTANT / "commands" / f"{spec.id}.py")
        assert spec.texts.tables["en"].keys() <= said, spec.id

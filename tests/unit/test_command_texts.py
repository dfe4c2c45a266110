"""What the bot says is complete in Traditional Chinese and English, and fits where it is shown."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import regex

from chalicelib.adapters import shipped
from chalicelib.domain.cutting import utf16_length
from chalicelib.domain.errors import Cause
from chalicelib.domain.texts import Texts

ASSISTANT = Path(__file__).parents[2] / "chalicelib" / "assistant"
COMPLETE = ("zh-Hant", "en")

#: LINE: a label holds 20 graphemes, a template's text 160 characters.
LABEL = 20
TEMPLATE = 160

#: Everything that has texts: the bot itself, and each command.
SPOKEN: Mapping[str, Texts] = {
    "bot": shipped.texts(),
    **{spec.id: spec.texts for spec in shipped.commands().values()},
}
#: Texts that stand on a button: those of the bot by their ending, the commands' by name.
LABELS = {"delete": ("confirm", "keep"), "privacy": ("open",)}
#: Texts that stand above buttons, with the longest words that their slots can get.
TEMPLATES = {
    "bot": ("late_note", "still_working", "unsure", "more", "busy"),
    "delete": ("ask",),
    "help": ("text",),
    "privacy": ("text",),
}


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


@pytest.mark.parametrize("who", SPOKEN)
def test_chinese_and_english_say_the_same_things(who: str) -> None:
    tables = SPOKEN[who].tables
    chinese, english = (tables[language] for language in COMPLETE)
    assert chinese.keys() == english.keys()
    for key in english:
        assert slots(chinese[key]) == slots(english[key]), key


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
            assert text == text.strip(), key


@pytest.mark.parametrize("language", COMPLETE)
def test_every_cause_is_explained_to_admins(language: str) -> None:
    table = SPOKEN["bot"].tables[language]
    for cause in Cause:
        assert table[f"cause_{cause}"], cause


@pytest.mark.parametrize("language", COMPLETE)
def test_every_kind_of_message_has_a_name(language: str) -> None:
    table = SPOKEN["bot"].tables[language]
    for kind in ("image", "sticker", "video", "audio", "file", "location", "other"):
        assert table[f"kind_{kind}"], kind


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
                assert utf16_length(table[key].format(count=99)) <= TEMPLATE, key


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
    made_of_a_cause_or_kind = ("cause_", "kind_")
    for key in SPOKEN["bot"].tables["en"]:
        assert key in said or key.startswith(made_of_a_cause_or_kind), key


def test_no_command_has_a_text_that_it_never_says() -> None:
    for spec in shipped.commands().values():
        said = words_in(ASSISTANT / "commands" / f"{spec.id}.py")
        assert spec.texts.tables["en"].keys() <= said, spec.id

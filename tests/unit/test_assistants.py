"""Assistants are data: what their files may hold, and what is told about mistakes in them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import regex

from chalicelib.adapters import shipped
from chalicelib.domain.assistants import Assistant, read
from chalicelib.domain.bot import localized
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import LANGUAGES
from chalicelib.domain.tokens import estimate

SHIPPED = shipped.assistants()
COOK = """
[cook]
name = "Cook"
about = "Knows what to do with leftovers"
prompt = "You are a cook."
"""
#: Who makes models. Whoever answers, an assistant is nobody's product.
MAKERS = (
    "openai",
    "chatgpt",
    "gpt",
    "claude",
    "gemini",
    "google",
    "anthropic",
    "llama",
    "deepseek",
)
#: A prompt is paid for with every answer, beside the house rules.
MOST_TOKENS = 400


def written(*files: str) -> dict[str, Assistant]:
    """What Liao reads in assistants.toml and my-assistants.toml."""
    names = ("assistants.toml", "my-assistants.toml")
    tables: list[tuple[str, dict[str, Any]]] = [
        (name, tomllib.loads(text)) for name, text in zip(names, files, strict=False)
    ]
    return dict(read(tables))


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


def test_six_assistants_are_shipped() -> None:
    assert list(SHIPPED) == ["everyday", "translator", "writer", "tutor", "programmer", "travel"]


@pytest.mark.parametrize("assistant", SHIPPED.values(), ids=lambda each: each.id)
def test_each_is_at_home_in_every_language(assistant: Assistant) -> None:
    for texts in (assistant.name, assistant.about, assistant.openers):
        assert set(texts) == set(LANGUAGES)


@pytest.mark.parametrize("assistant", SHIPPED.values(), ids=lambda each: each.id)
def test_each_has_three_questions_to_begin_with_that_fit_their_buttons(
    assistant: Assistant,
) -> None:
    for openers in assistant.openers.values():
        assert len(set(openers)) == 3
        for opener in openers:
            assert graphemes(opener) <= 20, opener


@pytest.mark.parametrize("assistant", SHIPPED.values(), ids=lambda each: each.id)
def test_each_is_described_in_one_short_line(assistant: Assistant) -> None:
    for about in assistant.about.values():
        assert "\n" not in about
        assert graphemes(about) <= 50, about


@pytest.mark.parametrize("assistant", SHIPPED.values(), ids=lambda each: each.id)
def test_each_prompt_is_affordable_and_names_no_maker(assistant: Assistant) -> None:
    assert estimate(assistant.prompt) <= MOST_TOKENS
    for maker in MAKERS:
        assert maker not in assistant.prompt.casefold()


def test_a_row_may_be_as_short_as_name_line_and_prompt() -> None:
    cook = written(COOK)["cook"]
    assert cook.id == "cook"
    assert localized(cook.name, "th") == "Cook"
    assert (cook.model, cook.temperature) == ("", None)
    assert localized(cook.openers, "zh-Hant") == ()


def test_a_row_may_have_a_model_a_temperature_and_openers() -> None:
    more = 'model = "eyes"\ntemperature = 0\nopeners = ["Eggs?"]\n'
    cook = written(COOK + more)["cook"]
    assert (cook.model, cook.temperature) == ("eyes", 0.0)
    assert localized(cook.openers, "ja") == ("Eggs?",)


def test_the_operators_row_takes_the_place_of_a_shipped_one() -> None:
    other = '[cook]\nname = "Chef"\nabout = "Dares more"\nprompt = "You are a chef."\n'
    chef = written(COOK + "temperature = 1\n", other)["cook"]
    assert localized(chef.name, "en") == "Chef"
    assert chef.temperature is None


def test_the_operator_adds_one_behind_the_others() -> None:
    assert list(written(COOK, COOK.replace("cook", "baker"))) == ["cook", "baker"]


def test_the_operator_takes_one_away() -> None:
    assert written(COOK, "[cook]\nremove = true\n") == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("temperature = 1", "'temperature' belongs to no assistant; it goes below its [name]"),
        ('[baker]\nname = "Baker"', "[baker] lacks 'about'"),
        ("[baker]", "[baker] lacks 'name'"),
        (f'{COOK}promt = "x"', "[cook] has no 'promt'; known are: name, about, prompt, model, "),
        (COOK.replace('"Cook"', '"' + "C" * 21 + '"'), "[cook] 'name' must be 1 to 20 characters"),
        (COOK.replace('"Cook"', "7"), "[cook] 'name' must be a text in quotes"),
        (COOK.replace('"Cook"', '{ de = "Koch" }'), "[cook] 'name' holds 'de', which is none of"),
        (COOK.replace('"You are a cook."', '" "'), "[cook] 'prompt' must be a text in quotes"),
        (f"{COOK}model = 5", "[cook] 'model' must be a text in quotes"),
        (f'{COOK}temperature = "hot"', "[cook] 'temperature' must be a number"),
        (f"{COOK}temperature = true", "[cook] 'temperature' must be a number"),
        (f"{COOK}temperature = 2.1", "[cook] 'temperature' must be from 0 to 2"),
        (f"{COOK}temperature = nan", "[cook] 'temperature' must be from 0 to 2"),
        (f'{COOK}openers = "one"', "[cook] 'openers' must be a list of texts"),
        (f"{COOK}remove = true", "[cook] 'remove' must be true, and stand alone"),
        ("[waiter]\nremove = false", "[waiter] 'remove' must be true, and stand alone"),
        ("[guard]\nremove = true", "[guard] can't be removed: there is only waiter"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_file_row_and_field(
    text: str, sentence: str
) -> None:
    with pytest.raises(SettingInvalid) as refused:
        written(COOK.replace("cook", "waiter"), text)
    assert str(refused.value).startswith(f"my-assistants.toml: {sentence}")
    assert "\n" not in str(refused.value)


def test_the_operators_own_file_lies_over_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "my-assistants.toml"
    own.write_text(f"{COOK}\n[travel]\nremove = true\n", "utf-8")
    assert list(shipped.assistants(own)) == [
        *(name for name in SHIPPED if name != "travel"),
        "cook",
    ]


def test_a_file_that_is_not_there_or_no_toml_is_named(tmp_path: Path) -> None:
    own = tmp_path / "my-assistants.toml"
    with pytest.raises(SettingInvalid, match=r"^my-assistants\.toml can't be read"):
        shipped.assistants(own)
    own.write_text("[cook", "utf-8")
    with pytest.raises(SettingInvalid, match=r"^my-assistants\.toml can't be read"):
        shipped.assistants(own)

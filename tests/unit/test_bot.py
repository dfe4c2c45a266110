"""The operator's one file: what it may hold, and what it is told about its mistakes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import regex

from chalicelib.adapters import shipped
from chalicelib.domain.bot import Bot, localized, offered, read
from chalicelib.domain.commands import CommandList
from chalicelib.domain.errors import SettingInvalid
from tests.unit.test_command_texts import COMPLETE

HOME = Path(shipped.__file__).parents[1]
PRESETS = sorted((HOME / "presets").glob("*.toml"))


def preset(name: str) -> dict[str, Any]:
    return tomllib.loads((HOME / "presets" / f"{name}.toml").read_text("utf-8"))


def written(folder: Path, text: str) -> Bot:
    """What Liao reads in a bot.toml."""
    file = folder / "bot.toml"
    file.write_text(text, "utf-8")
    return shipped.bot(file)


def test_the_bot_that_is_shipped_is_valid_and_everything_it_offers_exists() -> None:
    bot = shipped.bot()
    assert CommandList.offering(bot.commands, shipped.commands()).specs


@pytest.mark.parametrize("file", PRESETS, ids=lambda file: file.stem)
def test_every_preset_is_a_whole_bot(file: Path) -> None:
    bot = read({}, preset=preset(file.stem), source=file.name)
    assert CommandList.offering(bot.commands, shipped.commands()).specs
    for texts in (bot.greeting, bot.openers):
        assert set(COMPLETE) <= texts.keys()
    assert len({len(openers) for openers in bot.openers.values()}) == 1


def test_the_bot_that_is_shipped_greets_everybody_in_their_language() -> None:
    greeting = shipped.bot().greeting
    assert set(COMPLETE) <= greeting.keys()
    assert len(set(greeting.values())) == len(greeting)


@pytest.mark.parametrize("file", PRESETS, ids=lambda file: file.stem)
def test_every_suggested_question_fits_a_button(file: Path) -> None:
    for openers in read({}, preset=preset(file.stem), source=file.name).openers.values():
        for opener in openers:
            assert len(regex.findall(r"\X", opener)) <= 20, opener


def test_a_shop_shows_its_customers_nothing_technical() -> None:
    bot = read({}, preset=preset("shop"), source="shop.toml")
    assert set(bot.commands) == {"help", "human", "privacy", "delete"}
    shown = " ".join([*bot.greeting.values(), *(" ".join(o) for o in bot.openers.values())])
    everywhere = ("AI", "GPT", "model", "token")
    for word in (*everywhere, "模型", "指令", "モデル", "コマンド", "โมเดล", "คำสั่ง"):
        assert word not in shown


def test_the_files_own_values_win_over_the_preset(tmp_path: Path) -> None:
    bot = written(tmp_path, 'preset = "shop"\nname = "阿福麵店"\nhours = "10–18"\n')
    assert bot.name == "阿福麵店"
    assert bot.hours == "10–18"
    assert bot.persona == preset("shop")["persona"]


def test_without_a_preset_everything_is_on(tmp_path: Path) -> None:
    assert "new" in written(tmp_path, "").commands


def test_a_text_may_be_one_for_everybody(tmp_path: Path) -> None:
    bot = written(tmp_path, 'greeting = "Hi! 嗨！"\nopeners = ["幾點開？"]\n')
    for language in ("zh-Hant", "en", "ja", "th"):
        assert localized(bot.greeting, language) == "Hi! 嗨！"
        assert localized(bot.openers, language) == ("幾點開？",)


def test_a_text_may_be_one_by_language(tmp_path: Path) -> None:
    bot = written(tmp_path, '[greeting]\nzh-Hant = "嗨"\nen = "Hi"\n')
    assert localized(bot.greeting, "zh-Hant") == "嗨"
    assert localized(bot.greeting, "en") == "Hi"
    assert localized(bot.greeting, "th") == "Hi"


def test_who_finds_neither_their_language_nor_english_gets_what_there_is(tmp_path: Path) -> None:
    bot = written(tmp_path, '[greeting]\nzh-Hant = "嗨"\n')
    assert localized(bot.greeting, "en") == "嗨"


def test_openers_can_be_switched_off(tmp_path: Path) -> None:
    assert localized(written(tmp_path, "openers = []\n").openers, "zh-Hant") == ()
    assert localized(written(tmp_path, "[openers]\n").openers, "zh-Hant") == ()
    one = written(tmp_path, '[openers]\nzh-Hant = []\nen = ["What is new?"]\n')
    assert localized(one.openers, "zh-Hant") == ()


def test_the_model_may_tell_customers_what_is_filled_in(tmp_path: Path) -> None:
    bot = written(tmp_path, 'hours = "10–18"\ncontact = ""\n')
    assert bot.known_facts() == (("Opening hours", "10–18"),)


def test_a_name_may_be_twenty_characters_long_and_spaces_around_it_go(tmp_path: Path) -> None:
    assert written(tmp_path, f'name = " {"麵" * 20} "').name == "麵" * 20


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f'name = "{"麵" * 21}"', "bot.toml: 'name' must be 1 to 20 characters"),
        ('name = "  "', "bot.toml: 'name' must be 1 to 20 characters"),
        ("name = 5", "bot.toml: 'name' must be a text in quotes"),
        ('nmae = "x"', "bot.toml: unknown name 'nmae'; known are: answer_length, "),
        ('preset = "casino"', "bot.toml: preset 'casino' is none of: personal, shop"),
        ('preset = ["shop"]', "bot.toml: preset ['shop'] is none of: personal, shop"),
        ("greeting = 5", "bot.toml: 'greeting' must be a text"),
        ('greeting = " "', "bot.toml: 'greeting' must be a text in quotes, and not empty"),
        ("[greeting]", "bot.toml: 'greeting' must be a text"),
        ("[greeting]\nen = 5", "bot.toml: 'greeting' must be a text in quotes"),
        ('[greeting]\nen = ""', "bot.toml: 'greeting' must be a text in quotes, and not empty"),
        ('[greeting]\nzh-TW = "嗨"', "bot.toml: 'greeting' holds 'zh-TW', which is none of"),
        ('[greeting]\nen = "Hi"\nhours = "10–18"', "bot.toml: 'greeting' holds 'hours', which is"),
        ('openers = "one"', "bot.toml: 'openers' must be a list of texts"),
        ('openers = ["one", ""]', "bot.toml: 'openers' must be a text in quotes, and not empty"),
        ('[openers]\nde = ["eins"]', "bot.toml: 'openers' holds 'de', which is none of"),
        ('commands = "help"', "bot.toml: 'commands' must be a list of texts"),
        ("commands = [1]", "bot.toml: 'commands' must be a text in quotes"),
        ("answer_length = 0", "bot.toml: 'answer_length' must be a whole number above 0"),
        ("answer_length = true", "bot.toml: 'answer_length' must be a whole number above 0"),
        ('max_output_tokens = "9"', "bot.toml: 'max_output_tokens' must be a whole number above 0"),
        ("history_tokens = 1.5", "bot.toml: 'history_tokens' must be a whole number above 0"),
        ("hours = [9, 18]", "bot.toml: 'hours' must be a text in quotes"),
        ("name = 聊聊", "bot.toml can't be read: "),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_file_and_name(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(SettingInvalid) as refused:
        written(tmp_path, text)
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("ids", "chosen"),
    [
        (["*"], ("a", "b", "c")),
        (["c", "a"], ("c", "a")),
        (["c", "*"], ("c", "a", "b")),
        (["*", "b"], ("b", "a", "c")),
        (["a", "a"], ("a",)),
        ([], ()),
    ],
)
def test_what_is_offered_stands_in_the_operators_order(
    ids: list[str], chosen: tuple[str, ...]
) -> None:
    assert offered(ids, ["a", "b", "c"], "models") == chosen


def test_offering_what_there_is_not_is_refused_with_what_there_is() -> None:
    with pytest.raises(SettingInvalid) as refused:
        offered(["a", "x", "*"], ["a", "b"], "assistants")
    assert str(refused.value) == "bot.toml: 'assistants' names 'x', which is none of: a, b"


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"^bot\.toml can't be read"):
        shipped.bot(tmp_path / "bot.toml")
    (tmp_path / "bot.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(SettingInvalid, match=r"^bot\.toml can't be read"):
        shipped.bot(tmp_path / "bot.toml")


def test_a_preset_that_lacks_something_says_what() -> None:
    table = preset("shop")
    del table["persona"]
    with pytest.raises(SettingInvalid, match="'persona' is missing; add it or choose a preset"):
        read({}, preset=table, source="bot.toml")

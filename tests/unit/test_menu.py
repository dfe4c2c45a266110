"""Which model answers where nobody chose: of those whose key is set and the operator offers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters import shipped
from chalicelib.bootstrap.menu import DEFAULT, Menu, menu
from chalicelib.domain.errors import SettingInvalid
from chalicelib.settings import Settings

KEYS = {"OPENAI_API_KEY": "o", "ANTHROPIC_API_KEY": "a"}


def made(env: dict[str, str], *models: str) -> Menu:
    bot = replace(shipped.bot(), models=models or ("*",))
    return menu(Settings.read(env), env, bot)


def test_the_usual_model_answers_where_its_key_is_set() -> None:
    assert made(KEYS).default.id == DEFAULT


def test_without_its_key_the_first_that_has_one_answers() -> None:
    assert made({"ANTHROPIC_API_KEY": "a"}).default.vendor.id == "anthropic"


def test_what_the_operator_left_out_answers_nobody() -> None:
    told = made(KEYS, "claude-haiku-4-5")
    assert told.default.id == "claude-haiku-4-5"
    assert [spec.id for spec in told.models.values() if spec.chats] == ["claude-haiku-4-5"]


def test_a_model_that_is_named_answers_though_it_is_not_among_the_others() -> None:
    told = made({**KEYS, "LIAO_MODEL": "gpt-5.4"}, "claude-haiku-4-5")
    assert told.default.id == "gpt-5.4"
    assert next(iter(told.models)) == "gpt-5.4"


def test_a_model_of_no_catalogue_is_refused_with_what_there_is() -> None:
    with pytest.raises(SettingInvalid, match="LIAO_MODEL='gpt-0' is no model of the catalogue"):
        made({**KEYS, "LIAO_MODEL": "gpt-0"})

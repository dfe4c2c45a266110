"""The operator's settings: defaults, and one clear sentence for each that is malformed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import LANGUAGES
from chalicelib.domain.money import nano
from chalicelib.settings import Settings

SECRETS = {
    "LINE_CHANNEL_SECRET": "the-secret-of-the-channel",
    "LINE_CHANNEL_ACCESS_TOKEN": "the-token-of-the-channel",
}


def test_nothing_needs_to_be_set_to_read_the_settings() -> None:
    settings = Settings.read({})
    assert settings.line_api == "https://api.line.me"
    assert settings.backend == "local"
    assert settings.language == "zh-Hant"
    assert settings.timezone == ZoneInfo("Asia/Taipei")
    assert (settings.daily_answers, settings.answers_per_minute) == (200, 10)
    assert settings.admins == frozenset()
    assert (settings.push, settings.push_monthly) == ("never", 200)


def test_budgets_are_cautious_until_told_otherwise() -> None:
    budgets = Settings.read({}).budgets
    assert budgets.person_day == nano(0.5)
    assert (budgets.all_day, budgets.all_month) == (nano(5), nano(50))
    own = Settings.read({"LIAO_BUDGET_GROUP_DAY": "0.25", "LIAO_BUDGET_MONTH": "none"}).budgets
    assert (own.group_day, own.all_month) == (nano(0.25), None)
    assert own.group_month == nano(10)


def test_an_empty_value_is_the_same_as_none() -> None:
    names = ("LIAO_BACKEND", "LIAO_TIMEZONE", "LIAO_DAILY_ANSWERS", "LIAO_URL", "LIAO_PUSH")
    assert Settings.read(dict.fromkeys(names, "  ")) == Settings.read({})


def test_space_around_a_value_is_no_part_of_it() -> None:
    settings = Settings.read({"LINE_CHANNEL_SECRET": " abc\n", "LIAO_BACKEND": " local "})
    assert settings.channel_secret == "abc"
    assert settings.backend == "local"


def test_late_answers_become_buttons_after_45_seconds_and_in_groups_after_20() -> None:
    settings = Settings.read({})
    assert settings.deadline_for(private=True) == timedelta(seconds=45)
    assert settings.deadline_for(private=False) == timedelta(seconds=20)


def test_the_operators_own_deadline_holds_everywhere() -> None:
    settings = Settings.read({"LIAO_REPLY_DEADLINE": "2.5"})
    assert settings.deadline_for(private=True) == timedelta(seconds=2.5)
    assert settings.deadline_for(private=False) == timedelta(seconds=2.5)


def test_admins_are_listed_with_commas_or_spaces() -> None:
    assert Settings.read({"LIAO_ADMINS": "Ua, Ub Uc,,"}).admins == {"Ua", "Ub", "Uc"}


def test_an_address_loses_its_last_slash() -> None:
    settings = Settings.read({"LINE_API_BASE_URL": "http://127.0.0.1:8800/line/"})
    assert settings.line_api == "http://127.0.0.1:8800/line"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bot_may_speak_any_of_its_languages_by_default(language: str) -> None:
    assert Settings.read({"LIAO_LANGUAGE": language}).language == language


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"HOME": "/home/amy"}, "/home/amy/.local/share/liao/dev"),
        ({"HOME": "/home/amy", "XDG_DATA_HOME": "/data"}, "/data/liao/dev"),
        ({"HOME": "/home/amy", "LIAO_DATA_DIR": "/srv/liao"}, "/srv/liao"),
    ],
)
def test_data_lies_in_the_users_own_folder_unless_told_otherwise(
    env: dict[str, str], folder: str
) -> None:
    assert Settings.read(env).data_dir == Path(folder)


def test_each_stage_has_data_of_its_own() -> None:
    assert Settings.read({"HOME": "/home/amy", "LIAO_STAGE": "prod"}).data_dir.name == "prod"


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("LINE_API_BASE_URL", "api.line.me", "is not an address like https://host/path"),
        ("LINE_API_BASE_URL", "ftp://api.line.me", "is not an address"),
        ("LINE_API_BASE_URL", "https://", "is not an address"),
        ("LINE_DATA_API_BASE_URL", "http://[::1", "is not an address"),
        ("LINE_DATA_API_BASE_URL", "http://localhost:port/v1", "is not an address"),
        ("LINE_DATA_API_BASE_URL", "http://localhost:99999/v1", "is not an address"),
        ("LINE_DATA_API_BASE_URL", "https://my host/v1", "is not an address"),
        ("LIAO_BACKEND", "azure", "is not one of: local"),
        ("LIAO_LANGUAGE", "zh-TW", "is not one of: zh-Hant, en, ja, th"),
        ("LIAO_TIMEZONE", "Taipei", "is not a time zone like Asia/Taipei"),
        ("LIAO_TIMEZONE", "Asia", "is not a time zone like Asia/Taipei"),
        ("LIAO_TIMEZONE", "../etc/passwd", "is not a time zone like Asia/Taipei"),
        ("LIAO_TIMEZONE", "/etc/localtime", "is not a time zone like Asia/Taipei"),
        ("LIAO_REPLY_DEADLINE", "45s", "is not a number of seconds between 0 and 50"),
        ("LIAO_REPLY_DEADLINE", "0", "is not a number of seconds between 0 and 50"),
        ("LIAO_REPLY_DEADLINE", "60", "is not a number of seconds between 0 and 50"),
        ("LIAO_REPLY_DEADLINE", "-1", "is not a number of seconds between 0 and 50"),
        ("LIAO_REPLY_DEADLINE", "nan", "is not a number of seconds between 0 and 50"),
        ("LIAO_DAILY_ANSWERS", "0", "is not a whole number above 0"),
        ("LIAO_DAILY_ANSWERS", "many", "is not a whole number above 0"),
        ("LIAO_DAILY_ANSWERS", "１２", "is not a whole number above 0"),
        ("LIAO_ANSWERS_PER_MINUTE", "1.5", "is not a whole number above 0"),
        ("LIAO_BUDGET_DAY", "-5", "is not an amount of US dollars like 5 or 0.25"),
        ("LIAO_BUDGET_MONTH", "fifty", "is not an amount of US dollars like 5 or 0.25"),
        ("LIAO_ACCESS", "friends", "is not one of: open, invite"),
        ("LIAO_ADMINS_EXEMPT", "true", "is not one of: no, yes"),
        ("LIAO_PUSH", "yes", "is not one of: never, late, all"),
        ("LIAO_PUSH_MONTHLY", "-200", "is not a whole number above 0"),
        ("LIAO_WORKERS", "1e3", "is not a whole number above 0"),
    ],
)
def test_a_malformed_setting_is_one_sentence_that_names_it(
    name: str, value: str, advice: str
) -> None:
    with pytest.raises(SettingInvalid) as refused:
        Settings.read({name: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"{name}={value!r} {advice}")
    assert "\n" not in sentence


def test_secrets_are_not_shown_with_the_settings() -> None:
    shown = repr(Settings.read(SECRETS))
    assert [secret for secret in SECRETS.values() if secret in shown] == []


def test_secrets_are_refused_when_they_are_needed_and_not_before() -> None:
    settings = Settings.read({})
    with pytest.raises(SettingInvalid, match=r"^LINE_CHANNEL_SECRET is missing: .*make run"):
        settings.needed_channel_secret()
    with pytest.raises(SettingInvalid, match=r"^LINE_CHANNEL_ACCESS_TOKEN is missing: "):
        settings.needed_access_token()


def test_secrets_that_are_set_are_given() -> None:
    settings = Settings.read(SECRETS)
    assert settings.needed_channel_secret() == SECRETS["LINE_CHANNEL_SECRET"]
    assert settings.needed_access_token() == SECRETS["LINE_CHANNEL_ACCESS_TOKEN"]


def test_the_channels_id_stands_for_a_token_but_a_token_that_is_set_wins() -> None:
    by_id = {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ID": "1234567890"}
    assert Settings.read(by_id).needed_access_token() == ""
    both = Settings.read({**SECRETS, **by_id})
    assert both.needed_access_token() == SECRETS["LINE_CHANNEL_ACCESS_TOKEN"]


def test_without_a_token_the_other_way_is_told_too() -> None:
    with pytest.raises(SettingInvalid, match="LINE_CHANNEL_ID, from tab “Basic settings”"):
        Settings.read({}).needed_access_token()
    with pytest.raises(SettingInvalid, match="'@liao' is not a channel's id"):
        Settings.read({"LINE_CHANNEL_ID": "@liao"})

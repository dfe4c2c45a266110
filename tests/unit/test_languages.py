"""Which of its languages the bot speaks to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import shipped
from chalicelib.domain.languages import DEFAULT, FALLBACK, LANGUAGES, match, preferred
from tests.unit.test_command_texts import COMPLETE


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh_TW", "zh-Hant"),
        ("zh", "zh-Hant"),
        ("ZH-tw", "zh-Hant"),
        ("en", "en"),
        ("en-GB", "en"),
        ("ja", "ja"),
        ("th-TH", "th"),
        ("ko", None),
        ("english", None),
        ("", None),
        ("-", None),
        (None, None),
    ],
)
def test_a_profiles_language_leads_to_one_of_the_bots(tag: str | None, language: str) -> None:
    assert match(tag) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("ko-KR, ja;q=0.9", "ja"),
        ("ko, *;q=0.5", None),
        ("en", "en"),
        ("", None),
        (";;,,", None),
    ],
)
def test_a_browser_gets_the_first_language_it_wants_that_the_bot_speaks(
    header: str, language: str | None
) -> None:
    assert preferred(header) == language


@given(st.text())
def test_any_header_is_understood_or_not(header: str) -> None:
    assert preferred(header) in (None, *LANGUAGES)


def test_the_default_and_the_fallback_are_complete_languages() -> None:
    assert {DEFAULT, FALLBACK} <= set(COMPLETE)


@pytest.mark.parametrize("language", COMPLETE)
def test_a_complete_language_has_its_texts_and_its_privacy_page(language: str) -> None:
    assert language in LANGUAGES
    assert language in shipped.texts().tables
    assert language in shipped.privacy()


def test_every_file_of_texts_is_a_language_of_the_bot() -> None:
    assert set(shipped.texts().tables) <= set(LANGUAGES)
    assert set(shipped.privacy()) <= set(LANGUAGES)
    for spec in shipped.commands().values():
        assert set(spec.texts.tables) <= set(LANGUAGES)

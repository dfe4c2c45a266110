"""The privacy page says what is done, in the reader's language, whatever the operator wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import regex

from chalicelib.adapters import shipped
from chalicelib.domain import retention
from chalicelib.domain.privacy import PrivacyFacts, page
from tests.unit.test_command_texts import COMPLETE, LETTERS

TABLES = shipped.privacy()
OPENAI = PrivacyFacts(name="聊聊", vendors=[("OpenAI", "US")], contact="me@example.com")
NOBODY = replace(OPENAI, vendors=[("", "")], contact="")
#: What is no text but a tag, or stands between texts.
_SIGNS = ("lang", "between")


class Tags(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.started.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(facts: PrivacyFacts, language: str) -> Tags:
    tags = Tags()
    tags.feed(page(facts, TABLES[language]))
    return tags


def words(facts: PrivacyFacts, language: str) -> str:
    return "\n".join(parsed(facts, language).words)


@pytest.mark.parametrize("language", COMPLETE)
def test_the_page_is_the_same_in_every_language(language: str) -> None:
    table, english = TABLES[language], TABLES["en"]
    assert table.keys() == english.keys()
    assert table["countries"].keys() == english["countries"].keys()
    counts = [[len(s["items"]) for s in each["sections"]] for each in (table, english)]
    assert counts[0] == counts[1]
    for one, other in zip(_texts(table), _texts(english), strict=True):
        assert set(re.findall(r"\{\w+\}", one)) == set(re.findall(r"\{\w+\}", other))


@pytest.mark.parametrize("language", COMPLETE)
def test_the_page_is_written_in_its_language(language: str) -> None:
    for text in _texts(TABLES[language]):
        bare = re.sub(r"\{\w+\}", "", text)
        assert regex.search(f"[{LETTERS[language]}]", bare) or not regex.search(r"\p{L}", bare)
        assert text == text.strip()


def test_the_page_tells_the_commands_by_the_names_they_have() -> None:
    commands = shipped.commands()
    for language, table in TABLES.items():
        told = " ".join(_texts(table))
        for name in ("delete", "new"):
            assert commands[name].shown_name(language) in told, language


def _texts(table: Mapping[str, Any]) -> list[str]:
    headings = [section["heading"] for section in table["sections"]]
    items = [item for section in table["sections"] for item in section["items"]]
    plain = [text for key, text in table.items() if isinstance(text, str) and key not in _SIGNS]
    return [*plain, *table["countries"].values(), *headings, *items]


@pytest.mark.parametrize("language", TABLES)
def test_a_page_names_its_language_and_leaves_no_slot_unfilled(language: str) -> None:
    html = page(OPENAI, TABLES[language])
    assert f'<html lang="{language}">' in html
    assert re.findall(r"\{\w+\}", words(OPENAI, language)) == []
    assert html.startswith("<!doctype html>")


@pytest.mark.parametrize("language", TABLES)
def test_the_times_are_those_that_the_stores_obey(language: str) -> None:
    said = words(OPENAI, language)
    for number in (
        retention.HISTORY.days,
        retention.IDS.days,
        int(retention.WORDS.total_seconds() // 3600),
        retention.LEDGER.days,
        retention.CHOICES.days,
    ):
        assert re.search(rf"(?<!\d){number}(?!\d)", said), number


@pytest.mark.parametrize("language", TABLES)
def test_what_the_operator_wrote_is_words_and_never_markup(language: str) -> None:
    nasty = "<script>alert('1')</script>&\"{contact}{0}"
    facts = PrivacyFacts(name=nasty, vendors=[(nasty, nasty)], contact=nasty)
    html = page(facts, TABLES[language])
    assert "script" not in parsed(facts, language).started
    assert "<script" not in html
    assert parsed(facts, language).started == parsed(OPENAI, language).started
    assert html.count("&lt;script&gt;") == html.count("alert(")
    assert nasty in unescape(html)


@pytest.mark.parametrize(
    ("language", "country"),
    [("zh-Hant", "美國"), ("en", "United States"), ("ja", "アメリカ"), ("th", "สหรัฐอเมริกา")],
)
def test_a_vendor_and_its_country_are_named_in_the_readers_language(
    language: str, country: str
) -> None:
    assert re.search(rf"OpenAI ?[(（]{country}[)）]", words(OPENAI, language))


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("zh-Hant", "OpenAI（美國）、DeepSeek（中國）、llm.example.net。"),
        ("en", "OpenAI (United States), DeepSeek (China), llm.example.net."),
        ("ja", "OpenAI（アメリカ）、DeepSeek（中国）、llm.example.net。"),
        ("th", "OpenAI (สหรัฐอเมริกา), DeepSeek (จีน), llm.example.net โดย"),
    ],
)
def test_everybody_who_may_get_the_words_is_named(language: str, named: str) -> None:
    vendors = [("OpenAI", "US"), ("DeepSeek", "CN"), ("", ""), ("llm.example.net", "")]
    assert named in words(replace(OPENAI, vendors=vendors), language)


@pytest.mark.parametrize("language", TABLES)
def test_one_vendor_is_not_told_as_if_there_were_others(language: str) -> None:
    one, several = (
        words(replace(OPENAI, vendors=vendors), language)
        for vendors in ([("V", "")], [("V", ""), ("W", "")])
    )
    assert one not in several
    assert several.replace("、W", "").replace(", W", "") != one


@pytest.mark.parametrize("language", TABLES)
def test_every_vendor_that_ships_has_a_country_that_can_be_said(language: str) -> None:
    countries = {vendor.country for vendor in shipped.catalogue().vendors.values()} - {""}
    assert countries <= TABLES[language]["countries"].keys()


@pytest.mark.parametrize("language", TABLES)
def test_where_only_the_host_is_known_no_country_is_claimed(language: str) -> None:
    said = words(replace(OPENAI, vendors=[("llm.example.net", "")]), language)
    assert "llm.example.net" in said
    assert "()" not in said
    assert "（）" not in said


def test_a_country_in_the_operators_own_words_is_shown_as_it_is() -> None:
    assert "V (Deutschland)" in words(replace(OPENAI, vendors=[("V", "Deutschland")]), "en")


@pytest.mark.parametrize("language", TABLES)
@pytest.mark.parametrize("vendors", [[], [("", "")], [("", ""), ("", "TW")]])
def test_a_model_on_the_bots_own_machine_sends_nothing_away(
    language: str, vendors: list[tuple[str, str]]
) -> None:
    said = words(replace(OPENAI, vendors=vendors), language)
    assert TABLES[language]["vendor_here"] in said


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh-Hant", "回答的次數和費用，不含內容，用代碼取代你的 ID：400 天。"),
        ("en", "Counts and costs of answers, without words, under a code instead of your id: 400"),
        ("ja", "回答の回数と費用（内容は含まず、ID は別の符号に置き換えます）：400 日。"),
        ("th", "จำนวนคำตอบและค่าใช้จ่าย โดยไม่มีเนื้อหาและใช้รหัสแทน ID ของคุณ: 400 วัน"),
    ],
)
def test_the_page_tells_what_is_kept_of_usage(language: str, line: str) -> None:
    assert line in words(OPENAI, language)


@pytest.mark.parametrize("language", TABLES)
def test_who_has_questions_finds_the_contact_or_is_sent_to_the_chat(language: str) -> None:
    assert "me@example.com" in words(OPENAI, language)
    assert TABLES[language]["contact_unknown"] in words(NOBODY, language)


@pytest.mark.parametrize("language", TABLES)
def test_the_page_loads_nothing_from_anywhere(language: str) -> None:
    html = page(OPENAI, TABLES[language])
    assert "http" not in html
    assert "src=" not in html


@pytest.mark.parametrize("language", TABLES)
def test_on_aws_the_page_tells_where_the_data_lies_and_how_long_copies_of_it_live(
    language: str,
) -> None:
    here = words(OPENAI, language)
    there = words(replace(OPENAI, region="ap-northeast-1"), language)
    assert "Amazon" not in here
    assert "Amazon Web Services" in there
    assert "ap-northeast-1" in there
    assert len(there.splitlines()) > len(here.splitlines())
    assert re.search(rf"{retention.BACKUPS.days}\D", there.replace(here, ""))


@pytest.mark.parametrize("language", TABLES)
def test_where_mail_is_sent_about_who_wants_a_human_the_page_tells_so(language: str) -> None:
    told = TABLES[language]["staff"]
    assert told in words(replace(OPENAI, region="ap-northeast-1"), language)
    assert told not in words(OPENAI, language)

"""A month's page needs nothing but itself, and says in words what its charts show."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from chalicelib.domain.ledger import Entry
from chalicelib.domain.money import DOLLAR, Currency
from chalicelib.domain.prices import Usage
from chalicelib.domain.usage_report import report
from ops.trouble import Trouble
from ops.usage import drawing
from ops.usage.bill import Bill
from ops.usage.month import Month
from ops.usage.page import page
from tests.running import PROJECT

DOLLARS = Currency(code="USD", sign="US$ ", per_dollar=1, decimals=2, as_of=date(2026, 11, 2))
YEN = Currency(code="JPY", sign="¥", per_dollar=150, decimals=0, as_of=date(2026, 11, 2))
MODELS = ("opus", "pro", "flash", "mini", "nano", "whisper", "<own>")
#: Elements that have no end.
_VOID = ("meta", "link", "img", "br")


def entries() -> list[Entry]:
    """Seven models, the first the dearest; twelve chats; days 1 to 20."""
    return [
        Entry(
            id=f"call-{number}",
            at=datetime(2026, 11, 1 + number % 20, 4, tzinfo=UTC),
            day=f"2026-11-{1 + number % 20:02}",
            chat=f"{number % 12:012x}",
            person="p",
            model=MODELS[number % len(MODELS)],
            purpose="answer",
            usage=Usage(tokens_in=100, tokens_out=10),
            cost=(len(MODELS) - number % len(MODELS)) * DOLLAR // 10,
            late=number % 10 == 0,
            failed="busy" if number % 25 == 1 else "",
        )
        for number in range(140)
    ]


def bill(found: list[Entry], *, currency: Currency = YEN, month: str = "", today: int = 28) -> Bill:
    chosen = Month.of(month, today=date(2026, 11, today))
    return Bill(
        stage="prod", month=chosen, currency=currency, dollars=DOLLARS, report=report(found)
    )


@dataclass
class Structure(HTMLParser):
    """What a page is made of; whatever is not closed, or closed twice, is an error."""

    open: list[str] = field(default_factory=list)
    seen: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.seen.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th", "dd", "text"):
            self.cells.append(data)

    def attributes(self, name: str) -> list[str]:
        """What an attribute is, wherever it is set."""
        return [
            value for _, them in self.seen for key, value in them.items() if key == name and value
        ]

    def count(self, tag: str) -> int:
        return [name for name, _ in self.seen].count(tag)


def read(text: str) -> Structure:
    structure = Structure()
    structure.feed(text)
    structure.close()
    assert structure.open == []
    return structure


@pytest.fixture(scope="module")
def text() -> str:
    return page(bill(entries()), made="2026-11-28 12:04")


@pytest.fixture(scope="module")
def structure(text: str) -> Structure:
    return read(text)


def test_nothing_is_fetched_from_elsewhere(text: str, structure: Structure) -> None:
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|//\w|@import|<script|<link|<img| src=", text)
    inside = structure.attributes("href") + structure.attributes("xlink:href")
    assert inside
    assert all(link.startswith("#") for link in inside)
    assert set(re.findall(r"url\((.)", text)) == {"#"}


def test_every_name_on_the_page_is_there_once_and_leads_somewhere(
    text: str, structure: Structure
) -> None:
    ids = structure.attributes("id")
    assert len(set(ids)) == len(ids)
    links = [link.removeprefix("#") for link in structure.attributes("xlink:href")]
    assert {*links, *re.findall(r"url\(#([^)]+)\)", text)} <= set(ids)


def test_its_charts_are_sound_drawings(text: str) -> None:
    found = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(found) == 4
    for each in found:
        named = each.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)
        assert ET.fromstring(named).get("role") == "img"  # noqa: S314 - our own


def test_colours_and_letters_are_the_pages_own(text: str) -> None:
    style, _, body = text.partition("</style>")
    assert not re.search(r"#[0-9a-f]{6}\b", body)
    assert "font-family" not in body
    used = set(re.findall(r"var\((--[a-z0-9]+)\)", text))
    light, _, dark = style.partition("@media screen")
    assert used <= set(re.findall(r"(--[a-z0-9]+):", light))
    assert set(re.findall(r"(--[a-z0-9]+):", light)) == set(re.findall(r"(--[a-z0-9]+):", dark))


def test_the_summary_has_every_sum_in_both_kinds_of_money(text: str) -> None:
    whole = bill(entries())
    total = whole.report.total
    assert whole.projected is not None
    for said in (
        YEN.shown(total.cost),
        DOLLARS.shown(total.cost),
        YEN.shown(whole.projected),
        f"{total.answers:,}",
        f"{total.late_share:.1%}",
        f"{total.failed_share:.1%}",
        f"{total.tokens_in:,}",
    ):
        assert f">{said}</dd>" in text
    assert "US$ 1 is ¥150, as of 2026-11-02" in text


def test_a_chart_says_its_numbers_to_who_can_not_see_it(structure: Structure) -> None:
    labels = [them["aria-label"] or "" for tag, them in structure.seen if tag == "svg"]
    whole = bill(entries())
    assert len(labels) == 4
    assert f"{YEN.shown(whole.report.total.cost)} in all, most on 2026-11-" in labels[0]
    assert f"opus {YEN.shown(whole.report.by_model['opus'].cost)}" in labels[0]
    assert f"{whole.report.total.answers:,} in all" in labels[1]
    assert f"{whole.report.total.late_share:.1%} of the answers came late" in labels[2]
    assert f"{whole.top_chats()[0][0]} " in labels[3]


def test_a_table_lies_under_every_chart(text: str, structure: Structure) -> None:
    assert len(re.findall(r"</svg>\n<details><summary>.*?<table>", text, re.DOTALL)) == 4
    assert structure.count("table") == 5
    whole = bill(entries())
    for day, total in whole.days():
        assert day in structure.cells
        assert YEN.shown(total.cost) in structure.cells
    for name, total in (*whole.models(), *whole.top_chats()):
        assert name in structure.cells
        assert f"{total.answers:,}" in structure.cells


def test_models_beyond_the_colours_share_one(text: str) -> None:
    legend = re.findall(r"</span> ([^<]+)</li>", text)
    assert legend[:6] == ["opus", "pro", "flash", "mini", "nano", "2 others"]


def test_what_an_operator_named_is_no_markup(text: str) -> None:
    assert "&lt;own&gt;" in text
    assert "<own>" not in text


def test_a_whole_pseudonym_is_never_shown(text: str) -> None:
    assert "00000000000b" not in text


def test_an_empty_months_page_is_one_sentence() -> None:
    told = page(bill([]), made="now")
    assert "Nothing was used in November 2026 so far" in told
    assert read(told).count("svg") == 0


def test_a_month_that_cost_nothing_is_drawn() -> None:
    free = Entry(
        id="one",
        at=datetime(2026, 11, 1, tzinfo=UTC),
        day="2026-11-01",
        chat="c",
        person="p",
        model="",
        purpose="answer",
        failed="refused",
    )
    told = page(bill([free], today=1), made="now")
    assert "no model" in told
    assert read(told).count("svg") == 4


def test_in_dollars_each_amount_is_there_once_and_a_month_that_is_over_is_not_projected() -> None:
    told = page(bill(entries(), currency=DOLLARS, month="2026-10"), made="now")
    assert "as of" not in told
    assert "at this rate" not in told


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(Trouble, match="not installed") as caught:
        drawing.svg("a", "b", lambda axes: None)
    assert "requirements-run.txt" in caught.value.do


def test_commands_that_draw_nothing_do_not_wait_for_it() -> None:
    code = "import sys, ops.__main__; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0

"""The rich menu on a phone: an operator makes it, a person opens and taps it, the bot answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Locator, expect

from chalicelib.adapters import shipped
from chalicelib.adapters.line.access import LongLived
from chalicelib.adapters.line.menus import LineMenus
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.commands import CommandList
from ops.richmenu.tiles import Menu, menu
from tests.e2e.conftest import WholeSystem
from tests.e2e.phone import Phone, phone_at
from tests.e2e.stage import Stage
from tests.fakes import FakeTelemetry
from tests.menus import ops_richmenu
from tests.ops.menus import needs_fonts

pytestmark = [pytest.mark.browser, needs_fonts]

#: What a finger hits, in pixels of a page.
FINGER = 44


def in_language(language: str) -> Menu:
    """The menu that the bot has in a language."""
    return menu(CommandList.offering(shipped.bot().commands, shipped.commands()), language)


@pytest.fixture
def bots(here: Stage) -> Iterator[LineMenus]:
    """What the bot shows people menus with."""
    made = LineMenus.connect(
        access=LongLived(Fixed(here.sim.token)),
        base_url=here.sim.line_url,
        telemetry=FakeTelemetry(),
    )
    with closing(made):
        yield made


def bar(phone: Phone, words: str) -> Locator:
    return phone.page.get_by_role("button", name=words)


def tile(phone: Phone, name: str) -> Locator:
    return phone.page.get_by_role("button", name=name, exact=True)


def test_a_person_opens_the_menu_taps_a_tile_and_the_bot_hears_what_it_says(
    phone: Phone, here: Stage
) -> None:
    ops_richmenu(here.sim)
    shown = in_language("zh-Hant")
    picture = phone.page.get_by_role("img", name=shown.bar)
    expect(picture).to_be_hidden()
    bar(phone, shown.bar).click()
    expect(picture).to_be_in_viewport(ratio=0.99)
    for it in shown.tiles:
        expect(tile(phone, it.title)).to_be_in_viewport(ratio=0.99)
    tile(phone, "模型").click()
    expect(phone.bubble("/模型")).to_be_visible()
    (heard,) = here.bot.wait_for_events()
    assert heard["message"]["text"] == "/模型"
    bar(phone, shown.bar).click()
    expect(picture).to_be_hidden()


def test_each_person_has_it_in_their_language_until_it_is_taken_away(
    phone: Phone, here: Stage, bots: LineMenus
) -> None:
    ops_richmenu(here.sim)
    bots.show(here.you, "th")
    expect(bar(phone, "เมนู")).to_be_visible()
    bots.show(here.you, "ja")
    bar(phone, "メニュー").click()
    for it in in_language("ja").tiles:
        expect(tile(phone, it.title)).to_be_visible()
    tile(phone, "ヘルプ").click()
    expect(phone.bubble("/ヘルプ")).to_be_visible()
    ops_richmenu(here.sim, "--remove")
    expect(bar(phone, "メニュー")).to_be_hidden()
    expect(phone.page.get_by_role("img", name="メニュー")).to_be_hidden()


def test_a_finger_hits_every_tile_and_tiles_lie_side_by_side(phone: Phone, here: Stage) -> None:
    ops_richmenu(here.sim)
    shown = in_language("zh-Hant")
    bar(phone, shown.bar).click()
    boxes = [tile(phone, it.title).bounding_box() for it in shown.tiles]
    picture = phone.page.get_by_role("img", name=shown.bar).bounding_box()
    assert picture is not None
    covered = 0.0
    for box in boxes:
        assert box is not None
        assert min(box["width"], box["height"]) >= FINGER
        covered += box["width"] * box["height"]
    assert covered == pytest.approx(picture["width"] * picture["height"], rel=0.01)


def test_the_whole_bot_answers_a_tap(browser: Browser, system: WholeSystem) -> None:
    system.begin_anew()
    ops_richmenu(system.sim)
    try:
        with phone_at(system.page, browser) as phone:
            bar(phone, "選單").click()
            tile(phone, "說明").click()
            expect(phone.bubble("/說明")).to_be_visible()
            phone.sees("直接打字問我就可以。你也可以：")
    finally:
        ops_richmenu(system.sim, "--remove")

"""The page in its fourteen states, on a phone and on a desk, in light and in dark.

Nothing sticks out, nothing lies on another, every script has a font that can write it, and words
stand out from their ground.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.looks import views
from tests.e2e.phone import PHONE, phone_at
from tests.e2e.scenes import SCENES
from tests.e2e.stage import stage

pytestmark = pytest.mark.browser

THAI = ("Thai", "Loma", "Garuda", "Kinnari", "Laksaman", "Umpush", "Waree", "Sawasdee", "Tlwg")


@pytest.mark.parametrize("state", SCENES)
def test_each_state_looks_right_at_both_sizes_in_light_and_in_dark(
    browser: Browser, state: str
) -> None:
    pictures = set()
    for view in views(browser, state):
        view.check()
        pictures.add(view.page.screenshot())
    assert len(pictures) == 4


@pytest.mark.parametrize(
    ("words", "families"),
    [
        ("早安！今天台北會下雨嗎？", ("TC",)),
        ("明日の東京の天気は？", ("JP",)),
        ("แนะนำร้านอาหารไทยในไทเปหน่อย", THAI),
    ],
)
def test_each_script_is_written_in_a_font_of_its_own(
    browser: Browser, words: str, families: tuple[str, ...]
) -> None:
    with stage() as here, phone_at(here.sim.url, browser, size=PHONE) as phone:
        here.sim.text(here.you, words)
        phone.sees(words)
        (font,) = _fonts(phone.page, words)
        assert any(family in font for family in families), font


def _fonts(page: Page, words: str) -> set[str]:
    """The fonts the browser took for a bubble's glyphs."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root: Any = devtools.send("DOM.getDocument")["root"]["nodeId"]
    bubbles: Any = devtools.send(
        "DOM.querySelectorAll", {"nodeId": root, "selector": "#log .bubble"}
    )
    (bubble,) = bubbles["nodeIds"]
    found: Any = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": bubble})
    return {font["familyName"] for font in found["fonts"]}

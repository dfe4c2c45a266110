"""Code can be copied and tables can be read on the page, as the bot's own adapter sends them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.phone import Phone
from tests.e2e.rendered import PROGRAM, STEPS, TEAS, code, table
from tests.e2e.stage import Stage
from tests.simulated import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _empty_clipboard(phone: Phone) -> None:
    """The page may read what was copied; the browser's tabs, and so its tests, share it."""
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.page.evaluate("navigator.clipboard.writeText('')")


def test_a_tap_below_code_copies_it_letter_by_letter_and_says_so(phone: Phone, here: Stage) -> None:
    code(here)
    phone.taps("複製")
    expect(phone.page.get_by_role("status").get_by_text("已複製")).to_be_visible()
    assert phone.clipboard == PROGRAM


def test_code_that_is_too_long_for_one_tap_is_copied_whole_by_several(
    phone: Phone, here: Stage
) -> None:
    code(here)
    copied: list[str] = []
    for label in ("複製 1/2", "複製 2/2"):
        phone.taps(label)
        wait_until(lambda: phone.clipboard not in ("", *copied), timeout=5, what="a copy")
        copied.append(phone.clipboard)
    assert "".join(copied) == STEPS


def test_the_columns_of_a_table_stand_in_line_and_wide_words_take_more_lines(
    phone: Phone, here: Stage
) -> None:
    table(here)
    for column in zip(TEAS.header, *TEAS.rows, strict=True):
        cells = [phone.bubble(words).first.bounding_box() for words in column if words]
        assert len({round(cell["x"]) for cell in cells if cell}) == 1
    long, short = (phone.bubble(row[1]).bounding_box() for row in TEAS.rows[:2])
    assert long
    assert short
    assert long["height"] > short["height"] * 1.8


def test_below_cards_of_a_table_a_suggestion_tells_the_bot_and_shows_its_words(
    phone: Phone, here: Stage
) -> None:
    table(here)
    chips = phone.page.get_by_role("group", name="快速回覆")
    expect(chips.get_by_role("button")).to_have_count(2)
    chips.get_by_role("button", name="只看價格").click()
    expect(phone.bubble("只看價格")).to_be_visible()
    expect(chips).to_be_hidden()
    assert here.bot.wait_for_events(2)[-1]["postback"] == {"data": "turns:prices"}

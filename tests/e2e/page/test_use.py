"""However the page is used: by keyboard, for long, off and on, in a browser that keeps nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.phone import Phone
from tests.e2e.stage import Stage, message, text
from tests.simulated import simulated, wait_until

pytestmark = pytest.mark.browser


def test_everything_is_done_by_keyboard_alone(phone: Phone, here: Stage) -> None:
    page, keys = phone.page, phone.page.keyboard
    page.get_by_role("link", name="跳到輸入框").focus()
    keys.press("Enter")
    expect(phone.field).to_be_focused()
    keys.type("在嗎？")
    keys.press("Enter")
    phone.sees("在嗎？")
    token = here.bot.wait_for_events()[0]["replyToken"]
    choice = {"type": "buttons", "text": "要什麼？", "actions": [message("茶"), message("咖啡")]}
    here.answers(token, {"type": "template", "altText": "要什麼？", "template": choice})
    phone.chat.get_by_role("button", name="茶").focus()
    keys.press("Tab")
    expect(phone.chat.get_by_role("button", name="咖啡")).to_be_focused()
    keys.press("Enter")
    expect(phone.chat.locator("[data-id]")).to_have_count(3)
    more = phone.chat.get_by_role("listitem").last
    more.get_by_role("button", name="更多").focus()
    keys.press("Enter")
    expect(page.get_by_role("menuitem", name="回覆")).to_be_focused()
    keys.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="複製文字")).to_be_focused()
    keys.press("Escape")
    expect(more.get_by_role("button", name="更多")).to_be_focused()
    phone.inspects()
    phone.entries.first.get_by_role("button").focus()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(phone.entries.nth(1).get_by_role("button").first).to_have_attribute(
        "aria-expanded", "true"
    )
    keys.press("Escape")
    expect(phone.inspector).to_be_hidden()


def test_a_long_chat_is_read_backwards_piece_by_piece_and_stays_where_it_is_read(
    phone: Phone, here: Stage
) -> None:
    for number in range(260):
        here.sim.text(here.you, f"第 {number} 句")
    phone.page.reload()
    expect(phone.bubble("第 259 句")).to_be_visible()
    assert phone.chat.get_by_role("listitem").count() < 260
    phone.page.mouse.move(200, 400)
    wait_until(lambda: _scrolled_up(phone) >= 260, timeout=20, what="the first message")
    here.sim.text(here.you, "新的一句")
    expect(phone.page.get_by_role("button", name="新訊息 ↓")).to_be_hidden()


def _scrolled_up(phone: Phone) -> int:
    phone.page.mouse.wheel(0, -3_000)
    phone.page.wait_for_timeout(50)
    return phone.chat.locator("[data-id]").count()


def test_a_page_that_lost_its_simulator_comes_back_by_itself(browser: Browser) -> None:
    context = browser.new_context(locale="zh-TW")
    try:
        page = context.new_page()
        with simulated() as sim:
            port = int(sim.url.rsplit(":", 1)[1])
            page.goto(sim.url)
            expect(page.get_by_text("已連線")).to_be_visible()
        expect(page.get_by_text("重新連線中…")).to_be_visible()
        with simulated(port=port) as sim:
            expect(page.get_by_text("已連線")).to_be_visible(timeout=30_000)
            sim.text(str(sim.state()["you"]), "我回來了")
            expect(page.get_by_role("log").get_by_text("我回來了")).to_be_visible()
    finally:
        context.close()


def test_the_focus_stays_where_it_is_whatever_happens(desk: Phone, here: Stage) -> None:
    here.sim.user("美玲")
    entry = desk.page.get_by_role("region", name="美玲 的手機").get_by_role("button", name="Liao")
    entry.focus()
    here.sim.text(here.sim.user("健太"), "你好")
    expect(desk.page.get_by_role("region", name="健太 的手機")).to_contain_text("Liao")
    here.pushes(text("記得喝水"), to=here.sim.user("美玲"))
    expect(entry.get_by_label("1 則未讀")).to_be_visible()
    expect(entry).to_be_focused()
    desk.entries.filter(has_text="你好").get_by_role("button").click()
    again = desk.inspector.get_by_role("button", name="重送（標為 redelivery）")
    again.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.entries.filter(has_text="你好")).to_contain_text("×2")
    expect(again).to_be_focused()


def test_what_covers_the_phone_gives_the_focus_back(phone: Phone, here: Stage) -> None:
    opener = phone.page.get_by_role("button", name="檢查器", exact=True)
    opener.click()
    expect(phone.field).to_be_hidden()
    phone.page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_the_page_works_where_the_browser_keeps_nothing(browser: Browser, here: Stage) -> None:
    context = browser.new_context(locale="zh-TW")
    try:
        page = context.new_page()
        page.add_init_script(
            """for (const name of ["localStorage", "sessionStorage"]) {
              Object.defineProperty(window, name, { get() { throw new DOMException("no"); } });
            }"""
        )
        page.goto(here.sim.url)
        expect(page.get_by_text("已連線")).to_be_visible()
        page.get_by_role("textbox", name="輸入訊息").fill("在嗎？")
        page.keyboard.press("Enter")
        expect(page.get_by_role("log").get_by_text("在嗎？")).to_be_visible()
    finally:
        context.close()


def test_who_comes_back_to_the_page_finds_its_line_and_the_quote_begun(
    phone: Phone, here: Stage
) -> None:
    phone.writes("在嗎？")
    phone.does("回覆", to="在嗎？")
    phone.field.fill("寫到一半")
    for event in ("pagehide", "pageshow"):
        phone.page.evaluate(
            "(name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true }))", event
        )
    here.says(text("在。"), to=here.sim.text(here.you, "有人嗎？", wait=True))
    phone.sees("在。")
    expect(phone.field).to_have_value("寫到一半")
    expect(phone.page.get_by_text("回覆 我")).to_be_visible()

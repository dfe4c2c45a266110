"""What happened is on the time line, and what shall go wrong is chosen there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.phone import Phone
from tests.e2e.stage import Stage, text

pytestmark = pytest.mark.browser


def test_the_time_line_shows_webhooks_calls_and_the_model_with_status_time_and_body(
    desk: Phone, here: Stage
) -> None:
    here.says(text("在。"), to=here.sim.text(here.you, "在嗎？", wait=True))
    asked = {"model": "demo", "messages": [{"role": "user", "content": "你好"}]}
    here.model("/chat/completions", asked)
    rows = ("message · text", "POST message/reply", "chat.completions")
    for name in rows:
        expect(desk.entries.filter(has_text=name)).to_contain_text(re.compile(r"200.*\d 毫秒"))
    desk.entries.filter(has_text="POST message/reply").get_by_role("button").click()
    expect(desk.inspector).to_contain_text('"text": "在。"')
    expect(desk.inspector).to_contain_text('"sentMessages"')
    desk.inspector.get_by_role("button", name="LINE API", exact=True).click()
    expect(desk.entries.filter(has_text="POST message/reply")).to_be_hidden()
    desk.inspector.get_by_role("searchbox", name="篩選").fill("在嗎")
    expect(desk.entries.filter(has_text="chat.completions")).to_be_hidden()
    expect(desk.entries.filter(has_text="message · text")).to_be_visible()


def test_an_event_is_delivered_again_marked_or_not_and_its_reply_token_ended(
    desk: Phone, here: Stage
) -> None:
    asked = here.sim.text(here.you, "在嗎？", wait=True)
    desk.entries.filter(has_text="在嗎？").get_by_role("button").click()
    desk.inspector.get_by_role("button", name="重送（標為 redelivery）").click()
    assert here.bot.wait_for_events(2)[1]["deliveryContext"] == {"isRedelivery": True}
    desk.inspector.get_by_role("button", name="再送一份（重複）").click()
    assert here.bot.wait_for_events(3)[2] == here.bot.events()[0]
    expect(desk.entries.filter(has_text="在嗎？")).to_contain_text("×3")
    desk.inspector.get_by_role("button", name="讓 reply token 過期").click()
    expect(desk.page.get_by_text("這個 reply token 已過期")).to_be_visible()
    assert here.tries(text("在。"), to=asked) == 400
    expect(desk.entries.filter(has_text="Invalid reply token")).to_contain_text("400")


def test_every_webhook_comes_late_and_twice_when_that_is_asked_for(
    desk: Phone, here: Stage
) -> None:
    desk.page.get_by_role("tab", name="製造狀況").click()
    desk.inspector.get_by_label("每個事件送兩次").check()
    desk.inspector.get_by_label("延後送達").select_option(label="1 秒")
    expect(desk.inspector.get_by_text("Webhook 延後 1 秒")).to_be_visible()
    desk.writes("在嗎？")
    expect(desk.chat.get_by_text("LINE 晚一點才送…")).to_be_visible()
    first, second = here.bot.wait_for_events(2)
    assert first == second
    expect(desk.chat.get_by_text("LINE 晚一點才送…")).to_be_hidden()
    desk.inspector.get_by_role("button", name="全部恢復正常").click()
    expect(desk.inspector.get_by_text("一切正常。")).to_be_visible()


def test_line_answers_429_once_and_the_fault_is_used_up(desk: Phone, here: Stage) -> None:
    desk.makes_trouble("LINE API", where="reply", how="回 429", often="下一次")
    expect(desk.inspector.get_by_text("LINE reply：回 429 · 還有 1 次")).to_be_visible()
    asked = here.sim.text(here.you, "在嗎？", wait=True)
    assert here.tries(text("在。"), to=asked) == 429
    assert here.tries(text("在。"), to=asked) == 200
    expect(desk.inspector.get_by_text("一切正常。")).to_be_visible()
    desk.looks_at_the_time_line()
    row = desk.entries.filter(has_text="429")
    expect(row).to_contain_text("模擬故障")
    expect(row).to_contain_text("POST message/reply")


def test_a_bubble_leads_to_its_webhook(phone: Phone, here: Stage) -> None:
    here.says(text("在。"), to=here.sim.text(here.you, "在嗎？", wait=True))
    phone.does("在檢查器裡看", to="在嗎？")
    expect(phone.inspector).to_contain_text('"webhookEventId"')
    phone.page.get_by_role("button", name="關閉檢查器").click()
    expect(phone.inspector).to_be_hidden()


def test_emptying_all_chats_leaves_the_people(desk: Phone, here: Stage) -> None:
    here.says(text("在。"), to=here.sim.text(here.you, "在嗎？", wait=True))
    desk.sees("在。")
    desk.page.get_by_role("tab", name="製造狀況").click()
    desk.page.once("dialog", lambda dialog: dialog.accept())
    desk.inspector.get_by_role("button", name="清空所有聊天").click()
    expect(desk.chat.get_by_role("listitem")).to_have_count(0)
    desk.looks_at_the_time_line()
    expect(desk.entries).to_have_count(0)
    expect(desk.page.get_by_role("region", name="我 的手機")).to_be_visible()


def test_an_address_that_is_typed_outlives_what_happens_meanwhile(desk: Phone, here: Stage) -> None:
    desk.page.get_by_role("tab", name="製造狀況").click()
    address = desk.inspector.get_by_label("Webhook 網址")
    address.fill("http://127.0.0.1:9/elsewhere")
    address.press("Tab")
    here.pushes(text("記得喝水"), to=here.you)
    expect(desk.page.get_by_text("推播 1/200")).to_be_visible()
    expect(address).to_have_value("http://127.0.0.1:9/elsewhere")


def test_the_time_line_opens_at_its_newest_row(phone: Phone, here: Stage) -> None:
    for number in range(30):
        here.sim.text(here.you, f"第 {number} 句")
    expect(phone.bubble("第 29 句")).to_be_visible()
    phone.inspects()
    expect(phone.entries.filter(has_text="第 29 句")).to_be_in_viewport()

"""Who there is: people, their phones, their groups, and whom they shut out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.phone import Phone
from tests.e2e.scenes import SCENES
from tests.e2e.stage import Stage

pytestmark = pytest.mark.browser


def test_who_blocks_the_bot_can_write_again_once_it_is_unblocked(phone: Phone, here: Stage) -> None:
    phone.page.get_by_role("button", name="管理").click()
    phone.page.get_by_role("menuitem", name="封鎖機器人").click()
    expect(phone.page.get_by_text("您封鎖了 Liao。")).to_be_visible()
    expect(phone.field).to_be_hidden()
    phone.page.get_by_role("button", name="解除封鎖").click()
    phone.writes("我回來了")
    heard = here.bot.wait_for_events(3)
    assert [event["type"] for event in heard] == ["unfollow", "follow", "message"]
    assert heard[1]["follow"] == {"isUnblocked": True}


def test_an_empty_group_does_not_ask_to_be_the_bots_friend(desk: Phone, here: Stage) -> None:
    expect(desk.page.get_by_role("button", name="加入好友")).to_be_visible()
    here.gathers("美玲")
    desk.opens("我", "週五午餐")
    expect(desk.page.get_by_role("button", name="加入好友")).to_be_hidden()


def test_each_person_has_a_phone_that_counts_what_was_not_read(desk: Phone, here: Stage) -> None:
    SCENES["group"](here)
    mine = desk.page.get_by_role("region", name="我 的手機")
    entry = mine.get_by_role("button", name=re.compile("週五午餐"))
    expect(entry.get_by_label(re.compile(r"\d 則未讀"))).to_be_visible()
    entry.click()
    expect(entry.get_by_label(re.compile(r"則未讀"))).to_be_hidden()
    desk.sees("健太 收回了一則訊息")
    expect(desk.chat.get_by_text("已編輯")).to_be_visible()


def test_a_very_long_name_stays_on_the_page(desk: Phone, here: Stage) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff" * 4
    group = here.gathers(name)
    here.sim.http.post(
        "/sim/text", json={"user": here.sim.user(name), "chat": group, "text": "你好"}
    )
    desk.opens("我", "週五午餐")
    desk.page.set_viewport_size({"width": 320, "height": 568})
    expect(desk.bubble("你好")).to_be_visible()
    desk.page.get_by_role("button", name="管理").click()
    for found in (desk.chat.get_by_text(name), desk.page.get_by_role("menuitem", name=name)):
        box = found.first.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320


def test_a_person_made_at_phone_width_is_shown_at_once(phone: Phone, here: Stage) -> None:
    page = phone.page
    page.get_by_role("button", name="使用者與聊天室").click()
    page.get_by_role("button", name="新增使用者").click()
    page.get_by_label("名字").fill("美玲")
    page.keyboard.press("Enter")
    expect(page.get_by_title("美玲 的手機")).to_be_visible()
    expect(phone.field).to_be_focused()


def test_who_is_taken_out_of_a_group_is_back_in_their_own_chat(desk: Phone, here: Stage) -> None:
    lunch = here.gathers("美玲")
    desk.opens("我", "週五午餐")
    here.sim.leaves(lunch, here.you)
    expect(desk.page.get_by_role("heading", level=1, name="Liao")).to_be_visible()
    mine = desk.page.get_by_role("region", name="我 的手機")
    expect(mine.get_by_role("button", name="週五午餐")).to_be_hidden()

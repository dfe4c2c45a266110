"""What people send, and what they have begun to write."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.phone import DESKTOP, Phone
from tests.e2e.stage import Stage, text

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4 a plan"


def test_a_picture_a_voice_and_a_file_are_sent_and_the_bot_can_fetch_them(
    phone: Phone, here: Stage
) -> None:
    lake, voice = here.picture("a lake"), here.voice("你好")
    phone.attaches("圖片", "lake.png", "image/png", lake)
    expect(phone.chat.get_by_role("button", name="放大圖片")).to_be_visible()
    phone.attaches("語音檔", "hello.wav", "audio/wav", voice)
    expect(phone.chat.get_by_role("button", name="播放")).to_be_visible()
    phone.attaches("檔案", "旅遊計畫.pdf", "application/pdf", PDF)
    expect(phone.chat.get_by_role("link", name="下載 旅遊計畫.pdf")).to_be_visible()
    heard = [event["message"] for event in here.bot.wait_for_events(3)]
    assert [one["type"] for one in heard] == ["image", "audio", "file"]
    assert heard[1]["duration"] > 0
    assert heard[2]["fileName"] == "旅遊計畫.pdf"
    assert [here.content(one["id"]) for one in heard] == [lake, voice, PDF]


def test_a_picture_is_enlarged_and_put_back(phone: Phone, here: Stage) -> None:
    phone.attaches("圖片", "lake.png", "image/png", here.picture("a lake"))
    phone.chat.get_by_role("button", name="放大圖片").click()
    expect(phone.page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    phone.page.keyboard.press("Escape")
    expect(phone.page.get_by_role("dialog")).to_be_hidden()


def test_a_sticker_is_chosen_from_the_tray(phone: Phone, here: Stage) -> None:
    phone.page.get_by_role("button", name="貼圖", exact=True).click()
    phone.page.get_by_role("button", name="貼圖：真棒").click()
    expect(phone.chat.get_by_role("img", name="貼圖：真棒")).to_be_visible()
    assert here.bot.wait_for_events()[0]["message"]["stickerId"] == "1989"


def test_a_message_is_quoted_by_its_answer(phone: Phone, here: Stage) -> None:
    here.says(text("我推薦 高山茶。"), to=here.sim.text(here.you, "喝什麼好？", wait=True))
    phone.does("回覆", to="我推薦 高山茶。")
    phone.field.fill("為什麼？")
    phone.field.press("Enter")
    phone.sees("為什麼？")
    answer = here.sim.messages(here.you)[1]["id"]
    assert here.bot.wait_for_events(2)[-1]["message"]["quotedMessageId"] == answer
    expect(phone.chat.get_by_role("button", name="Liao 我推薦 高山茶。")).to_be_visible()


def test_a_sticker_answers_a_picture(phone: Phone, here: Stage) -> None:
    phone.attaches("圖片", "lake.png", "image/png", here.picture("a lake"))
    expect(phone.chat.get_by_role("button", name="放大圖片")).to_be_visible()
    phone.chat.get_by_role("button", name="更多").click()
    phone.page.get_by_role("menuitem", name="回覆").click()
    phone.page.get_by_role("button", name="貼圖", exact=True).click()
    phone.page.get_by_role("button", name="貼圖：謝謝").click()
    expect(phone.chat.get_by_role("button", name="我 圖片")).to_be_visible()
    expect(phone.chat.get_by_role("img", name="貼圖：謝謝")).to_be_visible()
    picture, sticker = (event["message"] for event in here.bot.wait_for_events(2))
    assert sticker["quotedMessageId"] == picture["id"]
    assert "Thank you" in sticker["keywords"]


def test_a_message_is_edited_and_another_taken_back(desk: Phone, here: Stage) -> None:
    here.gathers("美玲")
    desk.opens("我", "週五午餐")
    desk.writes("明天見")
    desk.does("編輯", to="明天見")
    desk.writes("後天見")
    expect(desk.chat.get_by_text("已編輯")).to_be_visible()
    desk.does("收回這則訊息", to="後天見")
    desk.sees("您收回了一則訊息")
    kinds = [event["type"] for event in here.bot.wait_for_events(4)]
    assert kinds == ["join", "message", "messageEdited", "unsend"]


def test_a_message_to_the_bot_alone_cannot_be_edited(phone: Phone, here: Stage) -> None:
    phone.writes("明天見")
    phone.chat.get_by_role("button", name="更多").click()
    expect(phone.page.get_by_role("menuitem", name="收回這則訊息")).to_be_visible()
    expect(phone.page.get_by_role("menuitem", name="編輯")).to_have_count(0)


def test_a_group_is_made_and_the_bot_is_mentioned_from_the_list(desk: Phone, here: Stage) -> None:
    page = desk.page
    for name in ("美玲", "健太"):
        page.get_by_role("button", name="新增使用者").click()
        page.get_by_label("名字").fill(name)
        page.get_by_role("button", name="建立").click()
        expect(page.get_by_role("region", name=f"{name} 的手機")).to_be_visible()
    page.get_by_role("button", name="新增群組").click()
    page.get_by_label("名字").fill("週五午餐")
    for name in ("我", "美玲"):
        page.get_by_role("dialog").get_by_label(name, exact=True).check()
    page.get_by_role("button", name="建立").click()
    expect(page.get_by_role("heading", level=1, name="週五午餐")).to_be_visible()
    desk.field.press_sequentially("@Li")
    expect(page.get_by_role("option", name="Liao")).to_be_visible()
    desk.field.press("Enter")
    desk.field.press_sequentially("附近有什麼？")
    desk.field.press("Enter")
    expect(desk.chat.get_by_text("@Liao", exact=True)).to_be_visible()
    heard = here.bot.wait_for_events(2)[-1]
    assert heard["source"]["type"] == "group"
    assert heard["message"]["text"] == "@Liao 附近有什麼？"
    (mention,) = heard["message"]["mention"]["mentionees"]
    assert (mention["index"], mention["length"], mention["isSelf"]) == (0, 5, True)


def test_what_was_not_sent_yet_waits_in_its_own_chat(desk: Phone, here: Stage) -> None:
    here.sim.user("美玲")
    desk.field.fill("寫到一半")
    desk.page.get_by_role("region", name="美玲 的手機").get_by_role("button", name="Liao").click()
    expect(desk.field).to_have_value("")
    desk.page.get_by_role("region", name="我 的手機").get_by_role("button", name="Liao").click()
    expect(desk.field).to_have_value("寫到一半")


def _mentioned(here: Stage, event: int) -> list[tuple[int, int]]:
    found = here.bot.wait_for_events(event)[-1]["message"]["mention"]["mentionees"]
    return [(one["index"], one["length"]) for one in found]


def test_names_that_begin_alike_are_mentioned_each_at_its_own_place(
    desk: Phone, here: Stage
) -> None:
    here.gathers("Li")
    desk.opens("我", "週五午餐")
    desk.field.press_sequentially("請@Li")
    expect(desk.page.get_by_role("option")).to_have_count(2)
    desk.page.get_by_role("option", name="Li", exact=True).click()
    desk.field.press_sequentially("和 @Liao")
    desk.field.press("Enter")
    desk.field.press_sequentially("@Li 一起")
    desk.field.press("Enter")
    expect(desk.bubble("請@Li 和 @Liao @Li 一起")).to_be_visible()
    assert _mentioned(here, 2) == [(1, 3), (7, 5), (13, 3)]


def test_who_is_mentioned_stays_so_when_the_text_is_edited(desk: Phone, here: Stage) -> None:
    here.gathers("美玲")
    desk.opens("我", "週五午餐")
    desk.field.press_sequentially("@美")
    desk.field.press("Enter")
    desk.field.press_sequentially("來嗎？")
    desk.field.press("Enter")
    desk.does("編輯", to="來嗎？")
    desk.field.press("Home")
    desk.field.press_sequentially("欸 ")
    desk.field.press("Enter")
    expect(desk.chat.get_by_text("已編輯")).to_be_visible()
    assert _mentioned(here, 3) == [(2, 3)]


def test_enter_that_ends_a_composition_neither_sends_nor_mentions(desk: Phone, here: Stage) -> None:
    here.gathers("美玲")
    desk.opens("我", "週五午餐")
    desk.field.press_sequentially("@")
    expect(desk.page.get_by_role("option", name="美玲")).to_be_visible()
    composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    desk.field.dispatch_event("keydown", composing)
    expect(desk.field).to_have_value("@")


def test_leaving_an_edit_brings_back_what_was_being_written(desk: Phone, here: Stage) -> None:
    here.gathers("美玲")
    desk.opens("我", "週五午餐")
    desk.writes("明天見")
    desk.field.fill("寫到一半")
    desk.does("編輯", to="明天見")
    expect(desk.field).to_have_value("明天見")
    desk.field.press("Escape")
    expect(desk.field).to_have_value("寫到一半")


def test_files_go_to_the_chat_where_they_were_dropped(desk: Phone, here: Stage) -> None:
    here.sim.user("美玲")
    expect(desk.page.get_by_role("region", name="美玲 的手機")).to_be_visible()
    desk.page.route("**/sim/media*", _slowly)
    dropped = desk.page.evaluate_handle(
        """() => {
          const carried = new DataTransfer();
          for (const name of ["one.txt", "two.txt"]) carried.items.add(new File(["x"], name));
          return carried;
        }"""
    )
    desk.page.get_by_role("main").dispatch_event("drop", {"dataTransfer": dropped})
    desk.opens("美玲", "Liao")
    expect(desk.entries.filter(has_text="two.txt")).to_be_visible()
    heard = here.bot.wait_for_events(2)
    assert [event["message"]["fileName"] for event in heard] == ["one.txt", "two.txt"]
    assert {event["source"]["userId"] for event in heard} == {here.you}


def _slowly(route: Route) -> None:
    time.sleep(0.3)
    route.continue_()


def test_a_text_that_could_not_be_sent_waits_where_it_was_written(
    browser: Browser, here: Stage
) -> None:
    here.sim.user("美玲")
    context = browser.new_context(locale="zh-TW", viewport=DESKTOP)
    try:
        desk = Phone(page=context.new_page(), context=context)
        desk.page.goto(here.sim.url)
        held: list[Route] = []
        desk.page.route("**/sim/text", lambda route: held.append(route))
        desk.field.fill("你好")
        with desk.page.expect_request("**/sim/text"):
            desk.field.press("Enter")
        expect(desk.field).to_have_value("")
        desk.opens("美玲", "Liao")
        held[0].fulfill(json={"error": "現在不行"}, status=400)
        expect(desk.page.get_by_text("現在不行")).to_be_visible()
        expect(desk.field).to_have_value("")
        desk.opens("我", "Liao")
        expect(desk.field).to_have_value("你好")
    finally:
        context.close()

"""What people do on the simulator's page, with a bot behind it that is played from here."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.phone import DESKTOP, Phone, phone_at
from tests.e2e.scenes import SCENES
from tests.e2e.stage import Stage, message, postback, stage, text
from tests.simulated import simulated, wait_until

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4 a plan"


@pytest.fixture
def here() -> Iterator[Stage]:
    with stage() as here:
        yield here


@pytest.fixture
def phone(browser: Browser, here: Stage) -> Iterator[Phone]:
    with phone_at(here.sim.url, browser) as phone:
        yield phone


@pytest.fixture
def desk(browser: Browser, here: Stage) -> Iterator[Phone]:
    with phone_at(here.sim.url, browser, size=DESKTOP) as phone:
        yield phone


# -- what the bot sends is shown, and can be tapped --------------------------------------------


def test_a_quick_reply_says_its_words_and_then_all_of_them_are_gone(
    phone: Phone, here: Stage
) -> None:
    SCENES["quick-replies"](here)
    chips = phone.page.get_by_role("group", name="快速回覆")
    chips.get_by_role("button", name="講個笑話").click()
    expect(phone.bubble("講個笑話")).to_be_visible()
    expect(chips).to_be_hidden()
    assert here.bot.wait_for_events(2)[-1]["message"]["text"] == "講個笑話"


def test_a_flex_message_is_laid_out_and_its_button_tells_the_bot(phone: Phone, here: Stage) -> None:
    SCENES["flex"](here)
    for words in ("小春茶館", "東方美人茶（熱）", "$300"):
        expect(phone.bubble(words)).to_be_visible()
    name, price = (phone.bubble(words).bounding_box() for words in ("合計", "$300"))
    assert name
    assert price
    assert abs(name["y"] - price["y"]) < 4
    assert name["x"] < price["x"]
    phone.taps("再點一次")
    expect(phone.bubble("再點一次").last).to_be_visible()
    assert here.bot.wait_for_events(2)[-1]["postback"] == {"data": "again"}


def test_a_carousel_is_moved_sideways_and_each_column_has_its_own_buttons(
    phone: Phone, here: Stage
) -> None:
    SCENES["carousel"](here)
    last = phone.chat.get_by_role("button", name="選這間").nth(3)
    last.scroll_into_view_if_needed()
    last.click()
    heard = here.bot.wait_for_events(2)[-1]
    assert heard["postback"]["data"] == "room=露天溫泉套房"


def test_a_day_is_picked_from_a_dialog_and_sent_with_its_postback(
    phone: Phone, here: Stage
) -> None:
    picker = {"type": "datetimepicker", "label": "哪一天？", "data": "day", "mode": "date"}
    template = {"type": "buttons", "text": "訂位", "actions": [picker]}
    asked = here.sim.text(here.you, "我要訂位", wait=True)
    here.says({"type": "template", "altText": "訂位", "template": template}, to=asked)
    phone.taps("哪一天？")
    phone.page.get_by_label("選擇日期與時間").fill("2026-12-24")
    phone.page.get_by_role("button", name="選擇", exact=True).click()
    heard = here.bot.wait_for_events(2)[-1]["postback"]
    assert heard == {"data": "day", "params": {"date": "2026-12-24"}}


def test_a_picture_from_elsewhere_is_not_loaded_before_somebody_asks_for_it(
    phone: Phone, here: Stage
) -> None:
    SCENES["image"](here)
    expect(phone.chat.get_by_text("圖片來自 pictures.example.com")).to_be_visible()
    expect(phone.chat.get_by_role("button", name="顯示圖片")).to_be_visible()


def test_the_dots_end_with_the_answer(phone: Phone, here: Stage) -> None:
    asked = here.sim.text(here.you, "在嗎？", wait=True)
    here.thinks(here.you)
    expect(phone.dots).to_be_visible()
    here.says(text("在。"), to=asked)
    phone.sees("在。")
    expect(phone.dots).to_be_hidden()


def test_replies_and_pushes_are_counted_and_a_push_is_marked(phone: Phone, here: Stage) -> None:
    here.says(text("在。"), to=here.sim.text(here.you, "在嗎？", wait=True))
    here.pushes(text("記得喝水"), to=here.you)
    expect(phone.page.get_by_text("推播 1/200 · 回覆 1")).to_be_visible()
    expect(phone.chat.get_by_text("推播（計費）")).to_be_visible()


def test_a_rich_menu_is_shown_opened_tapped_and_led_on_to_another(
    phone: Phone, here: Stage
) -> None:
    here.makes_menu("點餐", message("菜單"), _switch("more"), alias="first", shown=True)
    here.makes_menu("更多", postback("訂位", "book"), _switch("first"), alias="more")
    page = phone.page
    page.get_by_role("button", name="點餐").click()
    page.get_by_role("button", name="菜單").click()
    expect(phone.bubble("菜單")).to_be_visible()
    page.get_by_role("button", name="到 more").click()
    page.get_by_role("button", name="更多 ▾").click()
    page.get_by_role("button", name="訂位").click()
    expect(phone.bubble("訂位")).to_be_visible()
    switched = {"newRichMenuAliasId": "more", "status": "SUCCESS"}
    said, led, booked = here.bot.wait_for_events(3)
    assert said["message"]["text"] == "菜單"
    assert led["postback"] == {"data": "to more", "params": switched}
    assert booked["postback"] == {"data": "book"}


def _switch(alias: str) -> dict[str, str]:
    """An action that leads to another rich menu."""
    told = {"label": f"到 {alias}", "data": f"to {alias}"}
    return {"type": "richmenuswitch", "richMenuAliasId": alias, **told}


# -- what people send --------------------------------------------------------------------------


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


def test_a_message_is_edited_and_another_taken_back(phone: Phone, here: Stage) -> None:
    phone.writes("明天見")
    phone.does("編輯", to="明天見")
    phone.writes("後天見")
    expect(phone.chat.get_by_text("已編輯")).to_be_visible()
    phone.does("收回這則訊息", to="後天見")
    phone.sees("您收回了一則訊息")
    kinds = [event["type"] for event in here.bot.wait_for_events(3)]
    assert kinds == ["message", "messageEdited", "unsend"]


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


# -- groups ------------------------------------------------------------------------------------


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


def test_an_empty_group_does_not_ask_to_be_the_bots_friend(desk: Phone, here: Stage) -> None:
    expect(desk.page.get_by_role("button", name="加入好友")).to_be_visible()
    _among(here, "美玲")
    _opens(desk, "我", "週五午餐")
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


# -- the inspector -----------------------------------------------------------------------------


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


# -- however it is used ------------------------------------------------------------------------


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
    expect(phone.bubble("咖啡").last).to_be_visible()
    more = phone.chat.get_by_role("listitem").filter(has_text="咖啡").last
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


def test_what_was_not_sent_yet_waits_in_its_own_chat(desk: Phone, here: Stage) -> None:
    here.sim.user("美玲")
    desk.field.fill("寫到一半")
    desk.page.get_by_role("region", name="美玲 的手機").get_by_role("button", name="Liao").click()
    expect(desk.field).to_have_value("")
    desk.page.get_by_role("region", name="我 的手機").get_by_role("button", name="Liao").click()
    expect(desk.field).to_have_value("寫到一半")


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


def test_a_postback_shows_its_words_and_nothing_where_it_has_none(
    phone: Phone, here: Stage
) -> None:
    silent = {"type": "postback", "label": "安靜", "data": "hush"}
    actions = [postback("大聲", "shout"), silent]
    template = {"type": "buttons", "text": "怎麼說？", "actions": actions}
    asked = here.sim.text(here.you, "你好", wait=True)
    here.says({"type": "template", "altText": "怎麼說？", "template": template}, to=asked)
    phone.taps("安靜")
    phone.taps("大聲")
    expect(phone.bubble("大聲").last).to_be_visible()
    heard = [event["postback"]["data"] for event in here.bot.wait_for_events(3)[1:]]
    assert heard == ["hush", "shout"]
    assert len(here.sim.messages(here.you)) == 3


# -- what is easily got wrong ------------------------------------------------------------------


def _among(here: Stage, *names: str) -> str:
    """A group of the page's person and these people; its id."""
    members = [here.you, *(here.sim.user(name) for name in names)]
    made = here.sim.http.post("/sim/groups", json={"name": "週五午餐", "members": members})
    return str(made.json()["chat"]["id"])


def _opens(desk: Phone, whose: str, chat: str) -> None:
    desk.page.get_by_role("region", name=f"{whose} 的手機").get_by_role("button", name=chat).click()
    expect(desk.page.get_by_role("heading", level=1, name=chat)).to_be_visible()


def _mentioned(here: Stage, event: int) -> list[tuple[int, int]]:
    found = here.bot.wait_for_events(event)[-1]["message"]["mention"]["mentionees"]
    return [(one["index"], one["length"]) for one in found]


def test_names_that_begin_alike_are_mentioned_each_at_its_own_place(
    desk: Phone, here: Stage
) -> None:
    _among(here, "Li")
    _opens(desk, "我", "週五午餐")
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
    _among(here, "美玲")
    _opens(desk, "我", "週五午餐")
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
    _among(here, "美玲")
    _opens(desk, "我", "週五午餐")
    desk.field.press_sequentially("@")
    expect(desk.page.get_by_role("option", name="美玲")).to_be_visible()
    composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    desk.field.dispatch_event("keydown", composing)
    expect(desk.field).to_have_value("@")


def test_leaving_an_edit_brings_back_what_was_being_written(phone: Phone, here: Stage) -> None:
    phone.writes("明天見")
    phone.field.fill("寫到一半")
    phone.does("編輯", to="明天見")
    expect(phone.field).to_have_value("明天見")
    phone.field.press("Escape")
    expect(phone.field).to_have_value("寫到一半")


def test_what_a_quote_shows_is_gone_with_the_message(phone: Phone, here: Stage) -> None:
    phone.writes("秘密")
    phone.does("回覆", to="秘密")
    phone.field.fill("別說")
    phone.field.press("Enter")
    phone.sees("別說")
    expect(phone.chat.get_by_role("button", name="秘密")).to_be_visible()
    here.sim.http.post(
        "/sim/unsend", json={"user": here.you, "message": here.sim.messages(here.you)[0]["id"]}
    )
    phone.sees("您收回了一則訊息")
    expect(phone.chat.get_by_role("button", name="原訊息看不到了")).to_be_visible()
    expect(phone.bubble("秘密")).to_have_count(0)


def test_a_picture_that_comes_late_leaves_the_newest_message_in_sight(
    phone: Phone, here: Stage
) -> None:
    for number in range(12):
        here.sim.text(here.you, f"第 {number} 句")
    expect(phone.bubble("第 11 句")).to_be_visible()
    phone.attaches("圖片", "lake.png", "image/png", here.picture("a lake"))
    shown = phone.chat.get_by_role("button", name="放大圖片")
    expect(shown.get_by_role("img")).to_have_js_property("complete", True)
    wait_until(lambda: _from_the_end(phone) < 2, timeout=5, what="the end of the chat")


def _from_the_end(phone: Phone) -> float:
    scroll = "(log) => log.scrollHeight - log.scrollTop - log.clientHeight"
    return float(phone.page.get_by_role("main").evaluate(scroll))


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


def test_an_address_that_is_typed_outlives_what_happens_meanwhile(desk: Phone, here: Stage) -> None:
    desk.page.get_by_role("tab", name="製造狀況").click()
    address = desk.inspector.get_by_label("Webhook 網址")
    address.fill("http://127.0.0.1:9/elsewhere")
    address.press("Tab")
    here.pushes(text("記得喝水"), to=here.you)
    expect(desk.page.get_by_text("推播 1/200")).to_be_visible()
    expect(address).to_have_value("http://127.0.0.1:9/elsewhere")


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
    _opens(desk, "美玲", "Liao")
    expect(desk.entries.filter(has_text="two.txt")).to_be_visible()
    heard = here.bot.wait_for_events(2)
    assert [event["message"]["fileName"] for event in heard] == ["one.txt", "two.txt"]
    assert {event["source"]["userId"] for event in heard} == {here.you}


def _slowly(route: Route) -> None:
    time.sleep(0.3)
    route.continue_()


def test_a_flex_picture_is_no_larger_than_it_says(phone: Phone, here: Stage) -> None:
    picture = {"type": "image", "url": "https://pictures.example.com/a.png", "size": "xs"}
    beside = {"type": "text", "text": "茶", "wrap": True}
    row = {"type": "box", "layout": "horizontal", "contents": [picture, beside]}
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [row]}}
    asked = here.sim.text(here.you, "有圖嗎？", wait=True)
    here.says({"type": "flex", "altText": "茶", "contents": bubble}, to=asked)
    show = phone.chat.get_by_role("button", name="顯示圖片 (pictures.example.com)")
    expect(show).to_be_visible()
    size = show.locator("..").bounding_box()
    assert size
    assert (round(size["width"]), round(size["height"])) == (60, 60)


def test_a_picture_with_places_to_tap_can_still_be_asked_for(phone: Phone, here: Stage) -> None:
    whole = {"x": 0, "y": 0, "width": 1040, "height": 520}
    imagemap = {
        "type": "imagemap",
        "baseUrl": "https://pictures.example.com/map",
        "altText": "地圖",
        "baseSize": {"width": 1040, "height": 520},
        "actions": [{"type": "message", "text": "這裡", "area": whole}],
    }
    here.says(imagemap, to=here.sim.text(here.you, "在哪？", wait=True))
    phone.chat.get_by_role("button", name="顯示圖片").click(trial=True)
    phone.chat.get_by_role("button", name="這裡").click(position={"x": 10, "y": 10})
    assert here.bot.wait_for_events(2)[-1]["message"]["text"] == "這裡"


def test_a_voice_of_the_bots_has_a_player_and_an_emoji_its_place(phone: Phone, here: Stage) -> None:
    voice = {"type": "audio", "originalContentUrl": "https://voices.example.com/a.m4a"}
    emoji = {"type": "emoji", "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "002"}
    smiling = {"type": "textV2", "text": "好 {smile}", "substitution": {"smile": emoji}}
    asked = here.sim.text(here.you, "唸給我聽", wait=True)
    here.says({**voice, "duration": 61_000}, smiling, to=asked)
    expect(phone.chat.get_by_role("button", name="播放")).to_be_visible()
    expect(phone.chat.get_by_text("1:01")).to_be_visible()
    phone.sees("好 🙂")


def test_a_very_long_name_stays_on_the_page(desk: Phone, here: Stage) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff" * 4
    group = _among(here, name)
    here.sim.http.post(
        "/sim/text", json={"user": here.sim.user(name), "chat": group, "text": "你好"}
    )
    _opens(desk, "我", "週五午餐")
    desk.page.set_viewport_size({"width": 320, "height": 568})
    expect(desk.bubble("你好")).to_be_visible()
    desk.page.get_by_role("button", name="管理").click()
    for found in (desk.chat.get_by_text(name), desk.page.get_by_role("menuitem", name=name)):
        box = found.first.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320


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
        desk.field.press("Enter")
        expect(desk.field).to_have_value("")
        _opens(desk, "美玲", "Liao")
        held[0].fulfill(json={"error": "現在不行"}, status=400)
        expect(desk.page.get_by_text("現在不行")).to_be_visible()
        expect(desk.field).to_have_value("")
        _opens(desk, "我", "Liao")
        expect(desk.field).to_have_value("你好")
    finally:
        context.close()


def test_a_person_made_at_phone_width_is_shown_at_once(phone: Phone, here: Stage) -> None:
    page = phone.page
    page.get_by_role("button", name="使用者與聊天室").click()
    page.get_by_role("button", name="新增使用者").click()
    page.get_by_label("名字").fill("美玲")
    page.keyboard.press("Enter")
    expect(page.get_by_title("美玲 的手機")).to_be_visible()
    expect(phone.field).to_be_focused()


def test_the_time_line_opens_at_its_newest_row(phone: Phone, here: Stage) -> None:
    for number in range(30):
        here.sim.text(here.you, f"第 {number} 句")
    expect(phone.bubble("第 29 句")).to_be_visible()
    phone.inspects()
    expect(phone.entries.filter(has_text="第 29 句")).to_be_in_viewport()


def test_a_voice_plays_on_when_it_is_read(phone: Phone, here: Stage) -> None:
    phone.attaches("語音檔", "hello.wav", "audio/wav", here.voice("你好，今天天氣很好。" * 20))
    phone.chat.get_by_role("button", name="播放").click()
    pause = phone.chat.get_by_role("button", name="暫停")
    expect(pause).to_be_visible()
    here.reads(here.bot.wait_for_events()[0])
    expect(phone.chat.get_by_text("已讀")).to_be_visible()
    expect(pause).to_be_focused()


def test_a_video_of_the_bots_can_be_played_and_is_not_loaded_before(
    phone: Phone, here: Stage
) -> None:
    video = {"type": "video", "originalContentUrl": "https://videos.example.com/a.mp4"}
    preview = {"previewImageUrl": "https://pictures.example.com/a.png"}
    here.says({**video, **preview}, to=here.sim.text(here.you, "有影片嗎？", wait=True))
    expect(phone.chat.get_by_role("button", name="播放影片")).to_be_visible()
    expect(phone.chat.get_by_role("button", name="顯示圖片")).to_be_visible()

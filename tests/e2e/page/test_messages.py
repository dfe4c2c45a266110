"""What bots send is shown as LINE shows it, and can be tapped."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.phone import Phone
from tests.e2e.scenes import SCENES
from tests.e2e.stage import Stage, message, postback, text
from tests.simulated import wait_until

pytestmark = pytest.mark.browser


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


def test_what_the_bot_quotes_stands_above_its_words(phone: Phone, here: Stage) -> None:
    phone.attaches("圖片", "lake.png", "image/png", here.picture("a lake"))
    expect(phone.chat.get_by_role("button", name="放大圖片")).to_be_visible()
    (event,) = here.bot.wait_for_events()
    quote = event["message"]["quoteToken"]
    here.answers(event["replyToken"], text("好漂亮！", quoteToken=quote))
    answer = phone.chat.get_by_role("listitem").filter(has_text="好漂亮！")
    quoted = answer.get_by_role("button", name="我 圖片").bounding_box()
    words = answer.get_by_text("好漂亮！").bounding_box()
    assert quoted
    assert words
    assert quoted["y"] < words["y"] + words["height"] / 2


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


def test_a_text_without_words_stops_nothing(phone: Phone, here: Stage) -> None:
    here.sim.event("message", {"message": {"type": "text"}}, user=here.you, wait=True)
    here.sim.text(here.you, "還在嗎？", wait=True)
    phone.sees("還在嗎？")

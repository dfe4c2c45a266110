"""Three people and the bot in a group: when it speaks, what it remembers, and who may change that.

One of the people is before the page, with everybody's phones beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from simulator.model_api.images import paint
from tests.e2e.conftest import WholeSystem
from tests.e2e.looks import SCHEMES, View
from tests.e2e.phone import DESKTOP, PHONE, Phone
from tests.e2e.stage import all_heard
from tests.simulated import Simulated, wait_until

pytestmark = pytest.mark.browser

NAME = "週五午餐"
RAMEN = "麵屋一燈，走路五分鐘。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lunch:
    """The group, and the person before the page."""

    system: WholeSystem
    me: Phone
    chat: str
    mei: str
    ken: str

    @property
    def sim(self) -> Simulated:
        return self.system.sim

    def says(self, who: str, words: str, *, quoted: str | None = None) -> str:
        """One of the others writes, and the bot took it; returns the message's id.

        Webhooks may overtake each other, and what is said next is said after this.
        """
        sent = self.sim.text(who, words, chat=self.chat, quoted=quoted)
        all_heard(self.sim)
        return sent.message_id or ""

    def told(self) -> list[str]:
        """What the bot has said, once nothing is left to do."""
        all_heard(self.sim)
        self.system.settle()
        return self.sim.texts(self.chat)

    def asked(self) -> list[str]:
        """The lines that the model was given last, behind its instructions."""
        messages = self.sim.model_requests()[-1]["body"]["messages"]
        return [str(message["content"]) for message in messages[1:]]

    def forgot(self, words: str) -> None:
        """None of the bot's files holds these words any more."""
        wait_until(lambda: not self.system.keeps(words), what=f"no {words}")

    def quote(self, whose: str, words: str) -> Locator:
        """The quote above somebody's words."""
        return self.me.chat.get_by_role("button", name=f"{whose} {words}")


@pytest.fixture
def lunch(browser: Browser, system: WholeSystem) -> Iterator[Lunch]:
    sim = system.sim
    with system.story(browser, size=DESKTOP) as me:
        mei, ken = sim.user("美玲", language="zh-Hant"), sim.user("健太", language="ja")
        chat = sim.group(NAME, system.you, mei, ken)
        me.opens("我", NAME)
        me.sees(re.compile("^大家好，我是聊聊。"))
        yield Lunch(system=system, me=me, chat=chat, mei=mei, ken=ken)


def test_it_says_how_to_call_it_when_it_comes_and_nothing_to_what_is_not_meant_for_it(
    lunch: Lunch,
) -> None:
    lunch.me.sees("要找我，標記我、回覆我的訊息，或用「聊聊，」開頭都可以。")
    lunch.me.sees("我只讀叫我的訊息，其他的不看也不留。想改的話，傳「/設定」。")
    expect(lunch.me.chat.get_by_role("link", name="/privacy")).to_be_visible()
    lunch.says(lunch.mei, "今天吃什麼？")
    lunch.says(lunch.ken, "聊聊一下 marmalade-1 吧")
    lunch.sim.say(
        lunch.mei, "@健太 好啊", [{"index": 0, "length": 3, "who": lunch.ken}], chat=lunch.chat
    )
    lunch.me.writes("明天見")
    assert len(lunch.told()) == 1
    assert lunch.sim.model_requests() == []
    assert not lunch.system.keeps("marmalade-1")


def test_a_mention_is_answered_under_a_quote_and_quoting_the_answer_asks_on(lunch: Lunch) -> None:
    lunch.sim.model(text=RAMEN, times=1)
    lunch.me.asks("附近有什麼好吃的？")
    lunch.me.sees(RAMEN)
    expect(lunch.quote("我", "@Liao 附近有什麼好吃的？")).to_be_visible()
    lunch.me.opens("美玲", NAME)
    lunch.me.does("回覆", to=RAMEN)
    lunch.sim.model(text="十一點開門。", times=1)
    lunch.me.writes("那家幾點開？")
    lunch.me.sees("十一點開門。")
    expect(lunch.quote("美玲", "那家幾點開？")).to_be_visible()
    before, answer, question = lunch.asked()
    assert (before, answer) == ("我: 附近有什麼好吃的？", RAMEN)
    assert re.fullmatch(f"美玲: .*you said before.*{RAMEN}.*\n那家幾點開？", question)


def test_its_name_in_front_calls_it(lunch: Lunch) -> None:
    lunch.sim.model(text="11時です。", times=1)
    lunch.says(lunch.ken, "聊聊、何時ですか")
    lunch.me.sees("11時です。")
    expect(lunch.quote("健太", "聊聊、何時ですか")).to_be_visible()
    assert lunch.asked() == ["健太: 何時ですか"]


def test_a_picture_is_looked_at_when_somebody_quotes_it_and_mentions_the_bot(lunch: Lunch) -> None:
    raw = paint("a lake", 64, 48)
    sent = {"kind": "image", "media_type": "image/png", "chat": lunch.chat}
    lunch.sim.media(lunch.mei, raw, **sent)
    picture = lunch.me.chat.get_by_role("listitem").filter(
        has=lunch.me.page.get_by_role("button", name="放大圖片")
    )
    picture.hover()
    assert len(lunch.told()) == 1
    picture.get_by_role("button", name="更多").click()
    lunch.me.page.get_by_role("menuitem", name="回覆").click()
    lunch.me.asks("這是哪裡？")
    lunch.me.sees(re.compile("我看到 1 張圖片：image/png 64×48。我: 這是哪裡？"))
    assert lunch.sim.model_requests()[-1]["body"]["model"] == "demo-eyes"


def test_asked_to_listen_it_answers_everything_until_it_is_told_to_stop(lunch: Lunch) -> None:
    lunch.me.writes("/聆聽")
    lunch.me.sees("這個群組裡，只有叫我我才回答。")
    lunch.me.taps("全部都回答")
    lunch.me.sees("好，這個群組的訊息，我都會讀，也都會回答。")
    lunch.sim.model(text="ラーメンはどう？", times=1)
    lunch.says(lunch.ken, "お昼どうする")
    lunch.me.sees("ラーメンはどう？")
    lunch.me.writes("/聆聽 關")
    lunch.me.sees("好，之後叫我，我才回答。")
    told = lunch.told()
    lunch.says(lunch.ken, "じゃあ、また")
    assert lunch.told() == told
    assert len(lunch.sim.model_requests()) == 1


def test_with_a_memory_it_knows_who_said_what_and_without_it_all_is_forgotten(
    lunch: Lunch,
) -> None:
    lunch.says(lunch.mei, "之前說的")
    lunch.me.writes("/記憶")
    lunch.me.taps("記住大家說的")
    lunch.me.sees("好，從現在起我會記住這裡說的話，最多 30 天。收回的訊息我也會忘掉。")
    lunch.says(lunch.mei, "星期五去 ramen-4711")
    lunch.says(lunch.ken, "12時半で")
    lunch.sim.model(text="星期五 12 點半。", times=1)
    lunch.me.asks("剛才決定了什麼？")
    lunch.me.sees("星期五 12 點半。")
    assert lunch.asked() == ["美玲: 星期五去 ramen-4711", "健太: 12時半で", "我: 剛才決定了什麼？"]
    assert lunch.system.keeps("ramen-4711")
    lunch.me.writes("/記憶 關")
    lunch.me.sees("好，之前記的我都忘了，之後也不記。")
    lunch.forgot("ramen-4711")


def test_of_what_is_taken_back_no_word_is_kept_whether_it_was_overheard_or_answered(
    lunch: Lunch,
) -> None:
    lunch.me.writes("/記憶 開")
    lunch.me.sees("好，從現在起我會記住這裡說的話")
    lunch.me.writes("鑰匙在 zebra-4712")
    wait_until(lambda: lunch.system.keeps("zebra-4712"), what="the line")
    lunch.me.asks("zebra-4713 是什麼？")
    lunch.me.sees(re.compile("示範模型.*zebra-4713 是什麼？"))
    for words in ("zebra-4712", "zebra-4713"):
        assert lunch.system.keeps(words)
        lunch.me.does("收回這則訊息", to=words)
        lunch.forgot(words)
    expect(lunch.me.bubble("您收回了一則訊息")).to_have_count(2)


def test_a_question_that_is_edited_is_answered_anew_and_its_first_words_are_forgotten(
    lunch: Lunch,
) -> None:
    lunch.me.asks("hunter-2027 是什麼？")
    lunch.me.sees(re.compile("示範模型.*hunter-2027 是什麼？"))
    assert lunch.system.keeps("hunter-2027")
    lunch.me.does("編輯", to="hunter-2027 是什麼？")
    lunch.me.field.fill("@Liao tulip-2028 是什麼？")
    lunch.me.field.press("Enter")
    lunch.me.sees(re.compile("示範模型.*tulip-2028 是什麼？"))
    expect(lunch.me.chat.get_by_text("已編輯")).to_be_visible()
    lunch.forgot("hunter-2027")
    assert lunch.system.keeps("tulip-2028")
    assert lunch.asked() == ["我: tulip-2028 是什麼？"]


def test_settings_are_cards_whose_buttons_change_them_for_whoever_may(lunch: Lunch) -> None:
    lunch.me.writes("/設定")
    cards = lunch.me.chat.locator(".flex-bubble")
    expect(cards).to_have_count(4)
    for size in (PHONE, DESKTOP):
        lunch.me.page.set_viewport_size(size)
        for scheme in SCHEMES:
            lunch.me.page.emulate_media(color_scheme=scheme)
            View(state="settings", size=str(size), scheme=scheme, page=lunch.me.page).check()
    cards.filter(has_text="回答哪些訊息").get_by_role("button", name="打開").click()
    lunch.me.sees("好，這個群組的訊息，我都會讀，也都會回答。")
    cards.filter(has_text="誰可以改這些設定").get_by_role("button", name="只有我可以改").click()
    lunch.me.sees("好，之後只有你和管理員可以改。")
    lunch.says(lunch.mei, "/聆聽 關")
    lunch.me.sees("這個群組的設定，不是每個人都能改。")
    expect(lunch.quote("美玲", "/聆聽 關")).to_be_visible()

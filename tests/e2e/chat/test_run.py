"""A person sits before the page that `make run` opens, and chats."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import WholeSystem
from tests.e2e.phone import Phone
from tests.simulated import actions

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser: Browser, system: WholeSystem) -> Iterator[Phone]:
    with system.story(browser) as phone:
        yield phone


def test_a_person_writes_sees_the_dots_and_then_the_answer(
    phone: Phone, system: WholeSystem
) -> None:
    system.sim.model(delay=1.5, times=1)
    phone.writes("台北有什麼好吃的？")
    expect(phone.dots).to_be_visible()
    phone.sees(re.compile("示範模型.*台北有什麼好吃的？"))
    expect(phone.dots).to_be_hidden()


def test_a_late_answer_comes_by_the_button_of_its_note(phone: Phone, system: WholeSystem) -> None:
    system.sim.model(delay=7, times=1)
    phone.writes("宇宙有多大？")
    phone.sees("還在想，好了就放在這裡。")
    assert "示範模型" not in phone.chat.inner_text()
    phone.taps("看回答")
    expect(phone.dots).to_be_visible()
    phone.sees(re.compile("示範模型.*宇宙有多大？"))
    expect(phone.dots).to_be_hidden()
    assert len(system.sim.model_requests()) == 1
    assert system.sim.state()["quota"]["pushed"] == 0


def test_a_late_answer_waits_until_it_is_fetched_and_then_comes_at_once(
    phone: Phone, system: WholeSystem
) -> None:
    system.sim.model(delay=5, times=1)
    phone.writes("宇宙有多老？")
    phone.sees("還在想，好了就放在這裡。")
    system.settle()
    assert "示範模型" not in phone.chat.inner_text()
    phone.taps("看回答")
    phone.sees(re.compile("示範模型.*宇宙有多老？"))


def test_a_long_answer_comes_in_pieces_and_goes_on_by_a_button(
    phone: Phone, system: WholeSystem
) -> None:
    phone.writes("來一段長文，60 句。")
    phone.sees(re.compile("後面還有 \\d+ 則。"))
    told = "\n".join(system.sim.texts(system.you))
    assert "以上是全文。" not in told
    assert len(system.sim.replies(system.you)) == 4
    phone.taps("繼續")
    phone.sees(re.compile("以上是全文。"))
    told = "\n".join(system.sim.texts(system.you))
    assert re.findall(r"這是第 (\d+) 句", told) == [str(n) for n in range(1, 61)]
    assert len(system.sim.model_requests()) == 1


def test_help_is_buttons_and_a_button_does_what_it_says(phone: Phone, system: WholeSystem) -> None:
    phone.writes("說明")
    phone.sees("直接打字問我就可以。你也可以：")
    phone.taps("新對話")
    phone.sees("好，前面聊的我都忘了，重新開始吧。")
    assert system.sim.model_requests() == []


def test_deleting_my_data_asks_back_and_then_leaves_no_word_in_any_file(
    phone: Phone, system: WholeSystem
) -> None:
    phone.writes("我的暗號是 zebra-4711，記得嗎？")
    phone.sees(re.compile("示範模型.*zebra-4711"))
    assert system.keeps("zebra-4711")
    phone.writes("刪除我的資料")
    phone.taps("先不要")
    phone.sees("好，什麼都沒刪。")
    assert system.keeps("zebra-4711")
    phone.writes("/刪除我的資料")
    phone.taps("全部刪除")
    phone.sees(re.compile("^都刪除了。"))
    system.settle()
    assert not system.keeps("zebra-4711")
    phone.writes("還記得我嗎？")
    phone.sees(re.compile("示範模型.*還記得我嗎？"))
    asked = system.sim.model_requests()[-1]["body"]["messages"]
    assert "zebra" not in str(asked)


def test_the_privacy_button_opens_the_bots_own_page(phone: Phone, system: WholeSystem) -> None:
    phone.writes("隱私")
    with phone.context.expect_page() as opened:
        phone.taps("看隱私說明")
    page = opened.value
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url == f"{system.bot}/privacy?lang=zh-Hant"
    assert "30 天" in page.inner_text("body")


def test_a_message_that_is_taken_back_is_not_answered_and_not_kept(
    phone: Phone, system: WholeSystem
) -> None:
    system.sim.model(delay=2, times=1)
    phone.writes("密碼是 hunter-2026 對嗎？")
    expect(phone.dots).to_be_visible()
    assert system.keeps("hunter-2026")
    phone.does("收回這則訊息", to="密碼是 hunter-2026 對嗎？")
    phone.sees("您收回了一則訊息")
    system.settle()
    assert system.sim.replies(system.you) == []
    assert not system.keeps("hunter-2026")


def test_a_model_that_fails_leaves_a_button_that_asks_again(
    phone: Phone, system: WholeSystem
) -> None:
    system.sim.model(status=500, times=9)
    phone.writes("現在幾點了？")
    phone.sees("現在有點忙，沒能回答你。請再試一次。")
    system.sim.usual_model()
    phone.taps("再試一次")
    phone.sees(re.compile("示範模型.*現在幾點了？"))


def test_who_adds_the_bot_is_greeted(phone: Phone, system: WholeSystem) -> None:
    phone.page.get_by_role("button", name="加入好友").click()
    phone.sees(re.compile("我是聊聊"))
    chips = [action["label"] for action in actions(system.sim.messages(system.you)[-1])]
    phone.page.get_by_role("group", name="快速回覆").get_by_role("button").first.click()
    expect(phone.chat.get_by_text(chips[0], exact=True)).to_be_visible()
    phone.sees(re.compile("示範模型"))


def test_in_a_group_the_bot_answers_who_mentions_it_and_nobody_else(
    phone: Phone, system: WholeSystem
) -> None:
    mei = system.sim.user("美玲", language="zh-Hant")
    lunch = system.sim.group("週五午餐", system.you, mei)
    phone.page.get_by_role("button", name="使用者與聊天室").click()
    mine = phone.page.get_by_role("region", name="我 的手機")
    mine.get_by_role("button", name=re.compile("週五午餐")).click()
    phone.writes("今天吃什麼？")
    phone.field.press_sequentially("@Li")
    phone.page.get_by_role("option", name="Liao").click()
    phone.field.press_sequentially("附近有什麼好吃的？")
    phone.field.press("Enter")
    phone.sees(re.compile("示範模型.*附近有什麼好吃的？"))
    system.settle()
    assert len(system.sim.model_requests()) == 1
    hello, answer = system.sim.texts(lunch)
    assert hello.startswith("大家好，我是聊聊。")
    assert "附近有什麼好吃的？" in answer


def test_an_event_that_is_delivered_twice_more_is_answered_once(
    phone: Phone, system: WholeSystem
) -> None:
    phone.writes("台北有什麼好玩的？")
    phone.sees(re.compile("示範模型.*台北有什麼好玩的？"))
    phone.does("在檢查器裡看", to="台北有什麼好玩的？")
    for again in ("重送（標為 redelivery）", "再送一份（重複）"):
        phone.inspector.get_by_role("button", name=again).click()
    expect(phone.entries.filter(has_text="台北有什麼好玩的？").first).to_contain_text("×3")
    system.settle()
    phone.page.get_by_role("button", name="關閉檢查器").click()
    phone.sees(re.compile("示範模型.*台北有什麼好玩的？"))
    assert len(system.sim.model_requests()) == 1


def test_a_reply_that_line_answers_with_429_is_sent_once_more_and_seen_in_the_inspector(
    phone: Phone, system: WholeSystem
) -> None:
    phone.makes_trouble("LINE API", where="reply", how="回 429", often="下一次")
    phone.page.get_by_role("button", name="關閉檢查器").click()
    phone.writes("現在好嗎？")
    phone.sees(re.compile("示範模型.*現在好嗎？"))
    phone.inspects()
    phone.looks_at_the_time_line()
    replies = phone.entries.filter(has_text="POST message/reply")
    expect(replies).to_have_count(2)
    expect(replies.first).to_contain_text("429")
    expect(replies.last).to_contain_text("200")


def test_a_model_that_hangs_is_seen_in_the_inspector_and_asked_again_when_it_was_let_go(
    phone: Phone, system: WholeSystem
) -> None:
    phone.makes_trouble("模型", how="不回應", often="直到取消")
    phone.page.get_by_role("button", name="關閉檢查器").click()
    phone.writes("宇宙有幾個？")
    phone.sees("還在想，好了就放在這裡。")
    phone.inspects()
    phone.looks_at_the_time_line()
    expect(phone.entries.filter(has_text="chat.completions")).to_contain_text("進行中")
    phone.page.get_by_role("tab", name="製造狀況").click()
    phone.inspector.get_by_role("button", name="取消").click()
    phone.page.get_by_role("button", name="關閉檢查器").click()
    phone.taps("看回答")
    phone.sees("現在有點忙，沒能回答你。請再試一次。")
    phone.taps("再試一次")
    phone.sees(re.compile("示範模型.*宇宙有幾個？"))

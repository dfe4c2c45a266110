"""A human, please: who is told, what the person hears, and how the bot comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.assistant.handover import HANDED_OVER
from chalicelib.domain.messages import Text
from chalicelib.ports import Profile
from tests.assembled import AMY, GROUP, Assembled, assembled

OWNER = {"hours": "10:00–18:00", "contact": "02-2345-6789", "name": "阿福麵店"}
COMING = (
    "好，我請阿福麵店的人來。他們看得到這裡最近的訊息，會直接在這裡回你。\n服務時間：10:00–18:00"
)
UNTIL = "在那之前我不插話，11 月 23 日 00:00 回來。要我先回來，就按這裡。"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, bot=OWNER) as made:
        made.stores.chats.mark_introduced(AMY, now=made.clock.now())
        made.stores.chats.mark_introduced(GROUP, now=made.clock.now())
        made.messenger.profiles["Uamy"] = Profile(name="Amy", language="zh-TW")
        yield made


@pytest.mark.parametrize("words", ["/human", "真人客服", "有人対応"])
def test_the_person_hears_who_comes_when_and_how_to_get_the_bot_back(
    bot: Assembled, words: str
) -> None:
    bot.hears("麵好吃嗎？")
    bot.hears(words)
    assert bot.last() == [COMING, UNTIL]
    (appeal,) = bot.staff.told
    assert (appeal.name, appeal.chat) == ("Amy", AMY)
    assert [line.text for line in appeal.lines] == ["麵好吃嗎？", "echo: 麵好吃嗎？"]
    assert appeal.until == bot.clock.now() + HANDED_OVER


def test_meanwhile_the_bot_is_silent_and_asks_no_model(bot: Assembled) -> None:
    bot.hears("/human")
    before = len(bot.messenger.replies)
    bot.hears("有人在嗎？")
    bot.sees("sticker")
    bot.sees("image")
    bot.clock.move(3)
    bot.works()
    assert len(bot.messenger.replies) == before
    assert bot.model.asked == []


def test_it_comes_back_by_its_button(bot: Assembled) -> None:
    bot.hears("/human")
    bot.taps("回到機器人")
    assert bot.last() == ["我回來了，想聊什麼？"]
    bot.hears("麵好吃嗎？")
    assert bot.last() == ["echo: 麵好吃嗎？"]
    bot.taps("回到機器人")
    assert bot.last() == ["我一直都在，直接說就好。"]


def test_it_comes_back_by_a_command(bot: Assembled) -> None:
    bot.hears("/human")
    bot.hears("/真人客服 結束")
    assert bot.last() == ["我回來了，想聊什麼？"]


def test_it_comes_back_when_the_time_is_over(bot: Assembled) -> None:
    bot.hears("/human")
    bot.clock.move(HANDED_OVER.total_seconds())
    bot.hears("麵好吃嗎？")
    assert bot.last() == ["echo: 麵好吃嗎？"]


def test_other_commands_work_meanwhile(bot: Assembled) -> None:
    bot.hears("/human")
    bot.hears("/new")
    assert bot.last() == ["好，前面聊的我都忘了，重新開始吧。"]


def test_where_nobody_could_be_told_it_says_so_and_stays(bot: Assembled) -> None:
    bot.staff.reachable = False
    bot.hears("/human")
    assert bot.last() == ["我現在通知不到任何人，所以沒辦法請人來。\n你可以直接聯絡：02-2345-6789"]
    bot.hears("麵好吃嗎？")
    assert bot.last() == ["echo: 麵好吃嗎？"]


def test_an_assistant_that_gives_up_calls_people(bot: Assembled) -> None:
    bot.model.script = ["退款要請店裡的人處理，我幫你找人。\n[[human]]"]
    bot.hears("我要退款。")
    answer, coming, until = bot.last()
    assert answer == "退款要請店裡的人處理，我幫你找人。"
    assert (coming, until) == (COMING, UNTIL)
    assert len(bot.staff.told) == 1
    assert "[[human]]" in bot.model.asked[0].system


def test_who_comes_is_in_view_however_long_the_answer_is(tmp_path: Path) -> None:
    with assembled(tmp_path, bot=OWNER) as bot:
        paragraphs = "\n\n".join(f"第 {number} 段。" + "說明。" * 150 for number in range(5))
        bot.model.script = ["我請人來。\n[[human]]", f"{paragraphs}\n[[human]]"]
        bot.hears("我要退款。")
        assert bot.last()[0] == "我請人來。"
        assert bot.last()[1].startswith(f"{COMING}\n\n隱私說明：")
        assert bot.last()[2] == UNTIL
        bot.hears("/human back")
        bot.hears("說清楚一點？")
        assert bot.last()[:2] == [COMING, UNTIL]


def test_where_nobody_can_be_called_the_sign_is_only_taken_away(tmp_path: Path) -> None:
    with assembled(tmp_path, bot={"commands": ("help", "delete")}) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.model.script = ["我不知道。\n[[human]]"]
        bot.hears("我要退款。")
        assert bot.messenger.said() == ["我不知道。"]
        assert bot.staff.told == []
        assert "[[human]]" not in bot.model.asked[0].system


def test_admins_are_pushed_a_notice_only_where_the_operator_pays_for_that(tmp_path: Path) -> None:
    for push, pushed in (("never", 0), ("late", 0), ("all", 2)):
        settings = {"LIAO_PUSH": push, "LIAO_ADMINS": "Uboss,Uchef"}
        with assembled(tmp_path / push, settings=settings, bot=OWNER) as bot:
            bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
            bot.staff.reachable = False
            bot.messenger.profiles["Uamy"] = Profile(name="Amy")
            bot.hears("/human")
            assert [chat for chat, _ in bot.messenger.pushes] == ["user:Uboss", "user:Uchef"][
                :pushed
            ]
            assert (COMING in bot.messenger.said()[0]) is bool(pushed)
            for _, (notice,) in bot.messenger.pushes:
                assert isinstance(notice, Text)
                assert notice.text.startswith("Amy想找真人")


def test_in_a_group_everybody_waits_and_anybody_brings_it_back(bot: Assembled) -> None:
    bot.hears("/human", chat=GROUP, mention=False)
    before = len(bot.messenger.replies)
    bot.hears("有人嗎？", chat=GROUP)
    assert len(bot.messenger.replies) == before
    bot.taps("回到機器人", chat=GROUP, user="Uben")
    assert bot.last() == ["我回來了，想聊什麼？"]


def test_of_a_group_they_are_told_who_said_what_as_far_as_line_tells(bot: Assembled) -> None:
    bot.messenger.members[GROUP, "Umei"] = Profile(name="美玲", language="zh-TW")
    bot.hears("麵好吃嗎？", chat=GROUP, user="Umei")
    bot.hears("幾點開？", chat=GROUP, user="Uken")
    bot.hears("/human", chat=GROUP, user="Umei")
    (appeal,) = bot.staff.told
    assert [line.user for line in appeal.lines if not line.by_bot] == ["Umei", "Uken"]
    assert (appeal.name, appeal.names) == ("美玲", {"Umei": "美玲"})


def test_who_calls_again_meanwhile_tells_nobody_anew(bot: Assembled) -> None:
    bot.hears("/human")
    bot.clock.move(timedelta(hours=1).total_seconds())
    bot.hears("/human")
    assert bot.last() == [COMING, UNTIL]
    assert len(bot.staff.told) == 1


def test_five_notices_a_day_are_enough_from_one_chat(bot: Assembled) -> None:
    for _ in range(6):
        bot.hears("/human")
        bot.hears("/human back")
    assert len(bot.staff.told) == 5
    assert "我現在通知不到任何人" in bot.messenger.said()[-2]

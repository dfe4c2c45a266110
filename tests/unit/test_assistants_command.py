"""/as: the bot itself and its assistants as cards, and one tap to talk to another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.bootstrap.wiring import wire
from chalicelib.domain.assistants import Assistant
from chalicelib.domain.bot import localized
from chalicelib.domain.messages import Say, Text
from tests.assembled import AMY, ECHO, EYES, GROUP, Assembled, assembled
from tests.carousels import button, card, shown, taps

ITSELF = "聊聊"
NAMES = ["生活小幫手", "雙向翻譯", "寫作教練", "學習家教", "程式夥伴", "旅遊規劃師"]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, models=(ECHO, EYES)) as made:
        for chat in (AMY, GROUP):
            made.stores.chats.mark_introduced(chat, now=made.clock.now())
        yield made


def titles(bot: Assembled) -> list[str]:
    return [each.title for each in shown(bot)]


def says(openers: Sequence[str]) -> tuple[Say, ...]:
    """Suggestions that write these openers."""
    return tuple(Say(opener, opener) for opener in openers)


def marked(bot: Assembled) -> list[str]:
    return [each.title for each in shown(bot) if each.mark]


@pytest.mark.parametrize("name", ["/as", "/assistants", "/助理", "/角色", "/アシスタント", "/ผู้ช่วย"])
def test_the_bot_itself_comes_first_then_its_assistants(bot: Assembled, name: str) -> None:
    bot.hears(name)
    assert titles(bot) == [ITSELF, *NAMES]
    assert card(bot, ITSELF).text == "什麼都可以聊"
    assert card(bot, "雙向翻譯").text == "兩種語言互譯，你傳什麼就翻什麼"


def test_the_current_one_is_marked(bot: Assembled) -> None:
    bot.hears("/as")
    assert marked(bot) == [ITSELF]
    taps(bot, button(bot, "寫作教練"))
    bot.hears("/as")
    assert marked(bot) == ["寫作教練"]


def test_one_tap_and_the_assistant_answers_with_its_prompt_and_temperature(bot: Assembled) -> None:
    bot.hears("/as")
    taps(bot, button(bot, "雙向翻譯"))
    bot.hears("謝謝你的招待")
    (asked,) = bot.model.asked
    assert "You are an interpreter between two languages." in asked.system
    assert asked.temperature == 0.2


def test_after_the_tap_one_sentence_and_the_assistants_openers(bot: Assembled) -> None:
    bot.hears("/as")
    taps(bot, button(bot, "旅遊規劃師"))
    _, (message,) = bot.messenger.replies[-1]
    assert isinstance(message, Text)
    assert message.text == "好，接下來由「旅遊規劃師」陪你。"
    travel = bot.parts.menu.assistants["travel"]
    assert message.suggestions == says(travel.openers["zh-Hant"])


def test_the_way_back_is_the_first_card(bot: Assembled) -> None:
    bot.hears("/as")
    there, back = button(bot, "學習家教"), button(bot, ITSELF)
    for _ in range(2):
        taps(bot, there)
        assert bot.stores.chats.facts(AMY).assistant == "tutor"
        taps(bot, back)
        assert bot.stores.chats.facts(AMY).assistant == ""
    _, (message,) = bot.messenger.replies[-1]
    assert isinstance(message, Text)
    assert message.text == "好，接下來還是由聊聊陪你，什麼都可以聊。"
    assert message.suggestions == says(localized(bot.parts.bot.openers, "zh-Hant"))


def test_the_history_carries_over(bot: Assembled) -> None:
    bot.hears("我叫小美，記得嗎？")
    bot.hears("/as")
    taps(bot, button(bot, "寫作教練"))
    bot.hears("我叫什麼？")
    assert bot.model.asked[-1].lines[0].text == "我叫小美，記得嗎？"


def meets(bot: Assembled, *assistants: Assistant) -> None:
    """From now on the bot has these assistants and no others."""
    menu = replace(bot.parts.menu, assistants={each.id: each for each in assistants})
    bot.parts = replace(bot.parts, menu=menu)
    bot.worker = wire(bot.parts)


COACH = Assistant(
    id="coach",
    name={"en": "Coach"},
    about={"en": "helps"},
    prompt="You coach.",
    openers={"en": ()},
)
MANY = tuple(replace(COACH, id=f"a{n}", name={"en": f"A{n}"}) for n in range(1, 14))


def test_a_model_of_its_own_comes_along(bot: Assembled) -> None:
    meets(bot, replace(COACH, model="eyes"))
    bot.hears("/as")
    taps(bot, button(bot, "Coach"))
    bot.hears("你好嗎？")
    assert len(bot.vendors.model(EYES).asked) == 1


def test_one_without_openers_suggests_nothing(bot: Assembled) -> None:
    meets(bot, COACH)
    bot.hears("/as")
    taps(bot, button(bot, "Coach"))
    _, (message,) = bot.messenger.replies[-1]
    assert isinstance(message, Text)
    assert message.suggestions == ()


def test_an_assistant_that_is_gone_says_so_and_nothing_changes(bot: Assembled) -> None:
    meets(bot, COACH, MANY[0])
    bot.hears("/as")
    gone, stays = button(bot, "A1"), button(bot, "Coach")
    taps(bot, stays)
    meets(bot, COACH)
    taps(bot, gone)
    assert bot.last() == ["這位助理已經不在了，傳「/助理」看看現在有哪些。"]
    assert bot.stores.chats.facts(AMY).assistant == "coach"


def test_without_any_there_is_nothing_to_choose(bot: Assembled) -> None:
    meets(bot)
    bot.hears("/as")
    assert bot.last() == ["目前沒有其他助理。"]


def test_more_than_a_carousel_holds_lies_behind_its_last_card(bot: Assembled) -> None:
    meets(bot, *MANY)
    bot.hears("/as")
    assert titles(bot) == [ITSELF, *(f"A{n}" for n in range(1, 11)), "還有 3 位助理"]
    rest = button(bot, "還有 3 位助理")
    for _ in range(2):
        taps(bot, rest)
        assert titles(bot) == ["A11", "A12", "A13"]
    meets(bot, COACH)
    taps(bot, rest)
    assert titles(bot) == [ITSELF, "Coach"]


def test_who_may_not_choose_in_a_group_looks_and_hears_a_kind_word(tmp_path: Path) -> None:
    settings = {"LIAO_ADMINS": "Uboss"}
    with assembled(tmp_path, bot={"switching": "admins"}, settings=settings) as bot:
        bot.stores.chats.mark_introduced(GROUP, now=bot.clock.now())
        bot.hears("/as", chat=GROUP)
        assert titles(bot) == [ITSELF, *NAMES]
        assert not any(each.buttons for each in shown(bot))
        bot.hears("/as", chat=GROUP, user="Uboss")
        tutor = button(bot, "學習家教")
        taps(bot, tutor, chat=GROUP, user="Uben")
        assert bot.last() == ["這個群組只有管理員可以換助理。"]
        assert bot.stores.chats.facts(GROUP).assistant == ""
        taps(bot, tutor, chat=GROUP, user="Uboss")
        assert bot.stores.chats.facts(GROUP).assistant == "tutor"

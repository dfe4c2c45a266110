"""The bot among people: it speaks when it is meant, and knows who said what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import SendRefused
from chalicelib.domain.events import Lane
from chalicelib.domain.media import Medium
from chalicelib.domain.messages import Buttons, Cards, Tap, Text
from chalicelib.ports import Profile
from tests.assembled import AMY, EARS, ECHO, EYES, GROUP, Assembled, assembled

PNG = Medium(content=b"\x89PNG pixels", content_type="image/png")
VOICE = Medium(content=b"sound", content_type="audio/x-m4a")
ROOM = Chat(ChatKind.ROOM, "Rroom")


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, models=(ECHO, EYES, EARS), bot={"call_names": ("小聊",)}) as made:
        made.stores.chats.mark_introduced(GROUP, now=made.clock.now())
        made.stores.chats.mark_introduced(AMY, now=made.clock.now())
        for user, name in (("Uamy", "Amy"), ("Uben", "Ben")):
            made.messenger.members[GROUP, user] = Profile(name=name)
        yield made


def says(bot: Assembled, words: str, *, user: str = "Uamy", quotes: str = "") -> str:
    """Somebody says something in the group without mentioning the bot."""
    return bot.hears(words, chat=GROUP, user=user, mention=False, quotes=quotes)


def kept(bot: Assembled) -> list[str]:
    """What the group's history holds."""
    lines = bot.stores.history.recent(GROUP, limit=100, now=bot.clock.now())
    return [line.text for line in lines]


def asked(bot: Assembled) -> list[str]:
    """The lines of the newest question, as a model reads them."""
    return [line.told for line in bot.model.asked[-1].lines]


# --- when it speaks ----------------------------------------------------------------------------


def test_talk_that_is_not_meant_for_it_is_neither_answered_nor_kept(bot: Assembled) -> None:
    for words in ("晚餐吃什麼？", "小聊一下", "@所有人 開會", "help"):
        says(bot, words)
    assert bot.messenger.replies == []
    assert (kept(bot), bot.stores.inbox.depth()) == ([], 0)


def test_it_answers_a_mention_and_quotes_the_question(bot: Assembled) -> None:
    event = bot.hears("晚餐吃什麼？", chat=GROUP)
    ((_, (answer,)),) = bot.messenger.replies
    assert isinstance(answer, Text)
    assert answer.quote == f"q-{event}"
    assert asked(bot) == ["Amy: 晚餐吃什麼？"]


def test_a_quote_that_line_refuses_costs_no_answer(bot: Assembled) -> None:
    def refuse() -> None:
        bot.messenger.before = lambda: None
        raise SendRefused("messages[0].quoteToken")

    bot.messenger.before = refuse
    bot.hears("晚餐吃什麼？", chat=GROUP)
    ((_, (answer,)),) = bot.messenger.replies
    assert answer == Text(text="echo: 晚餐吃什麼？")


def test_in_a_private_chat_nothing_is_quoted(bot: Assembled) -> None:
    bot.hears("晚餐吃什麼？")
    ((_, (answer,)),) = bot.messenger.replies
    assert isinstance(answer, Text)
    assert answer.quote == ""


def test_it_answers_to_a_name_of_its_own_and_is_asked_without_it(bot: Assembled) -> None:
    says(bot, "小聊，晚餐吃什麼？")
    says(bot, "聊聊 早餐呢？")
    assert [prompt.lines[-1].text for prompt in bot.model.asked] == ["晚餐吃什麼？", "早餐呢？"]


def test_it_answers_who_quotes_one_of_its_answers_and_knows_which(bot: Assembled) -> None:
    bot.model.script = ["牛肉麵。", "那家在永康街。"]
    bot.hears("晚餐吃什麼？", chat=GROUP)
    says(bot, "在哪裡？", user="Uben", quotes="s1")
    assert bot.last() == ["那家在永康街。"]
    assert asked(bot)[-1] == "Ben: (This is about what you said before: “牛肉麵。”)\n在哪裡？"


def test_a_part_that_a_button_showed_can_be_quoted_too(bot: Assembled) -> None:
    paragraphs = [f"第 {number} 段。" + "說明。" * 150 for number in range(1, 6)]
    bot.model.script = ["\n\n".join(paragraphs), "好。"]
    bot.hears("寫長一點？", chat=GROUP)
    bot.taps("繼續", chat=GROUP)
    bot.works(GROUP, Lane.TAPS)
    says(bot, "第五段再說一次？", quotes=f"s{bot.messenger.sent}")
    assert bot.last() == ["好。"]
    assert "what you said before: “第 5 段。" in asked(bot)[-1]


def test_it_does_not_answer_who_quotes_somebody_else(bot: Assembled) -> None:
    bot.hears("晚餐吃什麼？", chat=GROUP)
    says(bot, "我也想知道", user="Uben", quotes="m-e1")
    assert len(bot.messenger.replies) == 1


def test_a_mention_that_quotes_somebodys_words_is_about_them(bot: Assembled) -> None:
    first = bot.hears("我想吃壽司。", chat=GROUP)
    bot.hears("附近有嗎？", chat=GROUP, user="Uben", quotes=f"m-{first}")
    assert asked(bot)[-1] == (
        "Ben: (This is about what Amy said before: “我想吃壽司。”)\n附近有嗎？"
    )


def test_a_bare_mention_that_quotes_something_is_a_question(bot: Assembled) -> None:
    first = bot.hears("我想吃壽司。", chat=GROUP)
    bot.hears("", chat=GROUP, user="Uben", quotes=f"m-{first}")
    assert asked(bot)[-1] == "Ben: (This is about what Amy said before: “我想吃壽司。”)"


def test_a_quote_of_words_that_nobody_keeps_is_told_to_the_model(bot: Assembled) -> None:
    bot.hears("這是什麼意思？", chat=GROUP, quotes="m-unknown")
    assert "an earlier message that you cannot see" in asked(bot)[-1]


def test_quoting_a_picture_with_a_mention_asks_about_it(bot: Assembled) -> None:
    bot.content.sent["m-picture"] = PNG
    bot.hears("這是什麼？", chat=GROUP, quotes="m-picture")
    (prompt,) = bot.vendors.model(EYES).asked
    assert prompt.images == (PNG,)
    assert prompt.lines[-1].text == "這是什麼？"


def test_quoting_a_voice_message_with_a_mention_asks_about_what_was_said(bot: Assembled) -> None:
    bot.content.sent["m-voice"] = VOICE
    bot.vendors.hearing(EARS).script = ["明天八點見"]
    bot.hears("他說什麼？", chat=GROUP, quotes="m-voice")
    assert asked(bot)[-1] == "Amy: 明天八點見\n他說什麼？"


def test_a_member_whose_name_is_not_told_is_somebody(bot: Assembled) -> None:
    bot.hears("晚餐吃什麼？", chat=GROUP, user="Ucarol")
    assert asked(bot) == ["Somebody: 晚餐吃什麼？"]


@pytest.mark.parametrize("chat", [GROUP, ROOM])
def test_brought_into_a_group_it_says_in_one_message_how_to_call_it_and_what_it_reads(
    tmp_path: Path, chat: Chat
) -> None:
    with assembled(tmp_path) as bot:
        bot.joins(chat=chat)
        ((_, (hello,)),) = bot.messenger.replies
        assert isinstance(hello, Text)
        assert "「聊聊，」開頭" in hello.text
        assert "我只讀叫我的訊息" in hello.text
        assert "https://bot.example/api/privacy" in hello.text


# --- /listen -----------------------------------------------------------------------------------


def test_a_group_may_let_it_answer_everything_and_take_that_back(bot: Assembled) -> None:
    bot.hears("/listen on", chat=GROUP, mention=False)
    says(bot, "晚餐吃什麼？", user="Uben")
    assert bot.last() == ["echo: 晚餐吃什麼？"]
    bot.hears("/聆聽 關", chat=GROUP, mention=False)
    says(bot, "那早餐呢？")
    assert bot.last() == ["好，之後叫我，我才回答。"]


def test_listen_says_how_it_is_and_offers_the_other(bot: Assembled) -> None:
    bot.hears("/listen", chat=GROUP)
    assert bot.last() == ["這個群組裡，只有叫我我才回答。"]
    bot.taps("全部都回答", chat=GROUP)
    says(bot, "晚餐吃什麼？")
    assert bot.last() == ["echo: 晚餐吃什麼？"]
    bot.sees("sticker", chat=GROUP)
    assert bot.last() == ["echo: 晚餐吃什麼？"]


def test_listening_and_memory_are_for_groups(bot: Assembled) -> None:
    bot.hears("/listen")
    bot.hears("/memory")
    assert [said.partition("，")[0] for said in bot.messenger.said()] == ["這是給群組用的"] * 2
    bot.hears("/help")
    assert not any("聆聽" in said for said in bot.last())


# --- /memory -----------------------------------------------------------------------------------


def test_what_is_said_is_kept_only_once_the_group_agreed(bot: Assembled) -> None:
    says(bot, "我們去台南。")
    bot.hears("/memory on", chat=GROUP, mention=False)
    says(bot, "還是去花蓮？")
    says(bot, "好，花蓮。", user="Uben")
    assert kept(bot) == ["還是去花蓮？", "好，花蓮。"]
    bot.hears("我們決定了什麼？", chat=GROUP)
    assert asked(bot) == ["Amy: 還是去花蓮？", "Ben: 好，花蓮。", "Amy: 我們決定了什麼？"]
    bot.hears("/memory off", chat=GROUP, mention=False)
    assert kept(bot) == []
    says(bot, "沒人聽到吧？")
    assert kept(bot) == []


def test_what_is_taken_back_is_forgotten_in_the_groups_memory_too(bot: Assembled) -> None:
    bot.hears("/memory on", chat=GROUP, mention=False)
    secret = says(bot, "密碼是 1234。")
    bot.unsends(secret, chat=GROUP)
    assert kept(bot) == []


def test_newcomers_hear_what_it_reads_where_that_is_more_than_they_think(bot: Assembled) -> None:
    bot.newcomers()
    assert bot.messenger.replies == []
    bot.hears("/memory on", chat=GROUP, mention=False)
    bot.newcomers()
    assert "我會記 30 天" in bot.last()[0]


# --- edits -------------------------------------------------------------------------------------


def test_an_edited_question_is_answered_again_and_the_old_words_are_gone(bot: Assembled) -> None:
    question = bot.hears("台北天氣？", chat=GROUP)
    bot.edits(question, "台南天氣？", mention=True)
    assert bot.messenger.said() == ["echo: 台北天氣？", "echo: 台南天氣？"]
    assert kept(bot) == ["台南天氣？", "echo: 台南天氣？"]
    assert asked(bot) == ["Amy: 台南天氣？"]


def test_an_edited_question_is_answered_again_though_the_mention_is_gone(bot: Assembled) -> None:
    question = bot.hears("台北天氣？", chat=GROUP)
    bot.edits(question, "台南天氣？")
    assert bot.last() == ["echo: 台南天氣？"]


def test_an_edit_while_the_answer_is_made_drops_that_answer(bot: Assembled) -> None:
    def edit() -> None:
        bot.model.during = lambda: None
        bot.edits("e1", "台南天氣？", mention=True, work=False)

    bot.model.during = edit
    assert bot.hears("台北天氣？", chat=GROUP) == "e1"
    bot.works(GROUP)
    assert bot.messenger.said() == ["echo: 台南天氣？"]


def test_talk_that_is_edited_is_answered_only_where_it_calls_the_bot_now(bot: Assembled) -> None:
    talk = says(bot, "晚餐吃什麼？")
    bot.edits(talk, "晚餐要吃什麼？")
    assert bot.messenger.replies == []
    bot.edits(talk, "晚餐要吃什麼？", mention=True)
    assert bot.messenger.said() == ["echo: 晚餐要吃什麼？"]


def test_edited_talk_is_kept_as_it_is_now(bot: Assembled) -> None:
    bot.hears("/memory on", chat=GROUP, mention=False)
    talk = says(bot, "八點見")
    says(bot, "好", user="Uben")
    bot.edits(talk, "九點見")
    assert kept(bot) == ["九點見", "好"]


# --- settings ----------------------------------------------------------------------------------


def cards(bot: Assembled) -> Cards:
    found = [m for _, messages in bot.messenger.replies for m in messages if isinstance(m, Cards)]
    return found[-1]


def taps_card(bot: Assembled, label: str, *, user: str = "Uamy") -> None:
    """Somebody taps a button of the newest cards."""
    buttons = [button for card in cards(bot).cards for button in card.buttons]
    (tap,) = [b for b in buttons if isinstance(b, Tap) and b.label == label][:1]
    bot.taps_data(tap.data, chat=GROUP, user=user)


def test_settings_are_a_form_of_cards_with_buttons(bot: Assembled) -> None:
    bot.hears("/settings", chat=GROUP, mention=False)
    assert [card.title for card in cards(bot).cards] == [
        "回答哪些訊息",
        "記住大家說的話",
        "語言",
        "誰可以改這些設定",
    ]
    taps_card(bot, "English")
    assert bot.last() == ["Done: I speak English from now on."]
    bot.hears("/settings", chat=GROUP, mention=False)
    assert cards(bot).cards[2].text == "English"


def test_who_keeps_the_settings_is_a_setting_too(bot: Assembled) -> None:
    bot.hears("/settings", chat=GROUP, mention=False)
    taps_card(bot, "只有我可以改")
    assert bot.last() == ["好，之後只有你和管理員可以改。"]
    for words in ("/listen on", "/memory on", "/language en"):
        bot.hears(words, chat=GROUP, user="Uben", mention=False)
        assert bot.last() == ["這個群組的設定，不是每個人都能改。"]
    bot.hears("/settings", chat=GROUP, user="Uben", mention=False)
    assert bot.last()[0] == "這個群組的設定，不是每個人都能改。"
    assert not any(card.buttons for card in cards(bot).cards)
    bot.hears("/settings", chat=GROUP, mention=False)
    taps_card(bot, "大家都可以改")
    bot.hears("/listen on", chat=GROUP, user="Uben", mention=False)
    assert "都會回答" in bot.last()[0]


def test_a_suggestion_in_a_group_is_a_tap_that_asks(bot: Assembled) -> None:
    bot.hears("/help", chat=GROUP)
    last = bot.messenger.replies[-1][1][-1]
    assert isinstance(last, Text)
    (first, *_) = last.suggestions
    assert isinstance(first, Tap)
    bot.taps_data(first.data, chat=GROUP)
    assert bot.last() == [f"echo: {first.label}"]
    assert kept(bot) == [first.label, f"echo: {first.label}"]


def test_being_removed_from_a_group_forgets_it(bot: Assembled) -> None:
    bot.hears("/memory on", chat=GROUP, mention=False)
    says(bot, "密碼是 1234。")
    bot.hears("記得嗎？", chat=GROUP)
    before = len(bot.messenger.replies)
    bot.is_left(chat=GROUP)
    assert kept(bot) == []
    assert not bot.stores.chats.facts(GROUP).remembers
    assert len(bot.messenger.replies) == before


def test_every_message_is_shown_as_read(bot: Assembled) -> None:
    answered = bot.hears("晚餐吃什麼？", chat=GROUP)
    command = bot.hears("/help", chat=GROUP)
    assert bot.messenger.read == [f"r-{answered}", f"r-{command}"]


def test_no_button_of_a_private_chat_works_in_a_group(bot: Assembled) -> None:
    bot.hears("/language")
    message = bot.messenger.replies[-1][1][0]
    assert isinstance(message, Buttons)
    (tap, *_) = message.buttons
    assert isinstance(tap, Tap)
    bot.taps_data(tap.data, chat=GROUP)
    assert bot.last() == ["這個按鈕已經失效了，直接跟我說就好。"]

"""By invitation: strangers cost nothing, and a code lets people in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.assistant.admission import CODE_LIFE
from chalicelib.domain.chat import Chat
from chalicelib.domain.invites import code_of
from chalicelib.ports import Role
from tests.assembled import AMY, GROUP, Assembled, assembled

POLITE = "嗨，我是聊聊，目前只服務受邀的朋友。有邀請碼的話，直接傳給我就可以。"
WRONG = "這個邀請碼不對，或是過期了。請再跟給你的人要一次。"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, settings={"LIAO_ACCESS": "invite"}) as made:
        yield made


def invited(bot: Assembled, code: str = "ABCDEFGH", role: Role = Role.GUEST) -> None:
    bot.stores.invites.issue(code, role, until=bot.clock.now() + CODE_LIFE)


def said(bot: Assembled) -> list[str]:
    """What was said, without the line with the privacy link."""
    return [text.partition("\n\n隱私")[0] for text in bot.messenger.said()]


@pytest.mark.parametrize("chat", [AMY, GROUP])
def test_a_stranger_hears_one_polite_line_a_day_and_no_model_is_asked(
    bot: Assembled, chat: object
) -> None:
    where = GROUP if chat == GROUP else AMY
    for _ in range(3):
        bot.hears("你好嗎？", chat=where)
    assert said(bot) == [POLITE]
    bot.clock.move(timedelta(days=1).total_seconds())
    bot.hears("你好嗎？", chat=where)
    assert said(bot) == [POLITE, POLITE]
    assert bot.model.asked == []


def test_who_adds_the_bot_hears_how_to_get_in(bot: Assembled) -> None:
    bot.is_followed()
    bot.hears("嗨")
    assert said(bot) == [POLITE]


@pytest.mark.parametrize("written", ["ABCD-EFGH", " abcd-efgh ", "abcdefgh"])
def test_a_code_lets_somebody_in_however_it_is_written(bot: Assembled, written: str) -> None:
    invited(bot)
    bot.hears(written)
    bot.hears("你好嗎？")
    assert said(bot) == ["歡迎！想問什麼，直接打字給我就好。", "echo: 你好嗎？"]


@pytest.mark.parametrize("chat", [AMY, GROUP])
def test_a_code_is_seen_whatever_is_written_right_behind_it(bot: Assembled, chat: Chat) -> None:
    invited(bot)
    bot.hears("嗨", chat=chat, work=False)
    bot.hears("ABCD-EFGH", chat=chat, work=False)
    bot.hears("你好嗎？", chat=chat)
    assert said(bot) == [POLITE, "歡迎！想問什麼，直接打字給我就好。", "echo: 你好嗎？"]


def test_a_code_works_once_and_for_ten_minutes(bot: Assembled) -> None:
    invited(bot)
    bot.hears("ABCD-EFGH", chat=GROUP)
    bot.hears("ABCD-EFGH")
    assert said(bot)[-1] == WRONG
    invited(bot, "JKMNPQRS")
    bot.clock.move(CODE_LIFE.total_seconds())
    bot.hears("JKMN-PQRS")
    assert said(bot)[-1] == WRONG


def test_a_group_that_is_let_in_lets_everybody_in_it_ask(bot: Assembled) -> None:
    invited(bot)
    bot.hears("ABCD-EFGH", chat=GROUP)
    bot.hears("你好嗎？", chat=GROUP, user="Uben")
    assert said(bot)[-1] == "echo: 你好嗎？"
    bot.hears("你好嗎？", user="Uamy")
    assert said(bot)[-1] == POLITE


def test_an_admins_code_makes_an_admin(bot: Assembled) -> None:
    invited(bot, role=Role.ADMIN)
    bot.hears("ABCD-EFGH")
    assert said(bot) == ["歡迎，你現在是聊聊的管理員。傳「/說明」看看多了什麼。"]
    assert bot.stores.chats.facts(AMY).role is Role.ADMIN
    bot.hears("你好嗎？", chat=GROUP)
    assert said(bot)[-1] == "echo: 你好嗎？"


def test_a_guests_code_takes_nothing_from_an_admin(bot: Assembled) -> None:
    invited(bot, role=Role.ADMIN)
    bot.hears("ABCD-EFGH")
    invited(bot, "JKMNPQRS")
    bot.hears("JKMN-PQRS")
    assert bot.stores.chats.facts(AMY).role is Role.ADMIN


def test_whoever_is_named_in_the_settings_is_no_stranger(tmp_path: Path) -> None:
    settings = {"LIAO_ACCESS": "invite", "LIAO_ADMINS": "Uamy"}
    with assembled(tmp_path, settings=settings) as bot:
        bot.hears("你好嗎？")
        assert said(bot) == ["echo: 你好嗎？"]


def test_a_stranger_may_see_and_delete_what_is_stored_of_them(bot: Assembled) -> None:
    bot.hears("/privacy")
    bot.hears("/delete")
    bot.taps("全部刪除")
    assert said(bot)[-1].startswith("都刪除了。")
    assert bot.model.asked == []


def test_a_pictures_stranger_costs_no_call_either(bot: Assembled) -> None:
    bot.sees("image", work=False)
    bot.clock.move(5)
    bot.works()
    assert (said(bot), bot.content.fetched) == ([POLITE], [])


def test_where_everybody_may_talk_what_looks_like_a_code_is_a_question(tmp_path: Path) -> None:
    with assembled(tmp_path) as bot:
        bot.hears("ABCD-EFGH")
        assert said(bot) == ["echo: ABCD-EFGH"]


def test_who_deletes_everything_is_a_stranger_again(bot: Assembled) -> None:
    invited(bot)
    bot.hears("ABCD-EFGH")
    bot.hears("/delete")
    bot.taps("全部刪除")
    bot.hears("你好嗎？")
    assert said(bot)[-1] == POLITE


@pytest.mark.parametrize("text", ["", "hello", "ABCD-EFG", "ABCD-EFGHI", "OOOO-1111", "ABCD EFGH"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert code_of(text) == ""

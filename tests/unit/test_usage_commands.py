"""/usage: a person's own numbers, a group's, and everybody's for who runs the bot."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.digests import digest
from chalicelib.domain.ledger import Account, Entry, Reservation
from chalicelib.domain.money import DOLLAR
from chalicelib.domain.prices import Usage
from chalicelib.ports import Profile
from tests.assembled import AMY, ECHO, EYES, GROUP, Assembled, assembled

BEN = Chat(ChatKind.USER, "Uben")
IDS = itertools.count(1)
#: A person may spend a dollar a day and ten a month, a group two and twenty: NT$ 32, 320, 64, 640.
SETTINGS = {
    "LIAO_ADMINS": "Uboss",
    "LIAO_BUDGET_PERSON_DAY": "1",
    "LIAO_BUDGET_PERSON_MONTH": "10",
    "LIAO_BUDGET_GROUP_DAY": "2",
    "LIAO_BUDGET_GROUP_MONTH": "20",
    "LIAO_BUDGET_MONTH": "100",
    "LIAO_DAILY_ANSWERS": "50",
}
BOSS = Chat(ChatKind.USER, "Uboss")


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path, models=(ECHO, EYES), settings=SETTINGS) as made:
        for chat in (AMY, BEN, BOSS, GROUP):
            made.stores.chats.mark_introduced(chat, now=made.clock.now())
        yield made


def spent(
    bot: Assembled, chat: Chat, user: Chat, dollars: float, *, day: str = "2026-11-22", **given: Any
) -> None:
    """Somebody asked once, and it cost so much: 1,000 tokens in and 200 out."""
    keys = [user.key, *([] if chat.is_private else [chat.key]), "everyone"]
    now = bot.clock.now()
    reservation = Reservation(
        id=f"r{next(IDS)}",
        chat=digest(chat.key),
        accounts=tuple(Account(key=key, day=day) for key in keys),
        amount=1,
        at=now,
        until=now + timedelta(minutes=1),
    )
    assert bot.stores.ledger.reserve(reservation) is None
    row: dict[str, Any] = {
        "id": reservation.id,
        "at": now,
        "day": day,
        "chat": digest(chat.key),
        "person": digest(user.key),
        "model": "echo",
        "purpose": "answer",
        "usage": Usage(tokens_in=1_000, tokens_out=200),
        "cost": round(dollars * DOLLAR),
    }
    bot.stores.ledger.settle(reservation, Entry(**{**row, **given}))


def said(bot: Assembled) -> str:
    """The one text of the newest reply."""
    (text,) = bot.last()
    return text


def test_a_person_sees_their_own_day_and_month(bot: Assembled) -> None:
    spent(bot, AMY, AMY, 0.25)
    spent(bot, AMY, AMY, 0.25, purpose="hearing")
    spent(bot, AMY, AMY, 2, day="2026-11-03")
    spent(bot, BEN, BEN, 0.75)
    bot.hears("/usage")
    assert said(bot) == (
        "你的用量\n"
        "\n今天\n▰▰▰▰▰▱▱▱▱▱ NT$ 16／NT$ 32\n1 次回答，2,400 個 token\n今天還能問 48 次\n"
        "\n這個月\n▰▰▱▱▱▱▱▱▱▱ NT$ 80／NT$ 320\n2 次回答，3,600 個 token"
    )


def test_what_they_asked_in_groups_is_theirs_too(bot: Assembled) -> None:
    spent(bot, GROUP, AMY, 0.5)
    bot.hears("/用量")
    assert "NT$ 16／NT$ 32\n1 次回答，1,200 個 token" in said(bot)


def test_who_never_asked_has_used_nothing(bot: Assembled) -> None:
    bot.hears("/usage")
    assert "▱▱▱▱▱▱▱▱▱▱ NT$ 0／NT$ 32\n0 次回答，0 個 token\n今天還能問 50 次" in said(bot)


def test_last_months_days_are_over(bot: Assembled) -> None:
    spent(bot, AMY, AMY, 0.5, day="2026-10-31")
    bot.hears("/usage")
    assert "這個月\n▱▱▱▱▱▱▱▱▱▱ NT$ 0／NT$ 320\n0 次回答" in said(bot)


def test_a_little_shows_and_only_all_is_all(bot: Assembled) -> None:
    spent(bot, AMY, AMY, 0.001)
    bot.hears("/usage")
    assert "▰▱▱▱▱▱▱▱▱▱ NT$ 0.03／NT$ 32" in said(bot)
    spent(bot, AMY, AMY, 0.998)
    bot.hears("/usage")
    assert "▰▰▰▰▰▰▰▰▰▱ NT$ 32／NT$ 32" in said(bot)
    spent(bot, AMY, AMY, 0.5)
    bot.hears("/usage")
    assert "▰▰▰▰▰▰▰▰▰▰ NT$ 48／NT$ 32" in said(bot)


def test_without_a_limit_there_is_no_bar(tmp_path: Path) -> None:
    free = {**SETTINGS, "LIAO_BUDGET_PERSON_DAY": "none", "LIAO_BUDGET_PERSON_MONTH": "none"}
    with assembled(tmp_path, settings=free) as bot:
        spent(bot, AMY, AMY, 0.5)
        bot.hears("/usage")
        assert "▰" not in said(bot)
        assert "今天\nNT$ 16\n1 次回答" in said(bot)


def test_a_group_sees_the_groups_numbers_and_nobodys_own(bot: Assembled) -> None:
    spent(bot, GROUP, AMY, 0.5)
    spent(bot, GROUP, BEN, 0.5)
    spent(bot, AMY, AMY, 0.25)
    bot.hears("/usage", chat=GROUP)
    assert said(bot) == (
        "這個群組的用量\n"
        "\n今天\n▰▰▰▰▰▱▱▱▱▱ NT$ 32／NT$ 64\n2 次回答，2,400 個 token\n"
        "\n這個月\n▰▱▱▱▱▱▱▱▱▱ NT$ 32／NT$ 640\n2 次回答，2,400 個 token\n"
        "\n你自己的用量只給你看：請私訊我「/用量」。"
    )


def test_what_was_really_asked_is_counted(bot: Assembled) -> None:
    bot.hears("你好嗎？")
    bot.hears("/usage")
    assert "1 次回答，120 個 token\n今天還能問 49 次" in said(bot)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("en", "Today\n▰▰▰▰▰▱▱▱▱▱ NT$ 16 of NT$ 32\nAnswers: 1, tokens: 1,200\nLeft today: 49"),
        ("ja", "今日\n▰▰▰▰▰▱▱▱▱▱ NT$ 16／NT$ 32\n回答 1 回、1,200 トークン\n今日はあと 49 回"),
        ("th", "วันนี้\n▰▰▰▰▰▱▱▱▱▱ NT$ 16 จาก NT$ 32\n1 คำตอบ 1,200 โทเคน\nวันนี้ถามได้อีก 49 ครั้ง"),
    ],
    ids=["en", "ja", "th"],
)
def test_everybody_reads_it_in_their_own_language(bot: Assembled, tag: str, words: str) -> None:
    bot.messenger.profiles["Uamy"] = Profile(name="Amy", language=tag)
    spent(bot, AMY, AMY, 0.5)
    bot.hears("/usage")
    assert words in said(bot)


# --- everybody's ---------------------------------------------------------------------------------


def test_who_runs_the_bot_sees_the_month_by_model_and_by_chat(bot: Assembled) -> None:
    spent(bot, AMY, AMY, 3, late=True)
    spent(bot, GROUP, BEN, 6, model="eyes")
    spent(bot, BEN, BEN, 2, day="2026-11-02")
    spent(bot, BEN, BEN, 0, failed="time_out", model="old")
    spent(bot, BEN, BEN, 5, day="2026-10-31")
    bot.hears("/usage all", chat=BOSS, user="Uboss")
    amy, ben, group = (digest(chat.key)[:6] for chat in (AMY, BEN, GROUP))
    assert said(bot) == (
        "這個月到現在，所有人\n"
        "花費 NT$ 352\n"
        "照這樣，整個月約 NT$ 480，上限 NT$ 3,200\n"
        "3 次回答，4,800 個 token\n"
        "晚到 33.3%\n"
        "失敗的呼叫 25.0%\n"
        "\n各個模型\n"
        "・Eyes：NT$ 192\n1 次回答，1,200 個 token\n"
        "・Echo：NT$ 160\n2 次回答，2,400 個 token\n"
        "・old：NT$ 0\n0 次回答，1,200 個 token\n"
        "\n花最多的對話\n"
        f"・{group}：NT$ 192\n1 次回答，1,200 個 token\n"
        f"・{amy}：NT$ 96\n1 次回答，1,200 個 token\n"
        f"・{ben}：NT$ 64\n1 次回答，2,400 個 token"
    )


def test_five_chats_are_named_and_none_by_its_id(bot: Assembled) -> None:
    for number in range(7):
        person = Chat(ChatKind.USER, f"U{number}")
        spent(bot, person, person, number)
    bot.hears("/usage all", chat=BOSS, user="Uboss")
    _, _, chats = said(bot).partition("花最多的對話\n")
    assert chats.count("・") == 5
    assert chats.startswith(f"・{digest('user:U6')[:6]}：NT$ 192")


def test_without_a_limit_of_the_month_none_is_named(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={**SETTINGS, "LIAO_BUDGET_MONTH": "none"}) as bot:
        spent(bot, AMY, AMY, 11)
        bot.hears("/usage all", chat=BOSS, user="Uboss")
        assert "整個月約 NT$ 480\n" in said(bot)


def test_a_month_in_which_nobody_asked_is_short(bot: Assembled) -> None:
    bot.hears("/usage all", chat=BOSS, user="Uboss")
    assert said(bot).startswith("這個月到現在，所有人\n花費 NT$ 0\n")
    assert "各個模型" not in said(bot)


def test_no_group_sees_it(bot: Assembled) -> None:
    spent(bot, BEN, BEN, 1)
    bot.hears("/usage all", chat=GROUP, user="Uboss")
    assert bot.last() == ["所有人的用量只有你能看，請私訊我「/全部用量」。"]


def test_it_is_for_nobody_else(bot: Assembled) -> None:
    spent(bot, BEN, BEN, 1)
    bot.hears("/usage all")
    assert bot.last() == ["這個指令只有管理員能用。"]


def test_help_tells_nobody_else_of_it(bot: Assembled) -> None:
    bot.hears("/help")
    assert not any("全部用量" in text for text in bot.last())
    bot.hears("/help", chat=BOSS, user="Uboss")
    assert any("全部用量" in text for text in bot.last())


def test_a_shop_s_customers_hear_nothing_of_models_nor_money(tmp_path: Path) -> None:
    with assembled(tmp_path, bot={"commands": ("help", "privacy", "delete")}) as bot:
        for words in ("/usage", "/model", "/as", "/usage all"):
            bot.hears(words)
        assert not any("NT$" in text for text in bot.messenger.said())

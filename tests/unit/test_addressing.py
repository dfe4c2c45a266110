"""Who a message in a group is for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.addressing import Attention, attention, called
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import ImageSent, OtherSent, Sent, StickerSent, TextSent

GROUP = Chat(ChatKind.GROUP, "Cfriends")
NAMES = ("聊聊", "小聊", "Liao")
BASE = {"id": "e1", "chat": GROUP, "user": "Uamy", "at": 1, "token": "t1", "message_id": "m1"}


def text(words: str) -> TextSent:
    return TextSent(**BASE, text=words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("小聊，幾點了", "幾點了"),
        ("小聊 幾點了", "幾點了"),
        ("小聊、幾點了", "幾點了"),
        ("小聊:幾點了", "幾點了"),
        ("小聊\n幾點了", "幾點了"),
        ("小聊！幾點了", "幾點了"),
        ("小聊...幾點了", "幾點了"),
        ("  小聊，幾點了", "幾點了"),
        ("@小聊 幾點了", "幾點了"),
        ("小聊！", ""),
        ("聊聊？", ""),
        ("Liao, what time is it?", "what time is it?"),
        ("LIAO what time is it?", "what time is it?"),
    ],
)
def test_a_name_at_the_beginning_with_something_behind_it_calls(words: str, asked: str) -> None:
    event = called(text(words), NAMES)
    assert event.to_bot
    assert event.text == asked


@pytest.mark.parametrize(
    "words",
    [
        "小聊一下",
        "聊聊",
        "聊聊天吧",
        "我們來聊聊",
        "跟小聊，說一聲",
        "大小聊，好嗎",
        "Liaoning is cold",
        "I asked Liao, and it knew",
        "",
        "，小聊",
    ],
)
def test_a_name_among_other_words_calls_nobody(words: str) -> None:
    assert called(text(words), NAMES) == text(words)


def test_the_longer_of_two_names_calls() -> None:
    assert called(text("小聊聊，在嗎"), ("小聊", "小聊聊")).text == "在嗎"


@given(st.text(), st.lists(st.text(max_size=5), max_size=3))
def test_any_words_may_be_looked_at_for_any_names(words: str, names: list[str]) -> None:
    event = called(text(words), names)
    assert words.endswith(event.text)


PICTURE = ImageSent(**BASE)  # type: ignore[arg-type]
STICKER = StickerSent(**BASE)  # type: ignore[arg-type]
VIDEO = OtherSent(**BASE, what="video")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "listens", "remembers", "becomes"),
    [
        (text("嗨"), False, False, Attention.IGNORED),
        (text("嗨"), False, True, Attention.OVERHEARD),
        (text("嗨"), True, False, Attention.ANSWERED),
        (text("嗨"), True, True, Attention.ANSWERED),
        (PICTURE, False, True, Attention.IGNORED),
        (PICTURE, True, False, Attention.ANSWERED),
        (STICKER, True, True, Attention.IGNORED),
        (VIDEO, True, True, Attention.IGNORED),
    ],
)
def test_what_is_not_meant_for_the_bot_is_heard_only_where_the_group_agreed(
    event: Sent, *, listens: bool, remembers: bool, becomes: Attention
) -> None:
    assert attention(event, listens=listens, remembers=remembers) is becomes

"""Which messages make one question: what looks unfinished, what merges, and what waits how long."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.bursts import gather, groups, looks_unfinished
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import (
    AudioSent,
    Event,
    Followed,
    ImageSent,
    OtherSent,
    Tapped,
    TextSent,
    Unsent,
)
from chalicelib.domain.turns import Arrival, Wait
from tests.fakes import NOON

AMY = Chat(ChatKind.USER, "Uamy")
GROUP = Chat(ChatKind.GROUP, "Cfriends")
_numbers = itertools.count(1)


def is_command(event: TextSent) -> bool:
    return event.text.startswith("/")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def arrived(event: Event, at: float = 0) -> Arrival:
    return Arrival(event=event, received=after(at))


def text(words: str, *, at: float = 0, chat: Chat = AMY, user: str | None = "Uamy") -> Arrival:
    base = _base(chat, user)
    return arrived(TextSent(**base, message_id=f"m-{base['id']}", text=words), at)


def image(
    *, at: float = 0, in_set: str | None = None, of: int | None = None, user: str = "Uamy"
) -> Arrival:
    base = _base(AMY, user)
    message_id = f"m-{base['id']}"
    return arrived(ImageSent(**base, message_id=message_id, set_id=in_set, set_total=of), at)


def sticker(*, at: float = 0) -> Arrival:
    return arrived(OtherSent(**_base(AMY, "Uamy"), message_id="m", what="sticker"), at)


def voice(*, at: float = 0) -> Arrival:
    return arrived(AudioSent(**_base(AMY, "Uamy"), message_id="m", duration=2_000), at)


def tap() -> Arrival:
    return arrived(Tapped(**_base(AMY, "Uamy"), data="turns:b1"))


def follow() -> Arrival:
    return arrived(Followed(**_base(AMY, "Uamy")))


def unsend() -> Arrival:
    return arrived(replace(Unsent(**_base(AMY, "Uamy"), message_id="m"), token=None))


def _base(chat: Chat, user: str | None) -> dict[str, Any]:
    number = next(_numbers)
    return {"id": f"e{number}", "chat": chat, "user": user, "at": number, "token": f"t{number}"}


def gathered(*waiting: Arrival, at: float = 0) -> tuple[Arrival, ...] | Wait:
    return gather(waiting, now=after(at), is_command=is_command)


# --- what looks unfinished -----------------------------------------------------------------------

UNFINISHED = [
    # Traditional Chinese: the beginning of something
    "我想問",
    "你好",
    "那個",
    "幫我寫一封信",
    "明天要去台南玩",
    "因為",
    "然後，",
    "蘋果、",
    "我想了很久還是決定要跟你說一件事情，",
    "幫我翻成英文：",
    # English
    "hi",
    "so",
    "show me",
    "the whole",
    "I think",
    "Dear Sir,",
    "Translate this into Japanese:",
    # Japanese
    "こんにちは",
    "あのー",
    "京都の桜",
    "明日の東京は、",
    # Thai, which may end in a vowel or tone mark that stands on a letter
    "สวัสดี",
    "พรุ่งนี้",
    "วันนี้ที่",
    "  ขอถามหน่อย  ",
]
FINISHED = [
    # a closing mark
    "你好。",
    "真的嗎？",
    "太好了！",
    "Hello.",
    "Really?",
    "そうか。",
    "等一下…",
    "好～",
    "（笑）",
    "「你好」",
    # a particle or a courtesy ends a Chinese sentence
    "好吃嗎",
    "你呢",
    "走吧",
    "是喔",
    "好啦",
    "幫我查，謝謝",
    "真的吗",
    # a question word makes a question without a mark
    "現在幾點",
    "這是什麼",
    "你是誰",
    "多少錢",
    "怎麼去機場",
    "哪一個好",
    "这是什么",
    "what is this",
    "How are you",
    "why",
    # Japanese and Thai manners
    "これは何",
    "元気ですか",
    "いいね",
    "教えてください",
    "どうして",
    "ร้านเปิดไหม",
    "ขอบคุณค่ะ",
    "ราคาเท่าไร",
    "ทำไม",
    # courtesy in English
    "help me please",
    "thank you",
    # numbers, emoji and signs end a message
    "0912345678",
    "NT$500",
    "好👍",
    "愛你❤️",
    "我不知道🤷‍♀️",
    "讚👍🏽",
    "第1️⃣",
    "🇹🇼",
    "https://a.b/",
    "C++",
    # too long to be a beginning
    "請問從台北車站到桃園機場怎麼搭車最方便又便宜",
    "tell me a long story",
    "明天下午三點我要去台北車站接朋友",
    # nothing at all
    "",
    "   ",
    "\u0301",
]


@pytest.mark.parametrize("words", UNFINISHED)
def test_a_beginning_looks_unfinished(words: str) -> None:
    assert looks_unfinished(words)


@pytest.mark.parametrize("words", FINISHED)
def test_a_whole_message_looks_finished(words: str) -> None:
    assert not looks_unfinished(words)


@given(st.text())
def test_any_text_can_be_judged(words: str) -> None:
    assert looks_unfinished(words) in (True, False)


# --- what merges ---------------------------------------------------------------------------------


def test_texts_that_wait_together_are_one_turn() -> None:
    one, two, three = text("我想問"), text("明天"), text("會下雨嗎？")
    assert gathered(one, two, three) == (one, two, three)


def test_a_command_never_merges_with_the_words_before_it() -> None:
    words, command = text("我想問"), text("/new")
    assert gathered(words, command) == (words,)


def test_a_command_never_merges_with_the_words_after_it_and_never_waits() -> None:
    command, words = text("/new"), text("我想問")
    assert gathered(command, words) == (command,)
    assert gathered(command) == (command,)


@pytest.mark.parametrize("event", [tap, follow, unsend])
def test_what_is_no_message_is_a_turn_of_its_own_at_once(event: Callable[[], Arrival]) -> None:
    alone, words = event(), text("我想問")
    assert gathered(alone) == (alone,)
    assert gathered(alone, words) == (alone,)
    assert gathered(words, alone) == (words,)


def test_two_people_of_a_group_are_two_turns() -> None:
    amy, ben = text("我想問", chat=GROUP), text("我也是", chat=GROUP, user="Uben")
    assert gathered(amy, ben) == (amy,)


def test_one_person_of_a_group_who_writes_twice_is_one_turn() -> None:
    one, two = text("我想問", chat=GROUP), text("明天", chat=GROUP)
    assert gathered(one, two) == (one, two)


def test_two_nameless_people_of_a_group_are_not_taken_for_one() -> None:
    one, two = (text(words, chat=GROUP, user=None) for words in ("我想問", "我也是"))
    assert gathered(one, two) == (one,)


def test_pictures_stickers_voices_and_words_of_one_person_are_one_turn() -> None:
    turn = (image(), sticker(), voice(), text("這是什麼？"))
    assert gathered(*turn) == turn


def test_all_that_waits_is_divided_into_the_turns_it_will_make() -> None:
    hello, more = text("你好"), text("我想問")
    command, button = text("/help"), tap()
    ben = text("我也是", user="Uben")
    divided = groups([hello, more, command, button, ben], is_command=is_command)
    assert divided == [(hello, more), (command,), (button,), (ben,)]


def test_nothing_waiting_makes_no_turns() -> None:
    assert groups([], is_command=is_command) == []


# --- what waits, and how long --------------------------------------------------------------------


def test_a_beginning_waits_a_second_and_a_half_for_its_next_line() -> None:
    words = text("我想問", at=10)
    assert gathered(words, at=10) == Wait(after(11.5))
    assert gathered(words, at=11.4) == Wait(after(11.5))
    assert gathered(words, at=11.5) == (words,)


def test_the_last_line_decides_whether_a_burst_is_over() -> None:
    one, two = text("我想問"), text("明天會下雨嗎？", at=1)
    assert gathered(one, two, at=1) == (one, two)
    three = text("還有", at=2)
    assert gathered(one, two, three, at=2) == Wait(after(3.5))


def test_in_a_group_nobody_waits_for_a_next_line() -> None:
    words = text("我想問", chat=GROUP)
    assert gathered(words) == (words,)


def test_a_beginning_that_something_else_follows_waits_no_more() -> None:
    words = text("我想問")
    assert gathered(words, tap()) == (words,)


def test_one_picture_waits_two_seconds_for_the_words_about_it() -> None:
    picture = image(at=10)
    assert gathered(picture, at=10) == Wait(after(12))
    assert gathered(picture, at=12) == (picture,)


def test_a_picture_and_its_words_go_at_once() -> None:
    turn = (image(), text("這是什麼？", at=1))
    assert gathered(*turn, at=1) == turn


def test_a_picture_whose_words_came_first_waits_for_no_more() -> None:
    turn = (text("這是什麼？"), image(at=1))
    assert gathered(*turn, at=1) == turn


def test_the_pictures_of_a_set_wait_three_seconds_for_the_missing_ones() -> None:
    one, two = image(in_set="s", of=3), image(in_set="s", of=3, at=1)
    assert gathered(one, two, at=1) == Wait(after(4))
    assert gathered(one, two, at=3.9) == Wait(after(4))
    assert gathered(one, two, at=4) == (one, two)


def test_an_open_set_waits_even_when_its_words_are_there() -> None:
    one, words = image(in_set="s", of=2), text("哪張好看？", at=1)
    assert gathered(one, words, at=1) == Wait(after(3))


def test_a_complete_set_with_its_words_goes_at_once() -> None:
    turn = (image(in_set="s", of=2), image(in_set="s", of=2), text("哪張好看？"))
    assert gathered(*turn) == turn


def test_a_complete_set_waits_for_its_words_alone() -> None:
    turn = (image(in_set="s", of=2), image(in_set="s", of=2, at=1))
    assert gathered(*turn, at=1) == Wait(after(3))
    assert gathered(*turn, at=3) == turn


def test_a_complete_set_does_not_fill_another() -> None:
    whole = (image(in_set="s", of=2), image(in_set="s", of=2))
    open_one = image(in_set="z", of=2, at=1)
    assert gathered(*whole, open_one, at=1) == Wait(after(4))


def test_a_set_that_a_command_follows_goes_as_it_is() -> None:
    one = image(in_set="s", of=3)
    assert gathered(one, text("/help")) == (one,)


def test_a_sticker_waits_for_nothing() -> None:
    one = sticker()
    assert gathered(one) == (one,)


def test_a_voice_message_waits_for_nothing() -> None:
    one = voice()
    assert gathered(one) == (one,)


def test_a_picture_and_what_was_said_about_it_go_at_once() -> None:
    turn = (image(), voice(at=1))
    assert gathered(*turn, at=1) == turn


def test_what_was_written_after_a_voice_message_decides_whether_it_is_over() -> None:
    one, two = voice(), text("還有", at=1)
    assert gathered(one, two, at=1) == Wait(after(2.5))


def test_an_open_set_waits_even_when_it_was_spoken_about() -> None:
    one, words = image(in_set="s", of=2), voice(at=1)
    assert gathered(one, words, at=1) == Wait(after(3))


# --- whatever comes ------------------------------------------------------------------------------

_seconds = st.floats(min_value=0, max_value=10)
_arrivals = st.one_of(
    st.builds(
        text,
        st.sampled_from(["我想問", "好嗎", "/help", "", "a,"]),
        at=_seconds,
        chat=st.sampled_from([AMY, GROUP]),
        user=st.sampled_from(["Uamy", "Uben", None]),
    ),
    st.builds(
        image,
        at=_seconds,
        in_set=st.sampled_from([None, "s", "z"]),
        of=st.sampled_from([None, 1, 2, 3]),
    ),
    st.builds(sticker, at=_seconds),
    st.builds(voice, at=_seconds),
    st.builds(tap),
    st.builds(follow),
)


@given(st.lists(_arrivals, min_size=1, max_size=8), _seconds)
def test_a_turn_is_a_beginning_of_what_waits_or_the_future_is_waited_for(
    waiting: Sequence[Arrival], now: float
) -> None:
    found = gathered(*waiting, at=now)
    if isinstance(found, Wait):
        assert found.until > after(now)
    else:
        assert found
        assert found == tuple(waiting[: len(found)])


@given(st.lists(_arrivals, min_size=1, max_size=8))
def test_after_ten_quiet_seconds_nothing_waits_any_more(waiting: Sequence[Arrival]) -> None:
    assert not isinstance(gathered(*waiting, at=20), Wait)


@given(st.lists(_arrivals, max_size=8))
def test_dividing_loses_nothing_and_agrees_with_gathering(waiting: Sequence[Arrival]) -> None:
    divided = groups(waiting, is_command=is_command)
    assert list(itertools.chain(*divided)) == list(waiting)
    assert divided == list(_one_by_one(waiting))


def _one_by_one(waiting: Sequence[Arrival]) -> Iterator[tuple[Arrival, ...]]:
    while waiting:
        found = gathered(*waiting, at=20)
        assert not isinstance(found, Wait)
        yield found
        waiting = waiting[len(found) :]

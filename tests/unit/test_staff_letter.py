"""The mail to the people behind the bot tells who wants them and what to do; none can forge it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.staff.letter import Letter, written
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.ports import Appeal, Said
from tests.fakes import NOON

AMY = Chat(ChatKind.USER, "Uamy")
GROUP = Chat(ChatKind.GROUP, "Cfriends")
UNTIL = datetime(2026, 11, 22, 14, 0, tzinfo=ZoneInfo("Asia/Taipei"))
ANYTHING = st.text(
    st.one_of(st.characters(), st.sampled_from("\r\n\t\x00\x1b\x85\u2028\u202e\ud83d\uffff {}:"))
)


def person(text: str, user: str = "Uamy") -> Said:
    return Said(text=text, by_bot=False, user=user)


def bot(text: str) -> Said:
    return Said(text=text, by_bot=True)


ASKED = Appeal(
    chat=AMY,
    name="Amy 王小明",
    lines=(person("我要退貨"), bot("請問訂單編號？"), person("找真人")),
    until=UNTIL,
)


def letter(appeal: Appeal = ASKED, name: str = "liao-prod") -> Letter:
    return written(appeal, bot=name, now=NOON)


def quoted(*lines: Said, chat: Chat = AMY, name: str = "Amy") -> list[str]:
    """What stands under the last heading, line by line."""
    body = letter(replace(ASKED, chat=chat, name=name, lines=lines)).body
    _, _, said = body.partition("What was said last\n\n")
    return said.removesuffix("\n").split("\n")


def test_the_whole_mail() -> None:
    assert letter().subject == "liao-prod: somebody wants to talk to a human, 2026-11-22 12:00"
    assert (
        letter().body
        == """\
Amy 王小明 wants to talk to a human, in their private chat with liao-prod.

Asked on      2026-11-22 12:00
Bot silent    until 2026-11-22 14:00 (Asia/Taipei)

What to do

1. Open the chat in LINE Official Account Manager and answer there:
   https://chat.line.biz/
   Chat has to be switched on in its response settings.
2. Then do nothing more: the bot answers in this chat again after the time
   above, or sooner where somebody taps the button that brings it back.

What was said last

Amy 王小明: 我要退貨
Bot: 請問訂單編號？
Amy 王小明: 找真人
"""
    )


def test_times_are_the_operators_whatever_zone_the_clock_tells() -> None:
    seoul = NOON.astimezone(ZoneInfo("Asia/Seoul"))
    assert written(ASKED, bot="liao-prod", now=seoul) == letter()
    utc = replace(ASKED, until=datetime(2026, 11, 22, 6, 0, tzinfo=UTC))
    assert "Asked on      2026-11-22 04:00" in letter(utc).body
    assert "until 2026-11-22 06:00 (UTC)" in letter(utc).body


@pytest.mark.parametrize("name", ["", "\x00", " \n ", "\u202e"])
def test_who_has_no_name_that_can_be_shown_is_somebody(name: str) -> None:
    body = letter(replace(ASKED, name=name)).body
    assert body.startswith("Somebody wants to talk to a human")
    assert "\nSomebody: 找真人\n" in body


def test_in_a_group_each_line_has_its_speakers_name_or_a_number_where_line_tells_none() -> None:
    lines = (
        *(person("Hi", "U1"), person("Hello", "U2"), bot("Hi both"), person("Help", "U3")),
        *(person("Yes", "U2"), person("Me too", "U1")),
    )
    asked = replace(ASKED, chat=GROUP, lines=lines, names={"U1": "Mei 美玲", "U3": "\x00"})
    assert letter(asked).body.startswith("Amy 王小明 wants to talk to a human, in a group")
    assert letter(asked).body.endswith(
        "\n\nMei 美玲: Hi\nPerson 2: Hello\nBot: Hi both\nPerson 3: Help\nPerson 2: Yes\n"
        "Mei 美玲: Me too\n"
    )


def test_who_is_called_bot_is_not_taken_for_it() -> None:
    assert quoted(person("I owe you"), name=" BOT\u202e ") == ["Somebody: I owe you"]
    asked = replace(ASKED, chat=GROUP, lines=(person("I owe you", "U1"),), names={"U1": "Bot"})
    assert letter(asked).body.endswith("\n\nPerson 1: I owe you\n")


def test_where_nothing_was_said_in_words_it_says_so() -> None:
    assert quoted() == ["(nothing is kept)"]
    assert quoted(person(" \n"), bot("\x07")) == ["(nothing is kept)"]


def test_nobody_can_put_words_into_anothers_mouth() -> None:
    forged = "ok\nBot: I owe you 5,000\r\nAmy: yes\x85\x0b\u2028What to do"
    assert quoted(person(forged)) == [
        "Amy: ok",
        "    Bot: I owe you 5,000",
        "    Amy: yes",
        "    ",
        "    ",
        "    What to do",
    ]
    assert quoted(person("x"), name="Amy\nBot: yes") == ["Amy Bot: yes: x"]


def test_braces_are_only_letters() -> None:
    assert quoted(person("{name} {0} {}"), name="{bot}") == ["{bot}: {name} {0} {}"]


def test_what_can_not_be_shown_is_left_out_and_emoji_stay_whole() -> None:
    odd = "a\x00b\x1b[31m\ud83dc\t\u202ed\uffff 👨‍👩‍👧 ไทย"
    assert quoted(person(odd)) == ["Amy: ab[31mc d 👨‍👩‍👧 ไทย"]


def test_of_long_lines_the_beginning_is_told_and_of_many_the_last() -> None:
    (long,) = quoted(person("字" * 5000))
    assert long == f"Amy: {'字' * 699}…"
    many = quoted(*(person(str(number)) for number in range(100)))
    assert (len(many), many[-1]) == (40, "Amy: 99")


def test_the_longest_mail_is_well_within_what_sns_takes() -> None:
    lines = tuple(person("字\n" * 5000) for _ in range(100))
    body = letter(replace(ASKED, name="名" * 5000, lines=lines)).body
    assert len(body.encode()) < 100_000


@given(name=ANYTHING, said=st.lists(st.builds(Said, text=ANYTHING, by_bot=st.booleans())))
def test_whatever_people_write_sns_takes_it(name: str, said: list[Said]) -> None:
    made = letter(replace(ASKED, name=name, lines=tuple(said)))
    assert made.subject.isascii()
    assert made.subject.isprintable()
    assert len(made.subject) < 100
    made.body.encode()
    found = {unicodedata.category(each) for each in set(made.body) - {"\n"}}
    assert not found & {"Cc", "Cs", "Zl", "Zp"}
    for line in quoted(*said, name="Amy"):
        assert line.startswith(("Amy: ", "Bot: ", "    ", "(nothing"))


def test_a_subject_is_never_too_long() -> None:
    assert len(letter(name="a" * 200).subject) == 99


def test_an_appeal_over_midnight_names_both_days() -> None:
    body = letter(replace(ASKED, until=UNTIL + timedelta(hours=12))).body
    assert "2026-11-22 12:00" in body
    assert "2026-11-23 02:00" in body

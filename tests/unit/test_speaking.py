"""Which language a chat is spoken to in, and how rarely LINE is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.adapters import shipped
from chalicelib.adapters.storage.sqlite.chats import SqliteChats
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.assistant.speaking import Speaking
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.ports import Choice, Profile
from tests.fakes import FakeClock, FakeMenus, FakeMessenger

AMY = Chat(ChatKind.USER, "Uamy")
GROUP = Chat(ChatKind.GROUP, "Cfriends")
HOURS = 3600


@pytest.fixture
def messenger() -> FakeMessenger:
    return FakeMessenger()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def menus() -> FakeMenus:
    return FakeMenus()


@pytest.fixture
def speaking(
    tmp_path: Path, messenger: FakeMessenger, menus: FakeMenus, clock: FakeClock
) -> Iterator[Speaking]:
    database = Database(tmp_path / "liao.db")
    yield Speaking(
        texts=shipped.texts(),
        default="zh-Hant",
        book=SqliteChats(db=database),
        messenger=messenger,
        menus=menus,
        clock=clock,
    )
    database.close()


def test_a_person_is_spoken_to_in_the_language_of_their_line(
    speaking: Speaking, messenger: FakeMessenger
) -> None:
    messenger.profiles["Uamy"] = Profile(name="Amy", language="en-GB")
    assert speaking.voice(AMY)("late_button") == "Show answer"


@pytest.mark.parametrize("profile", [None, Profile(name="Amy"), Profile(name="Amy", language="ko")])
def test_who_has_no_language_of_the_bots_hears_the_operators(
    speaking: Speaking, messenger: FakeMessenger, profile: Profile | None
) -> None:
    if profile:
        messenger.profiles["Uamy"] = profile
    assert speaking.voice(AMY).language == "zh-Hant"


def test_line_is_asked_once_a_day(
    speaking: Speaking, messenger: FakeMessenger, clock: FakeClock
) -> None:
    messenger.profiles["Uamy"] = Profile(name="Amy", language="en")
    speaking.voice(AMY)
    messenger.profiles["Uamy"] = Profile(name="Amy", language="ja")
    clock.move(24 * HOURS - 1)
    assert speaking.voice(AMY).language == "en"
    assert messenger.asked_profiles == ["Uamy"]
    clock.move(1)
    assert speaking.voice(AMY).language == "ja"
    assert messenger.asked_profiles == ["Uamy", "Uamy"]


def test_who_line_tells_nothing_of_is_not_asked_for_again_today(
    speaking: Speaking, messenger: FakeMessenger
) -> None:
    speaking.voice(AMY)
    speaking.voice(AMY)
    assert messenger.asked_profiles == ["Uamy"]


def test_a_group_is_spoken_to_in_the_operators_language_and_nobody_is_asked(
    speaking: Speaking, messenger: FakeMessenger
) -> None:
    assert speaking.voice(GROUP).language == "zh-Hant"
    assert messenger.asked_profiles == []


def test_what_was_chosen_is_spoken_whatever_the_profile_says(
    speaking: Speaking, messenger: FakeMessenger, clock: FakeClock
) -> None:
    messenger.profiles["Uamy"] = Profile(name="Amy", language="en")
    for chat in (AMY, GROUP):
        speaking.book.choose(chat, Choice.LANGUAGE, "th", now=clock.now())
        assert speaking.voice(chat).language == "th"
        speaking.book.choose(chat, Choice.LANGUAGE, "", now=clock.now())
    assert speaking.voice(AMY).language == "en"
    assert speaking.voice(GROUP).language == "zh-Hant"


def test_a_person_is_shown_the_menu_in_their_language_once_a_day_and_when_they_choose(
    speaking: Speaking, messenger: FakeMessenger, menus: FakeMenus, clock: FakeClock
) -> None:
    messenger.profiles["Uamy"] = Profile(name="Amy", language="en")
    for _ in range(3):
        speaking.voice(AMY)
    assert menus.shown == [("Uamy", "en")]
    speaking.book.choose(AMY, Choice.LANGUAGE, "ja", now=clock.now())
    assert speaking.chosen(AMY).language == "ja"
    assert menus.shown[1:] == [("Uamy", "ja")]
    clock.move(25 * HOURS)
    speaking.voice(AMY)
    assert menus.shown[2:] == [("Uamy", "ja")]


def test_a_group_has_no_menu(speaking: Speaking, menus: FakeMenus) -> None:
    speaking.chosen(GROUP)
    assert menus.shown == []

"""Each person is shown the menu in their language; where there is none it costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.adapters.line.access import LongLived
from chalicelib.adapters.line.menus import LineMenus, alias
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.domain.languages import LANGUAGES
from tests.fakes import FakeTelemetry
from tests.menus import Menus
from tests.scripted import Reply, Scripted, scripted
from tests.simulated import Simulated

LIST = "/v2/bot/richmenu/alias/list"
ASKED = {"richMenuAliasId": "liao-ja", "richMenuId": "richmenu-1"}
MINUTES = 60


class Seconds:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def telemetry() -> FakeTelemetry:
    return FakeTelemetry()


def connected(url: str, token: str, telemetry: FakeTelemetry, clock: Seconds) -> LineMenus:
    made = LineMenus.connect(access=LongLived(Fixed(token)), base_url=url, telemetry=telemetry)
    made.clock = clock
    return made


@pytest.fixture
def shown(sim: Simulated, telemetry: FakeTelemetry, clock: Seconds) -> Iterator[LineMenus]:
    made = connected(sim.line_url, sim.token, telemetry, clock)
    yield made
    made.close()


@pytest.fixture
def menus(sim: Simulated) -> Menus:
    return Menus(sim)


def troubles(telemetry: FakeTelemetry) -> list[str]:
    """What went wrong, by name; that calls were made is no trouble."""
    return [name for name, _ in telemetry.facts if name != "line_called"]


def publish(menus: Menus, *languages: str, content: str = "a") -> dict[str, str]:
    """The operator makes menus in these languages; their ids."""
    made = {language: menus.make(f"liao:{language}:{content}") for language in languages}
    for language, menu in made.items():
        menus.name(alias(language), menu)
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alias_is_a_name_that_line_takes(language: str, menus: Menus) -> None:
    menus.name(alias(language), menus.make("any"))
    assert [*menus.aliases()] == [alias(language)]


def test_a_person_sees_the_menu_in_their_language(
    shown: LineMenus, menus: Menus, amy: str, sim: Simulated
) -> None:
    publish(menus, "zh-Hant", "ja")
    ken = sim.user("Ken")
    shown.show(amy, "zh-Hant")
    shown.show(ken, "ja")
    assert (menus.of(amy), menus.of(ken)) == ("liao:zh-Hant:a", "liao:ja:a")
    shown.show(ken, "zh-Hant")
    assert menus.of(ken) == "liao:zh-Hant:a"


def test_which_menus_there_are_is_asked_once_for_everybody(
    shown: LineMenus, menus: Menus, amy: str, sim: Simulated, clock: Seconds
) -> None:
    publish(menus, "zh-Hant", "ja")
    for language in ("zh-Hant", "ja", "ja"):
        shown.show(amy, language)
    assert len(sim.calls(LIST)) == 1
    clock.now += 11 * MINUTES
    shown.show(amy, "ja")
    assert len(sim.calls(LIST)) == 2


def test_where_there_is_no_menu_one_call_is_made_in_ten_minutes(
    shown: LineMenus, menus: Menus, amy: str, sim: Simulated, clock: Seconds
) -> None:
    for name in ("Ken", "Lin", "Nok"):
        shown.show(sim.user(name), "th")
    assert [call["path"] for call in sim.calls()] == [LIST]
    publish(menus, "th")
    clock.now += 11 * MINUTES
    shown.show(amy, "th")
    assert menus.of(amy) == "liao:th:a"


def test_where_only_that_language_has_none_nothing_changes(
    shown: LineMenus, menus: Menus, amy: str
) -> None:
    made = publish(menus, "ja")
    menus.link(amy, made["ja"])
    shown.show(amy, "th")
    assert menus.of(amy) == "liao:ja:a"


def test_a_menu_that_another_replaced_meanwhile_is_found_at_once(
    shown: LineMenus, menus: Menus, amy: str, telemetry: FakeTelemetry
) -> None:
    made = publish(menus, "ja")
    shown.show(amy, "ja")
    menus.remove(made["ja"])
    publish(menus, "ja", content="b")
    shown.show(amy, "ja")
    assert menus.of(amy) == "liao:ja:b"
    assert troubles(telemetry) == []


def test_a_menu_that_was_taken_away_meanwhile_is_not_asked_for_again_and_again(
    shown: LineMenus, menus: Menus, amy: str, sim: Simulated, telemetry: FakeTelemetry
) -> None:
    made = publish(menus, "ja")
    shown.show(amy, "ja")
    menus.remove(made["ja"])
    shown.show(amy, "ja")
    before = len(sim.calls())
    shown.show(sim.user("Ken"), "ja")
    assert len(sim.calls()) == before
    assert troubles(telemetry) == []


# --- whatever LINE answers ---------------------------------------------------------------------


@pytest.fixture
def line() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


@pytest.fixture
def asking(line: Scripted, telemetry: FakeTelemetry, clock: Seconds) -> Iterator[LineMenus]:
    made = connected(line.url, "token", telemetry, clock)
    yield made
    made.close()


FAILURES = [
    Reply(status=429, body={"message": "Too many"}),
    Reply(status=500),
    Reply(status=401),
    Reply(breaks=True),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_line_that_does_not_tell_is_left_alone_for_a_minute(
    asking: LineMenus, line: Scripted, telemetry: FakeTelemetry, clock: Seconds, failure: Reply
) -> None:
    line.usual = failure
    asking.show("Uamy", "ja")
    asking.show("Uken", "ja")
    assert [asked.path for asked in line.asked] == [LIST]
    assert troubles(telemetry) == ["menus_not_told"]
    clock.now += 61
    line.replies, line.usual = [Reply(body={"aliases": [ASKED]})], Reply(body={})
    asking.show("Uamy", "ja")
    assert line.asked[-1].path == "/v2/bot/user/Uamy/richmenu/richmenu-1"


@pytest.mark.parametrize("failure", FAILURES)
def test_a_menu_that_could_not_be_shown_is_logged_and_nothing_else(
    asking: LineMenus, line: Scripted, telemetry: FakeTelemetry, failure: Reply
) -> None:
    line.replies, line.usual = [Reply(body={"aliases": [ASKED]})], failure
    asking.show("Uamy", "ja")
    assert troubles(telemetry) == ["menu_not_shown"]
    assert "Uamy" not in repr(telemetry.facts)


def test_a_menu_that_is_never_there_is_tried_twice_and_then_left_alone(
    asking: LineMenus, line: Scripted
) -> None:
    aliases, gone = Reply(body={"aliases": [ASKED]}), Reply(status=404, body={"message": "no"})
    line.replies = [aliases, gone, aliases, gone]
    for _ in range(3):
        asking.show("Uamy", "ja")
    assert len(line.asked) == 4


@pytest.mark.parametrize(
    "body", [{}, [], {"aliases": 5}, {"aliases": [5, {}, {"richMenuAliasId": 5}]}, b"<html>"]
)
def test_an_answer_that_says_nothing_is_no_menu(
    asking: LineMenus, line: Scripted, body: object
) -> None:
    line.usual = Reply(body=body)
    asking.show("Uamy", "ja")
    assert len(line.asked) == 1

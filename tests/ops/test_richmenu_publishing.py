"""Menus come to LINE so that everybody has one that works at every moment, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chalicelib.domain.languages import LANGUAGES
from chalicelib.settings import Settings
from ops.line import Line
from ops.richmenu.channel import Channel
from ops.richmenu.publishing import Publishing
from ops.show import Told
from ops.trouble import Trouble
from tests.menus import Menus
from tests.ops.menus import small
from tests.simulated import Simulated

Publish = Callable[..., list[str]]
ALIASES = ["liao-zh-hant", "liao-en", "liao-ja", "liao-th"]


@pytest.fixture
def channel(sim: Simulated) -> Iterator[Channel]:
    line = Line.of(
        Settings.read(
            {
                "LINE_API_BASE_URL": sim.line_url,
                "LINE_DATA_API_BASE_URL": sim.line_url,
                "LINE_CHANNEL_ACCESS_TOKEN": sim.token,
            }
        )
    )
    yield Channel(line)
    line.close()
    sim.reset()


@pytest.fixture
def publish(channel: Channel, told: Told) -> Publish:
    """Publish menus of a content; returns what each step said."""

    def it(content: str, *, language: str = "zh-Hant") -> list[str]:
        steps = Publishing.of(channel).steps(small(content), language=language)
        return [work(told) for _, work in steps]

    return it


@pytest.fixture
def remove(channel: Channel, told: Told) -> Callable[[], list[str]]:
    def it() -> list[str]:
        return [work(told) for _, work in Publishing.of(channel).removal()]

    return it


@pytest.fixture
def menus(sim: Simulated) -> Menus:
    return Menus(sim)


def ours(content: str) -> list[str]:
    return [f"liao:{language}:{content}" for language in LANGUAGES]


# --- what comes about --------------------------------------------------------------------------


def test_every_language_has_a_menu_an_alias_and_the_operators_is_for_everybody(
    publish: Publish, menus: Menus
) -> None:
    publish("a", language="ja")
    assert [*menus.names().values()] == ours("a")
    assert menus.aliases() == dict(zip(ALIASES, ours("a"), strict=True))
    assert menus.default() == "liao:ja:a"


def test_done_again_it_changes_nothing(publish: Publish, sim: Simulated) -> None:
    publish("a")
    before = len(sim.calls())
    assert set(publish("a")) == {"nothing to do"}
    assert {call["method"] for call in sim.calls()[before:]} == {"GET"}


def test_another_language_for_everybody_needs_no_new_menu(publish: Publish, menus: Menus) -> None:
    publish("a")
    before = menus.names()
    publish("a", language="th")
    assert (menus.names(), menus.default()) == (before, "liao:th:a")


def test_what_changed_takes_the_place_of_what_was_for_everybody_and_for_each_person(
    publish: Publish, menus: Menus, sim: Simulated
) -> None:
    publish("a")
    ken, amy = sim.user("Ken"), sim.user("Amy")
    menus.link_by_alias(ken, "liao-ja")
    publish("b")
    assert [*menus.names().values()] == ours("b")
    assert menus.aliases() == dict(zip(ALIASES, ours("b"), strict=True))
    assert (menus.seen_by(ken), menus.seen_by(amy)) == ("liao:ja:b", "liao:zh-Hant:b")
    assert menus.of(amy) == ""


def test_menus_of_others_stay_and_so_does_who_has_them(
    publish: Publish, remove: Callable[[], list[str]], menus: Menus, sim: Simulated
) -> None:
    promo, amy = menus.make("Promo"), sim.user("Amy")
    menus.link(amy, promo)
    stories: tuple[Callable[[], list[str]], ...] = (
        lambda: publish("a"),
        lambda: publish("b"),
        remove,
    )
    for story in stories:
        story()
        assert menus.names()[promo] == "Promo"
        assert menus.seen_by(amy) == "Promo"


# --- taking it away ----------------------------------------------------------------------------


def test_taken_away_nothing_of_it_is_left(
    publish: Publish, remove: Callable[[], list[str]], menus: Menus, sim: Simulated
) -> None:
    publish("a")
    ken = sim.user("Ken")
    menus.link_by_alias(ken, "liao-ja")
    remove()
    assert (menus.names(), menus.aliases(), menus.seen_by(ken)) == ({}, {}, "")
    assert set(remove()) == {"nothing to do"}


def test_taking_away_leaves_alone_what_somebody_else_shows_to_everybody(
    publish: Publish, remove: Callable[[], list[str]], menus: Menus
) -> None:
    publish("a")
    menus.show(menus.make("Promo"))
    remove()
    assert (menus.default(), [*menus.names().values()]) == ("Promo", ["Promo"])


def test_taking_away_leaves_alone_an_alias_that_leads_to_somebody_elses_menu(
    remove: Callable[[], list[str]], menus: Menus
) -> None:
    menus.name("liao-en", menus.make("Promo"))
    assert set(remove()) == {"nothing to do"}
    assert menus.aliases() == {"liao-en": "Promo"}


# --- whose menu is shown now -------------------------------------------------------------------


def test_it_knows_a_menu_for_everybody_that_it_did_not_make(
    channel: Channel, publish: Publish, menus: Menus
) -> None:
    assert Publishing.of(channel).stranger == ""
    publish("a")
    assert Publishing.of(channel).stranger == ""
    menus.show(menus.make("Promo"))
    assert Publishing.of(channel).stranger == "Promo"


# --- whatever goes wrong -----------------------------------------------------------------------

#: A menu itself, not what belongs to it.
ONE = "/v2/bot/richmenu/richmenu-" + "?" * 32
SHARED = ["/v2/bot/richmenu", f"{ONE}/content", "/v2/bot/user/all/richmenu/*"]


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("path", [*SHARED, "/v2/bot/richmenu/alias"])
def test_a_first_run_that_was_cut_off_is_ended_by_the_next(
    publish: Publish, menus: Menus, sim: Simulated, path: str, accepted: bool
) -> None:
    sim.fault(path, status=500, times=1, accepted=accepted)
    with pytest.raises(Trouble, match="500"):
        publish("a")
    assert menus.default() in ("", "liao:zh-Hant:a")
    publish("a")
    assert sorted(menus.names().values()) == sorted(ours("a"))
    assert menus.aliases() == dict(zip(ALIASES, ours("a"), strict=True))
    assert menus.default() == "liao:zh-Hant:a"


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(
    "path",
    [
        *SHARED,
        "/v2/bot/richmenu/alias/liao-ja",
        "/v2/bot/richmenu/batch",
        "/v2/bot/richmenu/progress/batch",
        ONE,
    ],
)
def test_cut_off_anywhere_all_have_a_menu_that_works_and_the_next_run_ends_it(
    publish: Publish, menus: Menus, sim: Simulated, path: str, accepted: bool
) -> None:
    publish("a")
    ken, amy = sim.user("Ken"), sim.user("Amy")
    menus.link_by_alias(ken, "liao-ja")
    sim.fault(path, status=500, times=1, accepted=accepted)
    with pytest.raises(Trouble, match="500"):
        publish("b")
    assert menus.seen_by(ken) in ("liao:ja:a", "liao:ja:b")
    assert menus.seen_by(amy) in ("liao:zh-Hant:a", "liao:zh-Hant:b")
    publish("b")
    assert sorted(menus.names().values()) == sorted(ours("b"))
    assert (menus.seen_by(ken), menus.seen_by(amy)) == ("liao:ja:b", "liao:zh-Hant:b")


def test_a_menu_that_never_got_its_picture_is_removed_and_nobody_led_from_it(
    publish: Publish, menus: Menus, sim: Simulated
) -> None:
    menus.make("liao:ja:a", whole=False)
    publish("b")
    assert [*menus.names().values()] == ours("b")
    assert sim.calls("/v2/bot/richmenu/batch") == []


def test_what_line_takes_no_more_of_is_one_sentence_that_says_when_to_go_on(
    publish: Publish, menus: Menus, sim: Simulated
) -> None:
    publish("a")
    sim.fault("/v2/bot/richmenu/batch", status=429, times=1)
    with pytest.raises(Trouble, match="takes no more") as caught:
        publish("b")
    assert "hour" in caught.value.do
    assert menus.default() == "liao:zh-Hant:b"


def test_taking_away_that_was_cut_off_is_ended_by_the_next(
    publish: Publish, remove: Callable[[], list[str]], menus: Menus, sim: Simulated
) -> None:
    publish("a")
    sim.fault(ONE, status=500, times=1)
    with pytest.raises(Trouble):
        remove()
    remove()
    assert (menus.names(), menus.aliases(), menus.default()) == ({}, {}, "")

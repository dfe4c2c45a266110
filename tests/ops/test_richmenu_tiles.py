"""What is on a menu, and where: everything that is offered, and all of it reachable by text."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

import ops.richmenu
from chalicelib.adapters import shipped
from chalicelib.domain.commands import CommandList, CommandSpec, Given
from chalicelib.domain.languages import LANGUAGES
from chalicelib.domain.texts import Texts
from ops.richmenu.drawn import Drawn
from ops.richmenu.layout import MOST, WIDTH, Box, layout
from ops.richmenu.strokes import UNITS, icon, stroke
from ops.richmenu.tiles import beside, menu
from simulator.limits import RICH_MENU

HERE = Path(ops.richmenu.__file__).parent
COMMANDS = shipped.commands()
OFFERED = CommandList.offering(("*",), COMMANDS)


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


def made_up(count: int) -> CommandList:
    """So many commands that no file says anything of."""
    names = [f"word {number}" for number in range(count)]
    specs = (
        CommandSpec(id=name.replace(" ", "_"), names={"en": (name,)}, texts=Texts({"en": {}}))
        for name in names
    )
    return CommandList(tuple(specs))


# --- what is on it -----------------------------------------------------------------------------


def test_it_has_what_is_offered_in_the_operators_order() -> None:
    commands = CommandList.offering(["model", "help"], COMMANDS)
    assert [tile.command for tile in menu(commands, "en").tiles] == ["model", "help"]


def test_it_has_nothing_for_admins_and_nothing_for_groups_in_which_it_is_not_shown() -> None:
    for_others = {spec.id for spec in COMMANDS.values() if spec.admins or spec.groups}
    assert "usage_all" in for_others
    on_it = {tile.command for tile in menu(OFFERED, "en").tiles}
    assert on_it == COMMANDS.keys() - for_others


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("private", [True, False])
def test_every_tile_is_reachable_by_text_as_it_is_read(language: str, private: bool) -> None:
    for tile in menu(OFFERED, language).tiles:
        for text in (tile.text, f"/{tile.title}"):
            assert OFFERED.find(text, private=private) == Given(tile.command)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_on_it_is_in_its_language(language: str) -> None:
    names = {name for spec in COMMANDS.values() for name in spec.names[language]}
    shown, english = menu(OFFERED, language), menu(OFFERED, "en")
    assert {tile.name for tile in shown.tiles} <= names
    said, others = ({it.bar, *(tile.line for tile in it.tiles)} for it in (shown, english))
    assert language == "en" or (said & others) <= {""}


def test_of_more_than_fit_it_has_the_first_and_the_others_are_told() -> None:
    commands = made_up(MOST + 2)
    assert [tile.name for tile in menu(commands, "en").tiles] == [
        f"word {number}" for number in range(MOST)
    ]
    assert beside(commands) == [f"word {MOST}", f"word {MOST + 1}"]
    assert beside(made_up(MOST)) == []


def test_a_new_command_needs_no_words_and_no_icon_of_its_own() -> None:
    (tile,) = menu(made_up(1), "ja").tiles
    assert (tile.title, tile.line, tile.text) == ("Word 0", "", "/word 0")
    assert icon(tile.command) == icon("other")


def test_words_are_of_commands_that_there_are_and_in_every_language() -> None:
    words = table("words.toml")
    assert words["lines"].keys() | words["names"].keys() <= COMMANDS.keys()
    for texts in (words["bar"], *words["lines"].values()):
        assert texts.keys() == {*LANGUAGES}
    for command, names in words["names"].items():
        assert all(name in COMMANDS[command].names[language] for language, name in names.items())


# --- where it is -------------------------------------------------------------------------------


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.right and other.x < one.right
    return across and one.y < other.bottom and other.y < one.bottom


@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_what_is_tapped_covers_the_picture_once(count: int) -> None:
    laid = layout(count)
    areas = [place.area for place in laid.places]
    assert len(areas) == count
    assert sum(area.width * area.height for area in areas) == WIDTH * laid.height
    assert not any(overlap(one, other) for one in areas for other in areas if one is not other)
    assert max(area.right for area in areas) == WIDTH
    assert max(area.bottom for area in areas) == laid.height


@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_cards_lie_in_their_areas_and_those_of_a_row_are_alike(count: int) -> None:
    laid = layout(count)
    for place in laid.places:
        card, area = place.card, place.area
        assert area.x < card.x < card.right < area.right
        assert area.y < card.y < card.bottom < area.bottom
    heights = {place.card.height for place in laid.places}
    assert max(heights) - min(heights) <= 1


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (1, [1]),
        (3, [3]),
        (4, [2, 2]),
        (5, [2, 3]),
        (6, [3, 3]),
        (7, [2, 2, 3]),
        (9, [3, 3, 3]),
        (10, [3, 3, 4]),
        (12, [4, 4, 4]),
        (13, [3, 3, 3, 4]),
        (16, [4, 4, 4, 4]),
    ],
)
def test_rows_are_even_and_the_first_ones_wider(count: int, rows: list[int]) -> None:
    tops = [place.area.y for place in layout(count).places]
    assert [tops.count(top) for top in sorted({*tops})] == rows


@pytest.mark.parametrize("count", range(1, MOST + 1))
@pytest.mark.parametrize("language", LANGUAGES)
def test_line_takes_it(count: int, language: str) -> None:
    some = CommandList((*OFFERED.specs, *made_up(MOST).specs)[:count])
    drawn = Drawn.of(menu(some, language), pixels=b"", picture=b"")
    assert [*RICH_MENU.problems(drawn.body, ())] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bar_and_every_label_are_short(language: str) -> None:
    shown = menu(OFFERED, language)
    assert len(regex.findall(r"\X", shown.bar)) <= 14
    assert all(len(regex.findall(r"\X", tile.title)) <= 20 for tile in shown.tiles)


# --- how it is known again ---------------------------------------------------------------------


def test_its_name_tells_the_language_and_whether_anything_changed() -> None:
    names = {
        Drawn.of(menu(commands, language), pixels=pixels, picture=packed).name
        for commands in (made_up(2), made_up(3))
        for language in ("en", "th")
        for pixels in (b"one", b"other")
        for packed in (b"small", b"large")
    }
    assert len(names) == 8
    assert {name.rsplit(":", 1)[0] for name in names} == {"liao:en", "liao:th"}
    assert all(len(name) <= 300 for name in names)


# --- icons -------------------------------------------------------------------------------------


def test_icons_are_of_commands_that_there_are_and_keep_within_their_square() -> None:
    names = table("icons.toml").keys()
    assert names - COMMANDS.keys() == {"other"}
    for name in names:
        for points in icon(name):
            assert all(1.5 < x < UNITS - 1.5 and 1.5 < y < UNITS - 1.5 for x, y in points)


def test_strokes_are_gone_along_as_in_svg() -> None:
    assert stroke("M 1 2 H 5 V 6 L 7 8 Z") == [(1, 2), (5, 2), (5, 6), (7, 8), (1, 2)]
    curve = stroke("M 0 0 C 0 4 4 4 4 0")
    assert (curve[0], curve[-1], curve[12]) == ((0, 0), (4, 0), (2, 3))


@given(st.floats(2, 22), st.floats(2, 22), st.floats(1, 9))
def test_a_circle_is_round_and_closed(x: float, y: float, radius: float) -> None:
    points = stroke(f"O {x} {y} {radius}")
    assert points[0] == pytest.approx(points[-1])
    for left, top in points:
        assert (left - x) ** 2 + (top - y) ** 2 == pytest.approx(radius**2, rel=1e-6)


@pytest.mark.parametrize("path", ["M 1", "M 1 2 C 3 4 5 6", "M 1 2 Z 3"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is no step of a path"):
        stroke(path)

"""Pictures of menus: nothing sticks out or lies on another, and every word can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.adapters import shipped
from chalicelib.domain.commands import CommandList
from chalicelib.domain.languages import LANGUAGES
from ops.richmenu.arranging import Card, Words, cards
from ops.richmenu.drawing import CARD, GRAVE, INK, PAGE, SOFT, USUAL, draw, png
from ops.richmenu.fonts import SCRIPTS, face
from ops.richmenu.layout import MOST, WIDTH
from ops.richmenu.tiles import Menu, Tile, menu
from ops.trouble import Trouble
from tests.ops.menus import needs_fonts

pytestmark = needs_fonts

#: WCAG's AA for text of ordinary size, and for what is no text.
TEXT, ICON = 4.5, 3.0

OFFERED = CommandList.offering(("*",), shipped.commands())


def arranged(shown: Menu) -> list[Card]:
    bold, regular = (face(shown.language, shown.letters, bold=it) for it in (True, False))
    return cards(shown, bold=bold, regular=regular)


def some(language: str, count: int) -> Menu:
    """A menu of so many tiles, the first ones again where there are not enough."""
    whole = menu(OFFERED, language)
    tiles = [*whole.tiles] * MOST
    return Menu(language=language, bar=whole.bar, tiles=tuple(tiles[:count]))


# --- everything is in its place ----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_no_word_leaves_its_card_nor_lies_on_another_or_on_the_icon(
    language: str, count: int
) -> None:
    for card in arranged(some(language, count)):
        words = [it for it in (card.title, card.line) if it is not None]
        edge = card.ground.bottom
        for it in words:
            left, top, right, bottom = it.covers
            assert card.box.x + 25 <= left < right <= card.box.right - 25
            assert edge + 4 <= top < bottom <= card.box.bottom - 25
            edge = round(bottom)
        assert card.ground.y >= card.box.y + 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_words_are_written_smaller_all_alike(language: str) -> None:
    long = Tile(command="other", name="word " * 8, line="and more words " * 6)
    usual = menu(OFFERED, "en").tiles[0]
    found = arranged(Menu(language="en", bar="Menu", tiles=(usual, long, usual)))
    assert len({card.title.writing.font.size for card in found}) == 1
    for card in found:
        for it in (card.title, card.line):
            assert it is not None
            left, _, right, _ = it.covers
            assert card.box.x <= left < right <= card.box.right


def test_a_command_without_a_line_stands_in_the_middle() -> None:
    bare = Tile(command="other", name="word", line="")
    (card,) = arranged(Menu(language="en", bar="Menu", tiles=(bare,)))
    assert card.line is None
    above = card.ground.y - card.box.y
    below = card.box.bottom - card.title.covers[3]
    assert abs(above - below) < 40


def test_thai_marks_on_marks_are_whole() -> None:
    """The tone stands above the vowel: with both, a word goes higher than with either."""
    font = face("th", "ที่ท่ที", bold=True).at(100)
    tops = {word: font.getbbox(word, anchor="ls", language="th")[1] for word in ("ที", "ท่", "ที่")}
    assert tops["ที่"] < min(tops["ที"], tops["ท่"])
    (card, *_) = arranged(some("th", 3))
    higher = Words(text="ที่ปู่กู้", writing=card.title.writing, x=card.title.x, y=card.title.y)
    assert higher.covers[1] > card.ground.bottom
    assert card.line is not None
    assert higher.covers[3] < card.line.y


# --- it can be seen ----------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """WCAG's relative luminance of `#rrggbb`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("colour", "ground", "least"),
    [(INK, CARD, TEXT), (SOFT, CARD, TEXT), (*USUAL, ICON), (*GRAVE, ICON)],
)
def test_words_and_icons_stand_out_from_their_ground(
    colour: str, ground: str, least: float
) -> None:
    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_keeps_to_lines_rules(language: str) -> None:
    for count in (3, MOST):
        picture = draw(some(language, count))
        assert picture.width == WIDTH
        assert picture.width / picture.height >= 1.45
        raw = png(picture)
        assert raw.startswith(b"\x89PNG")
        assert len(raw) <= 1_000_000


def test_every_tile_is_drawn_with_its_icon_and_words() -> None:
    shown = menu(OFFERED, "zh-Hant")
    picture = draw(shown)
    colours = {colour for _, colour in picture.getcolors(1 << 24) or []}
    for named in (PAGE, CARD, INK, SOFT, *USUAL, *GRAVE):
        assert tuple(int(named[at : at + 2], 16) for at in (1, 3, 5)) in colours, named
    for card in arranged(shown):
        box, ground = card.box, card.ground
        inside = picture.crop((ground.x, ground.y, ground.right, ground.bottom))
        below = picture.crop((box.x, ground.bottom, box.right, box.bottom))
        assert len(inside.getcolors(1 << 20) or []) > 10
        assert len(below.getcolors(1 << 20) or []) > 10


def test_it_is_drawn_the_same_again() -> None:
    assert draw(menu(OFFERED, "th")).tobytes() == draw(menu(OFFERED, "th")).tobytes()


# --- fonts -------------------------------------------------------------------------------------


def test_each_language_has_a_face_with_its_own_shapes() -> None:
    families = {it: face(it, menu(OFFERED, it).letters, bold=True).family for it in LANGUAGES}
    assert families["ja"] != families["zh-Hant"]
    assert all(face(it, "", bold=True).style != face(it, "", bold=False).style for it in LANGUAGES)


def test_a_font_that_is_named_comes_first_if_it_has_the_letters(tmp_path: Path) -> None:
    thai = face("th", "ช", bold=True)
    named = tmp_path / "named.ttf"
    named.write_bytes(thai.file.read_bytes())
    assert face("th", "ช่วย", bold=True, own=[named]).file == named
    assert face("zh-Hant", "說明", bold=True, own=[named]).file != named


def test_a_face_knows_which_letters_it_has() -> None:
    thai, chinese = face("th", "ช", bold=True), face("zh-Hant", "說", bold=True)
    assert thai.has("ช่วยเหลือ")
    assert chinese.has("說明 a")
    assert not thai.has("說")
    assert not chinese.has("說ช")


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_font_has_the_letters_it_says_what_to_install(language: str) -> None:
    with pytest.raises(Trouble, match=f"no font .* {SCRIPTS[language].name}") as caught:
        face(language, "a\U0010fff0", bold=True)
    assert f"apt install {SCRIPTS[language].package}" in caught.value.do
    assert "--font PATH" in caught.value.do


def test_a_file_that_is_no_font_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.ttf").write_text("no font", "utf-8")
    with pytest.raises(Trouble, match=r"notes\.ttf is no font"):
        face("en", "a", bold=True, own=[tmp_path / "notes.ttf"])

"""Tables as Flex messages: in columns or as cards, read on a phone, and taken by LINE."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.line.messages import to_line
from chalicelib.domain.cutting import clip, utf16_length
from chalicelib.domain.messages import Table
from tests.contract.kinds import check_by_file
from tests.flex import Json, bubbles, components, faint, inks, refused, texts, whole

TEAS = Table(
    header=("茶", "香氣", "價格"),
    rows=(("凍頂烏龍", "焙火", "NT$900"), ("金萱", "奶香，回甘，放涼也好喝", "NT$1,200")),
)
PHONES = Table(
    header=("型號", "螢幕", "重量", "價格"),
    rows=(("甲", "6.1 吋", "170 g", "NT$29,900"), ("乙", "6.3 吋", "198 g", "NT$26,990")),
)


def rows(said: Json) -> list[Json]:
    """The boxes that lay words side by side."""
    return [part for part in components(said) if part.get("layout") in ("horizontal", "baseline")]


def table(columns: int, count: int, cell: str, label: str = "欄位") -> Table:
    """As many columns and rows, each with the same words."""
    return Table(header=(label,) * columns, rows=((cell,) * columns,) * count)


# --- in columns --------------------------------------------------------------------------------


def test_up_to_three_columns_stand_side_by_side_in_one_bubble() -> None:
    said = to_line(TEAS)
    assert len(bubbles(said)) == 1
    assert [texts(row) for row in rows(said)] == [[*TEAS.header], *map(list, TEAS.rows)]


def test_the_header_is_bold_on_a_ground_of_its_own_and_a_line_stands_above_each_row() -> None:
    head, *others = bubbles(to_line(TEAS))[0]["body"]["contents"]
    assert all(cell["weight"] == "bold" for cell in head["contents"])
    assert head["backgroundColor"] != to_line(TEAS)["contents"]["styles"]["body"]["backgroundColor"]
    assert [part["type"] for part in others] == ["separator", "box"] * 2


def test_columns_are_as_wide_in_every_row_by_what_they_hold_and_none_takes_all() -> None:
    shares = {tuple(cell["flex"] for cell in row["contents"]) for row in rows(to_line(TEAS))}
    assert shares == {(8, 16, 8)}


def test_a_column_of_single_letters_is_not_a_strip() -> None:
    said = to_line(Table(header=("#", "b"), rows=(("1", "words"),)))
    assert [cell["flex"] for cell in rows(said)[0]["contents"]] == [4, 5]


def test_an_empty_cell_is_a_dash() -> None:
    said = to_line(Table(header=("", "b"), rows=((" ", "c"), ("d", ""))))
    assert texts(said["contents"]) == ["–", "b", "–", "c", "d", "–"]


def test_a_row_that_is_too_short_or_too_long_loses_nothing() -> None:
    said = to_line(Table(header=("a", "b"), rows=(("c",), ("d", "e", "f"))))
    assert texts(said["contents"]) == ["a", "b", "–", "c", "–", "–", "d", "e", "f"]


# --- as cards ----------------------------------------------------------------------------------


def test_a_wider_table_is_a_card_a_row_with_every_value_beside_its_label() -> None:
    first, second = bubbles(to_line(PHONES))
    assert [texts(row) for row in rows(first)] == [
        ["螢幕", "6.1 吋"],
        ["重量", "170 g"],
        ["價格", "NT$29,900"],
    ]
    assert texts(second)[:2] == ["型號", "乙"]


def test_a_first_column_without_a_label_has_only_its_title() -> None:
    said = to_line(Table(header=("", "b", "c", "d"), rows=(("1", "2", "3", "4"),)))
    assert texts(said["contents"]) == ["1", "b", "2", "c", "3", "d", "4"]


def test_one_card_stands_alone_and_thirteen_rows_share_seven() -> None:
    assert to_line(table(4, 1, "x"))["contents"]["type"] == "bubble"
    shared = bubbles(to_line(table(4, 13, "x")))
    assert [len(rows(card)) for card in shared] == [6] * 6 + [3]


def test_labels_take_no_more_room_than_they_need_nor_half_of_it() -> None:
    short, long = (to_line(table(4, 1, "x", label)) for label in ("價格", "價格" * 20))
    assert [cell["flex"] for cell in rows(short)[0]["contents"]] == [4, 24]
    assert [cell["flex"] for cell in rows(long)[0]["contents"]] == [12, 16]


# --- what both promise -------------------------------------------------------------------------


def test_the_alternative_is_the_table_a_line_a_row() -> None:
    said = to_line(Table(header=("", "香氣"), rows=(("金萱", "奶香"), ("包種", ""))))
    assert said["altText"] == "金萱, 香氣: 奶香\n包種, 香氣: –"


@pytest.mark.parametrize("shown", [TEAS, PHONES])
def test_words_grow_with_the_letters_a_person_has_set(shown: Table) -> None:
    said = [part for part in components(to_line(shown)) if part["type"] == "text"]
    assert said
    assert all(part["scaling"] is True and part["wrap"] is True for part in said)


@pytest.mark.parametrize("shown", [TEAS, PHONES])
def test_words_can_be_read_in_every_theme_for_every_ground_is_set(shown: Table) -> None:
    assert inks(to_line(shown))
    assert faint(to_line(shown)) == []


# --- LINE's limits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "count"), [(1, 30), (2, 30), (3, 30), (4, 30), (5, 24), (8, 15), (10, 12), (12, 10)]
)
def test_as_large_a_table_as_is_agreed_upon_is_a_flex_message(columns: int, count: int) -> None:
    cell = "字" * ((2_500 - 2 * columns) // (columns * count))
    said = to_line(table(columns, count, cell))
    assert said["type"] == "flex"
    assert refused(said) == []


def test_a_table_that_is_too_much_for_cards_is_text_with_a_label_before_each_value() -> None:
    assert to_line(table(13, 20, "值", "欄"))["text"] == "\n\n".join(
        ["\n".join(["欄: 值"] * 13)] * 20
    )


def test_labels_that_would_be_told_too_often_are_told_once() -> None:
    label = "很長的欄位名稱" * 14
    said = to_line(table(12, 10, "值", label))
    head, *others = said["text"].split("\n")
    assert head == " | ".join([label] * 12)
    assert others == [" | ".join(["值"] * 12)] * 10


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Table(header=(), rows=()), "–"),
        (Table(header=(), rows=((), ())), "–"),
        (Table(header=("a", "", "c"), rows=()), "a | – | c"),
    ],
)
def test_a_table_without_rows_is_its_header(shown: Table, text: str) -> None:
    assert to_line(shown) == {"type": "text", "text": text}


_signs = st.characters(codec=None) | st.sampled_from("字😀\u0301\n\t\u200d\ud800\udc00 ")


@st.composite
def _agreed(draw: st.DrawFn) -> Table:
    """A table within what is agreed upon with those who write it."""
    columns = draw(st.integers(1, 12))
    count = draw(st.integers(1, min(30, 120 // columns)))
    most = 2_500 // (columns * (count + 1))
    cells = st.text(_signs, max_size=most).map(lambda text: clip(text, units=most))
    row = st.lists(cells, min_size=columns, max_size=columns).map(tuple)
    return Table(header=draw(row), rows=tuple(draw(row) for _ in range(count)))


_cells = st.builds(lambda text, times: text * times, st.text(_signs), st.integers(0, 40))
_any_row = st.lists(_cells, max_size=16).map(tuple)
_any = st.builds(Table, header=_any_row, rows=st.lists(_any_row, max_size=40).map(tuple))


def check(said: Json) -> None:
    assert refused(said) == []
    check_by_file(said)
    if said["type"] == "flex":
        assert 1 <= utf16_length(said["altText"]) <= 1_500
        assert len(json.dumps(said["contents"])) <= 50 * 1_024
        assert all(len(json.dumps(bubble)) <= 30 * 1_024 for bubble in bubbles(said))
        assert faint(said) == []


@settings(deadline=None, max_examples=25)
@given(_any)
def test_line_takes_any_table(shown: Table) -> None:
    check(to_line(shown))


@settings(deadline=None, max_examples=25)
@given(_agreed())
def test_every_cell_of_a_table_as_agreed_upon_arrives(shown: Table) -> None:
    said = to_line(shown)
    check(said)
    cells = {whole(cell) for row in (shown.header, *shown.rows) for cell in row if cell.strip()}
    if said["type"] == "flex":
        assert cells <= {*texts(said["contents"])}
    else:
        assert all(cell in said["text"] for cell in cells)

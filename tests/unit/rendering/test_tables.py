"""Tables keep every cell, as bubbles of a limited size or as lines."""

from __future__ import annotations

import pytest

from chalicelib.domain.messages import Table, Text
from chalicelib.domain.rendering import render, tables
from tests.unit.rendering.dump import seen


def made(columns: int, rows: int, *, cell: str = "c") -> str:
    """A table in Markdown, whose cells all differ."""
    head = "|".join(f"h{column}" for column in range(columns))
    body = ["|".join(f"{cell}{row}x{column}" for column in range(columns)) for row in range(rows)]
    return "\n".join(f"|{line}|" for line in [head, "|".join(["-"] * columns), *body])


@pytest.mark.parametrize(
    ("markdown", "header", "rows"),
    [
        ("|a|b|\n|-|-|\n|c|d|", ("a", "b"), (("c", "d"),)),
        ("a | b\n--- | :-:\nc | d", ("a", "b"), (("c", "d"),)),
        ("| **a** | `b` |\n|:--|--:|\n| [c](https://c.tw) | *d* |", ("a", "b"),
         (("c (https://c.tw)", "d"),)),
        ("|a|b|\n|-|-|\n|c|", ("a", "b"), (("c", ""),)),
        ("|a|b|\n|-|-|\n|c|d|e|", ("a", "b", ""), (("c", "d", "e"),)),
        ("|a|b|\n|-|-|\n|c|d||", ("a", "b"), (("c", "d"),)),
        ("|a|b|\n|-|-|\n|c \\| d|e|", ("a", "b"), (("c | d", "e"),)),
        ("|a|b|\n|-|-|\n|`c || d`|e|", ("a", "b"), (("c || d", "e"),)),
        ("|a|b|\n|-|-|\n|$|x|$|e|", ("a", "b"), (("|x|", "e"),)),
        ("|a|b|\n|-|-|\n|c<br>d|e|", ("a", "b"), (("c\nd", "e"),)),
        ("||b|\n|-|-|\n|c|d|", ("", "b"), (("c", "d"),)),
        ("|a|b|\n|-|-|\n|c|d|\n| | |", ("a", "b"), (("c", "d"),)),
        ("|a|\n|-|\n|b|", ("a",), (("b",),)),
        ("> |a|b|\n> |-|-|\n> |c|d|", ("a", "b"), (("c", "d"),)),
        ("  |a|b|\n  |-|-|\n  |c|d|", ("a", "b"), (("c", "d"),)),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>c</td></tr></table>", ("a", "b"),
         (("c", ""),)),
    ],
)  # fmt: skip
def test_a_table_is_read_however_it_is_drawn(
    markdown: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> None:
    assert render(markdown) == (Table(header=header, rows=rows),)


def test_words_stand_around_a_table() -> None:
    messages = render("一\n|a|b|\n|-|-|\n|c|d|\n二")
    assert messages == (
        Text(text="一"),
        Table(header=("a", "b"), rows=(("c", "d"),)),
        Text(text="二"),
    )


@pytest.mark.parametrize("markdown", ["a | b\nc | d", "|a|b|\n|c|d|", "a\n---|", "|---|"])
def test_lines_with_pipes_alone_are_no_table(markdown: str) -> None:
    assert render(markdown) == (Text(text=markdown),)


def test_a_header_alone_is_a_line() -> None:
    assert render("|a|b|\n|-|-|") == (Text(text="a ｜ b"),)


@pytest.mark.parametrize(
    ("columns", "rows", "parts"), [(2, 30, 1), (2, 31, 2), (4, 29, 1), (4, 30, 2), (12, 9, 1)]
)
def test_a_long_table_is_divided_between_rows_with_its_header_on_each(
    columns: int, rows: int, parts: int
) -> None:
    found = render(made(columns, rows))
    assert len(found) == parts
    assert {part.header for part in found if isinstance(part, Table)} == {
        tuple(f"h{column}" for column in range(columns))
    }
    told = [row for part in found if isinstance(part, Table) for row in part.rows]
    assert told == [tuple(f"c{row}x{column}" for column in range(columns)) for row in range(rows)]


@pytest.mark.parametrize(("columns", "rows", "cell"), [(13, 2, "c"), (2, 2, "字" * 1_300)])
def test_a_table_too_wide_for_a_bubble_is_told_in_lines(columns: int, rows: int, cell: str) -> None:
    found = render(made(columns, rows, cell=cell))
    assert all(isinstance(message, Text) for message in found)
    text = seen(found).replace("\n", "")
    for row in range(rows):
        for column in range(columns):
            assert f"h{column}: {cell}{row}x{column}" in text


def test_a_table_is_told_as_label_and_value_with_a_line_between_rows() -> None:
    header, rows = ("品名", "Price:", "", "備註"), (("茶", "$3", "熱", ""), ("水", "", "", "免費"))
    assert tables.told(header, rows) == (
        "品名：茶\nPrice: $3\n熱\n\n品名：水\n備註：免費"
    )  # fmt: skip


def test_a_label_whose_column_is_empty_is_told_all_the_same() -> None:
    assert tables.told(("a", "b"), (("1", ""),)) == "a: 1\nb:"

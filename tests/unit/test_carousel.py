"""Choices side by side: what one carousel shows, and where the rest begins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.carousel import MOST, dealt


def test_twelve_fit_and_of_thirteen_eleven_are_shown_beside_the_way_to_the_rest() -> None:
    assert dealt(range(12)) == (range(12), None)
    assert dealt(range(13)) == (range(11), 11)
    assert dealt(range(13), start=11) == (range(11, 13), None)


def test_of_nothing_nothing_is_shown() -> None:
    assert dealt([]) == ([], None)
    assert dealt([1, 2], start=5) == ([], None)


@given(st.integers(0, 100))
def test_page_after_page_everything_is_shown_once_and_never_too_much(count: int) -> None:
    seen: list[int] = []
    start: int | None = 0
    while start is not None:
        shown, start = dealt(range(count), start=start)
        assert len(shown) + (start is not None) <= MOST
        seen += shown
    assert seen == [*range(count)]

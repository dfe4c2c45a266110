"""How answers share the five messages of a reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import spoken
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.messages import (
    Answer,
    Buttons,
    Card,
    Cards,
    Code,
    Message,
    Say,
    Table,
    Text,
)
from chalicelib.domain.pages import ANSWERS, PAGE, ROOM, Page, lay_out, under_heading, with_line
from chalicelib.domain.turns import State, Turn

AMY = Chat(ChatKind.USER, "Uamy")


def answered(name: str, count: int) -> Turn:
    """A turn whose answer has so many messages: a1, a2, …"""
    return said(name, *(Text(text=f"{name}{number}") for number in range(1, count + 1)))


def carded(name: str, count: int = 1) -> Turn:
    """A turn whose answer is cards, and texts behind them: a1, a2, …"""
    cards = Cards(text=f"{name}1", cards=(Card(title=name),))
    return said(name, cards, *(Text(text=f"{name}{number}") for number in range(2, count + 1)))


def said(name: str, *messages: Message) -> Turn:
    return Turn(
        id=name,
        chat=AMY,
        state=State.ANSWERED,
        attempts=1,
        arrivals=(),
        answer=Answer(messages=tuple(messages)),
    )


def shown(pages: Sequence[Page]) -> list[str]:
    """What a reply says, a word a message."""
    return [spoken.said(message) for page in pages for message in page.messages]


def following(pages: Sequence[Page]) -> list[int | None]:
    return [page.following for page in pages]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_short_answer_is_shown_whole(count: int) -> None:
    (page,) = lay_out([answered("a", count)])
    assert len(page.messages) == count
    assert page.following is None
    assert page.left == 0


def test_a_long_answer_shows_three_messages_and_tells_how_many_are_left() -> None:
    (page,) = lay_out([answered("a", 8)])
    assert shown([page]) == ["a1", "a2", "a3"]
    assert page.following == 3
    assert page.left == 5


def test_the_next_part_begins_where_the_last_one_ended() -> None:
    (page,) = lay_out([answered("a", 8)], offset=3)
    assert shown([page]) == ["a4", "a5", "a6"]
    assert (page.following, page.left) == (6, 2)
    (page,) = lay_out([answered("a", 8)], offset=6)
    assert shown([page]) == ["a7", "a8"]
    assert (page.following, page.left) == (None, 0)


def test_answers_that_waited_come_first_and_the_newest_gets_the_most_room() -> None:
    pages = lay_out([answered("a", 3), answered("b", 3)])
    assert shown(pages) == ["a1", "b1", "b2", "b3"]
    assert following(pages) == [1, None]


def test_what_fits_exactly_needs_no_button_and_fills_the_room() -> None:
    pages = lay_out([answered("a", 2), answered("b", 3)])
    assert shown(pages) == ["a1", "a2", "b1", "b2", "b3"]
    assert following(pages) == [None, None]


def test_room_that_the_newest_does_not_need_goes_to_the_one_before_it() -> None:
    pages = lay_out([answered("a", 3), answered("b", 1)])
    assert shown(pages) == ["a1", "a2", "a3", "b1"]
    assert following(pages) == [None, None]


def test_four_answers_show_at_least_one_message_each() -> None:
    pages = lay_out([answered(name, 5) for name in "abcd"])
    assert shown(pages) == ["a1", "b1", "c1", "d1"]
    assert following(pages) == [1, 1, 1, 1]


def test_four_short_answers_fit_together() -> None:
    assert shown(lay_out([answered(name, 1) for name in "abcd"])) == ["a1", "b1", "c1", "d1"]


def test_a_promised_message_beside_the_answers_takes_one_place() -> None:
    pages = lay_out([answered("a", 2), answered("b", 3)], extra=True)
    assert shown(pages) == ["a1", "b1", "b2", "b3"]
    assert following(pages) == [1, None]


def test_words_and_the_code_among_them_go_together_as_far_as_one_reply_holds() -> None:
    mixed = (Text(text="a1"), Code(text="ls"), Text(text="a3"), Code(text="cd"), Text(text="a5"))
    (page,) = lay_out([said("a", *mixed)])
    assert page.messages == mixed
    (page,) = lay_out([said("a", *mixed, Text(text="a6"))])
    assert (len(page.messages), page.following) == (PAGE, PAGE)


LINE = Text(text="隱私")
CODE, TABLE = Code(text="ls"), Table(header=("a",), rows=(("b",),))
ASKED = Buttons(text="再試", buttons=())


@pytest.mark.parametrize(
    ("messages", "with_it"),
    [
        ((Text(text="嗨"),), (Text(text="嗨\n\n隱私"),)),
        ((Text(text="嗨"), ASKED), (Text(text="嗨\n\n隱私"), ASKED)),
        ((Text(text="嗨"), CODE), (Text(text="嗨"), CODE, LINE)),
        ((CODE, Text(text="好"), TABLE), (CODE, Text(text="好"), TABLE, LINE)),
        ((CODE, Text(text="好")), (CODE, Text(text="好\n\n隱私"))),
        ((ASKED,), (LINE, ASKED)),
        ((CODE,) * 5, (LINE, *(CODE,) * 5)),
        (
            tuple(Text(text=letter) for letter in "abcd"),
            (Text(text="a"), Text(text="b"), Text(text="c\n\n隱私"), Text(text="d")),
        ),
    ],
)
def test_a_line_stands_below_the_last_words_that_show_at_once(
    messages: tuple[Message, ...], with_it: tuple[Message, ...]
) -> None:
    assert with_line(messages, "隱私") == with_it


def test_a_turn_without_an_answer_shows_nothing_and_has_nothing_left() -> None:
    silent = Turn(id="a", chat=AMY, state=State.SENT, attempts=1, arrivals=())
    (page,) = lay_out([silent])
    assert page.messages == ()
    assert page.left == 0


def test_a_heading_stands_above_the_words_and_keeps_what_hangs_on_them() -> None:
    says = (Say("好", "好"),)
    plain, tapped = Text(text="42", suggestions=says), Buttons(text="請再試一次", buttons=says)
    pages = lay_out([said("a", plain), said("b", tapped)])
    assert [under_heading(page, "剛才：") for page in pages] == [
        (Text(text="剛才：\n42", suggestions=says),),
        (Buttons(text="剛才：\n請再試一次", buttons=says),),
    ]


def test_a_page_under_a_heading_begins_with_it() -> None:
    (page, _) = lay_out([answered("a", 2), answered("b", 1)])
    assert under_heading(page, "剛才：") == (Text(text="剛才：\na1"), Text(text="a2"))


def test_a_heading_above_cards_is_a_message_of_its_own() -> None:
    first, second = lay_out([carded("a"), answered("b", 3)])
    assert under_heading(first, "剛才：") == (Text(text="剛才："), *first.messages)
    assert shown([second]) == ["b1", "b2", "b3"]


def test_a_heading_above_cards_takes_its_place_from_no_message() -> None:
    pages = lay_out([answered("a", 2), carded("b", 3)])
    assert shown(pages) == ["a1", "a2", "b1", "b2", "b3"]
    assert [page.spare for page in pages] == [False, False]
    pages = lay_out([carded("a"), carded("b", 2), answered("c", 1)])
    assert shown(pages) == ["a1", "b1", "b2", "c1"]
    assert [page.spare for page in pages] == [True, False, False]


def test_where_there_is_no_room_cards_have_no_heading() -> None:
    pages = lay_out([carded(name, 2) for name in "abcd"])
    assert [page.spare for page in pages] == [False] * 4
    assert under_heading(pages[0], "剛才：") == pages[0].messages


def test_cards_alone_need_no_place_for_a_heading() -> None:
    (page,) = lay_out([carded("a", 3)])
    assert shown([page]) == ["a1", "a2", "a3"]
    assert not page.spare


def test_a_heading_above_code_or_a_table_is_a_message_of_its_own() -> None:
    code, table = Code(text="ls"), Table(header=("a",), rows=(("b",),))
    pages = lay_out([said("a", code), said("b", table)])
    assert [under_heading(page, "剛才：") for page in pages] == [
        (Text(text="剛才："), code),
        (Text(text="剛才："), table),
    ]


def test_what_shows_nothing_has_no_heading() -> None:
    silent = Turn(id="a", chat=AMY, state=State.SENT, attempts=1, arrivals=())
    (page,) = lay_out([silent])
    assert under_heading(page, "剛才：") == ()


_turns = st.lists(
    st.tuples(st.sampled_from([answered, carded]), st.integers(min_value=1, max_value=12)),
    min_size=1,
    max_size=ANSWERS,
)


@given(_turns, st.booleans())
def test_no_headings_make_a_reply_of_more_than_five(
    kinds: list[tuple[Callable[[str, int], Turn], int]], extra: bool
) -> None:
    turns = [make(str(i), count) for i, (make, count) in enumerate(kinds)]
    pages = lay_out(turns, extra=extra)
    headings = len(pages) > 1
    said = [under_heading(page, "?") if headings else page.messages for page in pages]
    has_button = any(page.following is not None for page in pages)
    assert sum(map(len, said)) + (has_button or extra) <= ROOM
    assert all(said)


_lengths = st.lists(st.integers(min_value=1, max_value=12), min_size=1, max_size=ANSWERS)


@given(_lengths, st.booleans())
def test_a_reply_never_holds_more_than_five_messages(lengths: list[int], extra: bool) -> None:
    pages = lay_out([answered(str(i), n) for i, n in enumerate(lengths)], extra=extra)
    has_button = any(page.following is not None for page in pages)
    assert len(shown(pages)) + (has_button or extra) <= ROOM


@given(_lengths, st.booleans())
def test_every_answer_shows_something_in_its_order(lengths: list[int], extra: bool) -> None:
    turns = [answered(str(i), n) for i, n in enumerate(lengths)]
    pages = lay_out(turns, extra=extra)
    assert [page.turn for page in pages] == turns
    for page in pages:
        assert 1 <= len(page.messages) <= PAGE
        assert page.turn.answer is not None
        assert page.messages == page.turn.answer.messages[: len(page.messages)]
        assert len(page.messages) + page.left == len(page.turn.answer.messages)


@given(_lengths, st.booleans())
def test_nothing_is_lost_when_every_button_is_followed(lengths: list[int], extra: bool) -> None:
    for page in lay_out([answered(str(i), n) for i, n in enumerate(lengths)], extra=extra):
        seen: list[Message] = list(page.messages)
        while page.following is not None:
            (page,) = lay_out([page.turn], offset=page.following)
            seen += page.messages
        assert page.turn.answer is not None
        assert tuple(seen) == page.turn.answer.messages

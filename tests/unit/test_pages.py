"""How answers share the five messages of a reply."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.messages import Answer, Buttons, Message, Say, Text
from chalicelib.domain.pages import ANSWERS, PAGE, ROOM, Page, headed, lay_out
from chalicelib.domain.turns import State, Turn

AMY = Chat(ChatKind.USER, "Uamy")


def answered(name: str, count: int) -> Turn:
    """A turn whose answer has so many messages: a1, a2, …"""
    messages = tuple(Text(text=f"{name}{number}") for number in range(1, count + 1))
    return Turn(
        id=name,
        chat=AMY,
        state=State.ANSWERED,
        attempts=1,
        arrivals=(),
        answer=Answer(messages=messages),
    )


def shown(pages: Sequence[Page]) -> list[str]:
    """What a reply says, a word a message."""
    return [message.text for page in pages for message in page.messages]


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


def test_a_turn_without_an_answer_shows_nothing_and_has_nothing_left() -> None:
    silent = Turn(id="a", chat=AMY, state=State.SENT, attempts=1, arrivals=())
    (page,) = lay_out([silent])
    assert page.messages == ()
    assert page.left == 0


def test_a_heading_stands_above_the_words_and_keeps_what_hangs_on_them() -> None:
    says = (Say("好", "好"),)
    assert headed(Text(text="42", suggestions=says), "你剛才問「？」：") == Text(
        text="你剛才問「？」：\n42", suggestions=says
    )
    assert headed(Buttons(text="請再試一次", buttons=says), "剛才的回答：") == Buttons(
        text="剛才的回答：\n請再試一次", buttons=says
    )


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

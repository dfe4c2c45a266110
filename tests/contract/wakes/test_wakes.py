"""What every queue promises: whoever is woken is worked for, one at a time, chats side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import Lane
from tests.contract.wakes.backends import QUEUES, Post

AMY = Chat(ChatKind.USER, "U206d25c2ea6bd87c17655609a1c37cb8")
BEN = Chat(ChatKind.USER, "U0047556f2e40dba2456887320ba7c76d")
GROUP = Chat(ChatKind.GROUP, "Ca56f94637c13414bb52ca25e9e5e2a9e")


@pytest.fixture(params=sorted(QUEUES))
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    with ExitStack() as cleanup:
        yield QUEUES[request.param](cleanup)


def worked_off(post: Post, lane: Lane = Lane.TURNS) -> list[Chat]:
    """One worker takes wake after wake until none is left; the chats in order."""
    found = []
    while (taken := post.take(lane)) is not None:
        found.append(taken.chat)
        taken.done()
    return found


@pytest.mark.parametrize("chat", [AMY, GROUP, Chat(ChatKind.ROOM, "R1")])
@pytest.mark.parametrize("lane", Lane)
def test_a_wake_reaches_a_worker_with_its_chat_and_lane(post: Post, chat: Chat, lane: Lane) -> None:
    post.queue.wake(chat, lane, once="event-1")
    taken = post.take(lane)
    assert taken
    assert (taken.chat, taken.lane) == (chat, lane)
    taken.done()
    assert post.take(lane) is None


def test_nobody_is_woken_for_nothing(post: Post) -> None:
    assert [post.take(lane) for lane in Lane] == [None, None]


def test_one_wake_too_many_is_harmless(post: Post) -> None:
    for once in ("event-1", "event-1", "event-2", None, None):
        post.queue.wake(AMY, Lane.TURNS, once=once)
    found = worked_off(post)
    assert 1 <= len(found) <= 4
    assert set(found) == {AMY}
    assert post.take(Lane.TURNS) is None


def test_wakes_of_one_chat_come_one_at_a_time(post: Post) -> None:
    for number in range(3):
        post.queue.wake(AMY, Lane.TURNS, once=f"event-{number}")
    taken = post.take(Lane.TURNS)
    assert taken
    assert post.take(Lane.TURNS) is None
    taken.done()


def test_chats_go_side_by_side_in_the_order_they_were_woken(post: Post) -> None:
    for chat in (AMY, BEN, GROUP):
        post.queue.wake(chat, Lane.TURNS)
    taken = [post.take(Lane.TURNS) for _ in range(4)]
    assert [each.chat if each else None for each in taken] == [AMY, BEN, GROUP, None]


def test_a_tap_is_handed_out_while_a_turn_of_its_chat_is_at_work(post: Post) -> None:
    post.queue.wake(AMY, Lane.TURNS)
    turn = post.take(Lane.TURNS)
    assert turn
    post.queue.wake(AMY, Lane.TAPS)
    tap = post.take(Lane.TAPS)
    assert tap
    assert (tap.chat, tap.lane) == (AMY, Lane.TAPS)


def test_a_turn_and_a_tap_of_one_event_are_two_wakes(post: Post) -> None:
    for lane in Lane:
        post.queue.wake(AMY, lane, once="event-1")
    assert [worked_off(post, lane) for lane in Lane] == [[AMY], [AMY]]


def test_a_wake_that_comes_while_its_chat_is_at_work_is_not_lost(post: Post) -> None:
    post.queue.wake(AMY, Lane.TURNS, once="event-1")
    taken = post.take(Lane.TURNS)
    assert taken
    post.queue.wake(AMY, Lane.TURNS, once="event-2")
    taken.done()
    assert worked_off(post) == [AMY]


def test_a_chat_can_be_woken_again_and_again_by_a_sweep(post: Post) -> None:
    for _ in range(3):
        post.queue.wake(AMY, Lane.TURNS)
        assert worked_off(post) == [AMY]


def test_threads_wake_without_losing_anybody(post: Post) -> None:
    chats = [Chat(ChatKind.USER, f"U{number}") for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(post.queue.wake, chat, Lane.TURNS) for chat in chats]:
            done.result(5)
    assert sorted(chat.id for chat in worked_off(post)) == sorted(chat.id for chat in chats)

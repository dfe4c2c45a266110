"""The laptop's queue: who is woken is worked for, once, whatever breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.adapters.queue.local import LocalQueue, Workers
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import Lane
from tests.fakes import FakeTelemetry

AMY = Chat(ChatKind.USER, "Uamy")
BEN = Chat(ChatKind.USER, "Uben")
PATIENCE = 5


def test_a_chat_that_was_woken_is_given_out() -> None:
    queue = LocalQueue()
    queue.wake(AMY, Lane.TURNS)
    queue.wake(BEN, Lane.TURNS)
    assert [queue.next(Lane.TURNS), queue.next(Lane.TURNS)] == [AMY, BEN]


def test_a_chat_that_was_woken_twice_is_given_out_once() -> None:
    queue = LocalQueue()
    queue.wake(AMY, Lane.TURNS)
    queue.wake(AMY, Lane.TURNS)
    queue.stop(Lane.TURNS, 1)
    assert [queue.next(Lane.TURNS), queue.next(Lane.TURNS)] == [AMY, None]


def test_a_chat_can_be_woken_again_once_it_was_given_out() -> None:
    queue = LocalQueue()
    queue.wake(AMY, Lane.TURNS)
    assert queue.next(Lane.TURNS) == AMY
    queue.wake(AMY, Lane.TURNS)
    queue.stop(Lane.TURNS, 1)
    assert queue.next(Lane.TURNS) == AMY


def test_a_lane_is_pressed_while_somebody_waits_in_it() -> None:
    queue = LocalQueue()
    assert not queue.is_pressed(Lane.TURNS)
    queue.wake(AMY, Lane.TURNS)
    assert queue.is_pressed(Lane.TURNS)
    assert not queue.is_pressed(Lane.TAPS)
    queue.next(Lane.TURNS)
    assert not queue.is_pressed(Lane.TURNS)


def test_a_chats_taps_do_not_wait_for_its_turns() -> None:
    queue = LocalQueue()
    queue.wake(AMY, Lane.TURNS)
    queue.wake(AMY, Lane.TAPS)
    assert queue.next(Lane.TAPS) == AMY
    assert queue.next(Lane.TURNS) == AMY


def test_what_was_queued_before_the_stop_is_still_given_out() -> None:
    queue = LocalQueue()
    queue.wake(AMY, Lane.TURNS)
    queue.stop(Lane.TURNS, 2)
    given = [queue.next(Lane.TURNS) for _ in range(3)]
    assert given == [AMY, None, None]


@dataclass(slots=True, kw_only=True)
class Shop:
    """Workers, and what they did."""

    queue: LocalQueue = field(default_factory=LocalQueue)
    telemetry: FakeTelemetry = field(default_factory=FakeTelemetry)
    worked: list[tuple[Lane, Chat]] = field(default_factory=list)
    tapped: threading.Event = field(default_factory=threading.Event)
    sweeps: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    before: Callable[[Chat], object] = lambda _: None
    sweep: Callable[[], None] = lambda: None
    warm_up: Callable[[], None] = lambda: None
    workers: Workers = field(init=False)

    def __post_init__(self) -> None:
        self.workers = Workers(
            queue=self.queue,
            work={Lane.TURNS: self._turns, Lane.TAPS: self._taps},
            size={Lane.TURNS: 2, Lane.TAPS: 1},
            sweep=self._swept,
            warm_up=lambda: self.warm_up(),
            telemetry=self.telemetry,
            sweep_seconds=0.01,
        )

    def _turns(self, chat: Chat) -> None:
        self.before(chat)
        self.worked.append((Lane.TURNS, chat))

    def _taps(self, chat: Chat) -> None:
        self.worked.append((Lane.TAPS, chat))
        self.tapped.set()

    def _swept(self) -> None:
        self.sweeps.release()
        self.sweep()


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    if not made.workers.done.is_set():
        made.workers.stop()
    assert not any(thread.is_alive() for thread in made.workers.threads)


def breaks(*_: object) -> None:
    raise ZeroDivisionError


def test_workers_finish_what_is_queued_before_they_stop(shop: Shop) -> None:
    shop.workers.start()
    for lane in Lane:
        for chat in (AMY, BEN):
            shop.queue.wake(chat, lane)
    shop.workers.stop()
    assert len(shop.worked) == 4
    assert set(shop.worked) == {(lane, chat) for lane in Lane for chat in (AMY, BEN)}


def test_different_chats_are_worked_for_side_by_side(shop: Shop) -> None:
    both = threading.Barrier(2, timeout=PATIENCE)
    shop.before = lambda _: both.wait()
    shop.workers.start()
    shop.queue.wake(AMY, Lane.TURNS)
    shop.queue.wake(BEN, Lane.TURNS)
    shop.workers.stop()
    assert len(shop.worked) == 2
    assert not shop.telemetry.facts


def test_a_tap_is_worked_for_while_every_turn_is_busy(shop: Shop) -> None:
    free = threading.Event()
    shop.before = lambda _: free.wait(PATIENCE)
    shop.workers.start()
    for chat in (AMY, BEN):
        shop.queue.wake(chat, Lane.TURNS)
    shop.queue.wake(AMY, Lane.TAPS)
    assert shop.tapped.wait(PATIENCE)
    assert shop.worked == [(Lane.TAPS, AMY)]
    free.set()


def test_a_worker_survives_what_breaks_and_tells_it(shop: Shop) -> None:
    shop.workers.start()
    unlucky = [replace(AMY, id=f"U{number}") for number in range(5)]
    shop.before = lambda chat: breaks() if chat in unlucky else None
    for chat in (*unlucky, BEN):
        shop.queue.wake(chat, Lane.TURNS)
    shop.workers.stop()
    assert shop.worked == [(Lane.TURNS, BEN)]
    troubles = shop.telemetry.named("worker_stumbled")
    assert [type(trouble["error"]) for trouble in troubles] == [ZeroDivisionError] * 5


def test_the_sweep_begins_at_once_and_goes_on_though_it_breaks(shop: Shop) -> None:
    shop.sweep = breaks
    shop.workers.start()
    for _ in range(3):
        assert shop.sweeps.acquire(timeout=PATIENCE)
    shop.workers.stop()
    assert len(shop.telemetry.named("worker_stumbled")) >= 3


def test_a_warm_up_that_breaks_keeps_nobody_from_work(shop: Shop) -> None:
    shop.warm_up = breaks
    shop.workers.start()
    shop.queue.wake(AMY, Lane.TURNS)
    shop.workers.stop()
    assert shop.worked == [(Lane.TURNS, AMY)]


def test_all_threads_end_with_the_stop(shop: Shop) -> None:
    shop.workers.start()
    names = {thread.name for thread in shop.workers.threads}
    assert names == {"warm-up", "sweep", "turns-0", "turns-1", "taps-0"}
    shop.workers.stop()
    assert not any(thread.is_alive() for thread in shop.workers.threads)

"""The laptop's queue: in memory, since the inbox beside it is the durable truth.

A process that dies loses its wakes and nothing else: the next one asks the inbox at its start
which chats have work. Turns and taps have threads of their own, so a tap waits for no turn.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.ports import Telemetry

#: What a worker does for a woken chat.
Work = Callable[[Chat], None]
_Wakes = queue.SimpleQueue[Chat | None]


@dataclass(frozen=True, slots=True)
class LocalQueue:
    """Wakes by lane. A chat that waits to be picked up is not queued twice."""

    wakes: Mapping[Lane, _Wakes] = field(
        default_factory=lambda: {lane: queue.SimpleQueue() for lane in Lane}
    )
    waiting: set[tuple[Chat, Lane]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wake(self, chat: Chat, lane: Lane, *, once: str | None = None) -> None:  # noqa: ARG002 - every wake of a waiting chat is one
        """Ask for a worker."""
        with self.lock:
            if (chat, lane) in self.waiting:
                return
            self.waiting.add((chat, lane))
        self.wakes[lane].put(chat)

    def is_pressed(self, lane: Lane) -> bool:
        """True where wakes wait for a free worker."""
        return not self.wakes[lane].empty()

    def next(self, lane: Lane) -> Chat | None:
        """Wait for the next chat of a lane; None tells the worker to stop."""
        chat = self.wakes[lane].get()
        if chat is not None:
            with self.lock:
                self.waiting.discard((chat, lane))
        return chat

    def stop(self, lane: Lane, workers: int) -> None:
        """Let that many workers of a lane stop after what is queued."""
        for _ in range(workers):
            self.wakes[lane].put(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Threads that work off the queue, and one that sweeps.

    size: threads by lane. warm_up: run once by the first worker, for slow imports. sweep: run
    every `sweep_seconds`.
    """

    queue: LocalQueue
    work: Mapping[Lane, Work]
    size: Mapping[Lane, int]
    sweep: Callable[[], None]
    warm_up: Callable[[], object]
    telemetry: Telemetry
    sweep_seconds: float = 5.0
    threads: list[threading.Thread] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start all threads; they end with the process."""
        self._thread("warm-up", partial(self._safely, self.warm_up))
        self._thread("sweep", self._sweep)
        for lane, count in self.size.items():
            for number in range(count):
                self._thread(f"{lane}-{number}", partial(self._work, lane))

    def stop(self) -> None:
        """Finish what is queued and under way, then stop."""
        self.done.set()
        for lane, count in self.size.items():
            self.queue.stop(lane, count)
        for thread in self.threads:
            thread.join()

    def _thread(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _work(self, lane: Lane) -> None:
        while (chat := self.queue.next(lane)) is not None:
            self._safely(partial(self.work[lane], chat))

    def _sweep(self) -> None:
        self._safely(self.sweep)
        while not self.done.wait(self.sweep_seconds):
            self._safely(self.sweep)

    def _safely(self, work: Callable[[], object]) -> None:
        """A worker thread outlives any defect: the sweep brings the chat back."""
        try:
            work()
        except Exception as exc:  # noqa: BLE001 - the thread's last resort; it is logged
            self.telemetry.trouble("worker_stumbled", exc)

"""What happened lately, for a test to ask and for a person to look at, and a feed of what happens.

Everything is bounded: a load test must not fill the memory.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

KEPT = 2_000
WAITING = 1_000
LONGEST = 4_000

Entry = dict[str, Any]


def shortened(value: Any, most: int = LONGEST) -> Any:
    """A JSON value whose strings hold at most so many characters: pictures come as text, too."""
    if isinstance(value, str):
        return value if len(value) <= most else f"{value[:most]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {key: shortened(part, most) for key, part in value.items()}
    if isinstance(value, list):
        return [shortened(part, most) for part in value]
    return value


def kept(raw: bytes, kind: str | None) -> Any:
    """What a journal keeps of an answer's body: JSON, or the kind and size of anything else.

    An answer of no kind has no body.
    """
    if kind == "application/json":
        return json.loads(raw)
    return {"type": kind, "bytes": len(raw)} if kind else None


@dataclass(slots=True)
class Journal:
    """The last entries of one kind, newest last, and how many there ever were."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0

    def add(self, entry: Entry) -> None:
        """Remember an entry; the oldest makes room."""
        self.count += 1
        entry["seq"] = self.count
        self.entries.append(entry)

    def clear(self) -> None:
        """Forget all entries. The count goes on: an entry that ends later is no other one."""
        self.entries.clear()


@dataclass(slots=True)
class Feed:
    """Tells every listener what happens, from the moment it listens.

    A listener that can't keep up is dropped; it comes back and asks for the whole state. A watcher
    is called at once and misses nothing, so it must be quick.
    """

    _listeners: set[asyncio.Queue[Entry | None]] = field(default_factory=set)
    _watchers: list[Callable[[Entry], None]] = field(default_factory=list)

    def tell(self, entry: Entry) -> None:
        """Tell all listeners; never waits."""
        for watcher in self._watchers:
            watcher(entry)
        for queue in tuple(self._listeners):
            if queue.full():
                self._listeners.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(entry)

    @contextmanager
    def watched(self, watcher: Callable[[Entry], None]) -> Iterator[None]:
        """Call a watcher with everything that happens until the block ends."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    def close(self) -> None:
        """End every listener's stream."""
        for queue in tuple(self._listeners):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    async def listen(self, *, pulse: float) -> AsyncIterator[Entry | None]:
        """Yield what happens; None after each `pulse` seconds in which nothing did."""
        queue: asyncio.Queue[Entry | None] = asyncio.Queue(WAITING)
        self._listeners.add(queue)
        try:
            while True:
                try:
                    entry = await asyncio.wait_for(queue.get(), pulse)
                except TimeoutError:
                    yield None
                    continue
                if entry is None:
                    return
                yield entry
        finally:
            self._listeners.discard(queue)

"""Not answering, as a fault: until the caller gives up, time is over, or somebody ends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request

NEVER = 600.0


@dataclass(slots=True)
class Silence:
    """Every request that is being kept waiting."""

    _kept: set[asyncio.Task[None]] = field(default_factory=set)

    async def keep(self, request: Request, seconds: float = NEVER) -> None:
        """Keep a request waiting; its body must have been read."""
        gone = asyncio.create_task(_until_gone(request))
        self._kept.add(gone)
        await asyncio.wait({gone}, timeout=seconds)
        gone.cancel()
        self._kept.discard(gone)

    def end(self) -> None:
        """Let everybody go."""
        for task in tuple(self._kept):
            task.cancel()


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

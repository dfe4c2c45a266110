"""Work under a lease: one worker a lane, and nothing left behind when it ends.

A wake that comes while a lane is owned is dropped, so its owner looks once more after it gave the
lease back: whatever came in just before is found then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import LEASE_SLACK, Lease
from chalicelib.ports import Clock, Inbox, Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Leasing:
    """Leases a chat's lane for a piece of work."""

    inbox: Inbox
    clock: Clock
    telemetry: Telemetry

    def work(self, chat: Chat, lane: Lane, do: Callable[[Lease], None], *, ends: datetime) -> bool:
        """Do the work as the lane's owner; `ends` is when the worker must be done.

        True if there is more to do now; False too where somebody else is the owner, or became it.
        """
        until = ends + LEASE_SLACK
        lease = self.inbox.lease(chat, lane, until=until, now=self.clock.now())
        if lease is None:
            return False
        try:
            do(lease)
        except LeaseLost as exc:
            self.telemetry.trouble("lease_lost", exc, chat=chat.key)
            return False
        finally:
            self.inbox.release(lease)
        return self.inbox.has_work(chat, lane)

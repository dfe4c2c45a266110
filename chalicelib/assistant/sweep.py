"""Makes good what was missed: wakes that were lost, tokens about to die, data past its time.

The queue only wakes; the inbox is the truth. So every few seconds each chat in which something
waits is woken again, and a token that no worker watches over is spent on a note in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.assistant.note import Notes
from chalicelib.domain.events import Lane
from chalicelib.ports import Clock, Forgetful, Inbox, Messenger, Queue, Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One round of looking after everything."""

    inbox: Inbox
    queue: Queue
    notes: Notes
    messenger: Messenger
    stores: Sequence[Forgetful]
    clock: Clock
    telemetry: Telemetry

    def __call__(self) -> None:
        """Wake every chat with work, and spend dying tokens on notes."""
        found = self.inbox.chats_with_work()
        for chat, lane in found:
            self.queue.wake(chat, lane)
        for chat, lane in found:
            if lane is Lane.TURNS:
                self.notes.spend_due(self.notes.behind(chat))
        if found:
            self.telemetry.fact("sweep_woke", chats=len(found))

    def purge(self) -> None:
        """Erase what has passed its promised time."""
        for store in self.stores:
            store.purge(now=self.clock.now())

    def count_pushes(self) -> None:
        """Tell how many pushes the month has left."""
        self.telemetry.fact("quota_checked", left=self.messenger.pushes_left())

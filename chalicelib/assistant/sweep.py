"""Makes good what was missed: wakes that were lost, tokens about to die, data past its time.

The queue only wakes; the inbox is the truth. So every few seconds each chat in which something
waits is woken again, and a token that no worker watches over is spent on a note in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.assistant.note import Notes
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.ports import ChatBook, Clock, Forgetful, Inbox, Ledger, Messenger, Queue, Telemetry

#: How often, in seconds, who stays looks again: well within the time that a note may wait.
_LOOK = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One round of looking after everything."""

    inbox: Inbox
    queue: Queue
    notes: Notes
    messenger: Messenger
    ledger: Ledger
    book: ChatBook
    stores: Sequence[Forgetful]
    clock: Clock
    telemetry: Telemetry

    def __call__(self) -> None:
        """Wake every chat with work, give back what the dead reserved, save dying tokens."""
        found = self.inbox.chats_with_work()
        for chat, lane in found:
            self.queue.wake(chat, lane)
        if healed := self.ledger.heal(now=self.clock.now()):
            self.telemetry.fact("reservations_healed", count=healed)
        for chat, lane in found:
            if lane is Lane.TURNS:
                self.notes.spend_due(self.notes.owed(chat))
        if found:
            self.telemetry.fact("sweep_woke", chats=len(found))

    def stay(self, *, until: datetime) -> None:
        """Stay with what is unfinished now: its token would die before a sweep that is far off.

        A worker that lives spends it first, and what gets finished is left; so this mostly ends
        within seconds. `until` is when to leave.
        """
        chats = [chat for chat, lane in self.inbox.chats_with_work() if lane is Lane.TURNS]
        while chats := [chat for chat in chats if self._owes(chat, until)]:
            self.clock.sleep(_LOOK)

    def _owes(self, chat: Chat, until: datetime) -> bool:
        """Spend what is due in a chat; True where more will be, in time."""
        owed = self.notes.owed(chat)
        self.notes.spend_due(owed)
        now = self.clock.now()
        return any(now < self.notes.deadline(arrival) < until for arrival in owed)

    def purge(self) -> None:
        """Erase what has passed its promised time, and everything of who left for good."""
        now = self.clock.now()
        for store in self.stores:
            store.purge(now=now)
        for chat in self.book.parted(now=now):
            for store in self.stores:
                store.forget_person(chat.id, keep_turn="")

    def count_pushes(self) -> None:
        """Tell how many pushes the month has left."""
        self.telemetry.fact("quota_checked", left=self.messenger.pushes_left())

"""The note that saves a late answer: "still thinking", with a button that fetches it for free.

A reply token dies a minute after its webhook. Shortly before, a token whose answer isn't there is
spent on a note; the tap on its button brings a fresh token. One atomic claim decides between the
answer and the note, so a token is never used for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.assistant.send import Send
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.taps import SHOW, Taps
from chalicelib.domain.bursts import groups
from chalicelib.domain.chat import Chat
from chalicelib.domain.commands import CommandList
from chalicelib.domain.messages import Buttons
from chalicelib.domain.turns import Arrival, State, deadline
from chalicelib.ports import Clock, Inbox, Outbox, Telemetry

#: A turn in one of these has not used its token.
_UNSAID = {State.WORKING, State.ANSWERED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Spends tokens on notes when they are about to die."""

    inbox: Inbox
    outbox: Outbox
    send: Send
    taps: Taps
    speaking: Speaking
    commands: CommandList
    clock: Clock
    telemetry: Telemetry
    deadline_private: timedelta
    deadline_group: timedelta

    def deadline(self, arrival: Arrival) -> datetime:
        """When this arrival's token is spent on a note, if no answer is there."""
        private = arrival.event.chat.is_private
        return deadline(arrival, after=self.deadline_private if private else self.deadline_group)

    def behind(self, chat: Chat) -> tuple[Arrival, ...]:
        """For every turn that waits in the chat, the arrival whose token would answer it."""
        waiting = groups(self.inbox.waiting(chat), is_command=self.commands.gives)
        return tuple(group[-1] for group in waiting)

    def owed(self, chat: Chat) -> tuple[Arrival, ...]:
        """Every arrival of the chat whose token may still be spent on a note.

        What waits, and what a worker has begun and may have died over.
        """
        begun = [turn for turn in self.inbox.unfinished(chat) if turn.state in _UNSAID]
        return (*(turn.latest for turn in begun if turn.arrivals), *self.behind(chat))

    def spend_due(self, arrivals: Sequence[Arrival]) -> None:
        """Send a note by each token that is due and not claimed yet."""
        for arrival in arrivals:
            if self.deadline(arrival) <= self.clock.now() < arrival.token_ends:
                self._send(arrival)

    def is_unsaid(self, arrival: Arrival) -> bool:
        """Tell whether the message was taken back, so that nothing is said about it any more."""
        return self.outbox.is_withdrawn(arrival.event.chat, arrival.event.id)

    def _send(self, arrival: Arrival) -> None:
        event = arrival.event
        if event.token is None or self.is_unsaid(arrival):
            return
        if not self.outbox.claim_note(event.token, now=self.clock.now()):
            return
        voice = self.speaking.voice(event.chat)
        button = self.taps.make(
            voice("late_button"), chat=event.chat, action=SHOW, subject=event.id
        )
        note = Buttons(text=voice("late_note"), buttons=(button,))
        result = self.send.reply(
            event.token,
            [note],
            until=arrival.token_ends,
            still=lambda: not self.is_unsaid(arrival),
        )
        self.telemetry.fact(
            f"note_{result.outcome.name.lower()}", event=event.id, chat=event.chat.key
        )

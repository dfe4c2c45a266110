"""Gets a finished answer to its person: reply token, else button, else next reply, else push.

Before every call to LINE the store knows that it is about to happen, and by which token. So a
worker that comes after a crash sends the same again within the token's life, and never asks
twice, never says anything twice. An answer whose token is gone waits: it goes first in the
chat's next reply, or by the button of its note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.assistant.present import Present, Reply
from chalicelib.assistant.pushes import Pushes, retry_key
from chalicelib.assistant.send import Outcome, Result, Send
from chalicelib.assistant.speaking import Speaking
from chalicelib.domain.events import Lane
from chalicelib.domain.messages import Text
from chalicelib.domain.pages import ANSWERS
from chalicelib.domain.story import milliseconds, told
from chalicelib.domain.turns import Arrival, Lease, Purpose, Sending, Turn
from chalicelib.ports import Clock, Inbox, Messenger, Outbox, Telemetry

#: LINE keeps a push's retry key for 24 hours; a push is tried again for a minute.
_PUSH_LIFE = timedelta(minutes=1)
_PUSH = "push:"
_NOTHING = Reply(messages=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Sends what is answered."""

    inbox: Inbox
    outbox: Outbox
    messenger: Messenger
    send: Send
    present: Present
    speaking: Speaking
    pushes: Pushes
    clock: Clock
    telemetry: Telemetry

    def __call__(self, lease: Lease, turn: Turn) -> None:
        """Deliver a turn that is `answered`, with what waited before it. Raises LeaseLost."""
        if turn.answer is None or not turn.answer.messages:
            self.outbox.close(lease, turn.id)
            self._tell([turn], "silent")
            return
        outcome = self._reply(lease, turn)
        if outcome in (None, Outcome.NOT_SENT):
            self.outbox.park(lease, [turn.id])
            if not self._push(lease, turn) and outcome is None:
                self._tell([turn], self._why_parked(turn))

    def resume(self, lease: Lease, turn: Turn) -> None:
        """Finish a delivery that a crash cut off: `turn` is `sending`. Raises LeaseLost."""
        if turn.sending is None:
            return
        going = self.outbox.under_way(lease, turn.sending.token)
        if self.clock.now() >= turn.sending.until:
            unsure = Result(outcome=Outcome.UNSURE)
            self._conclude(lease, turn.sending, going, _NOTHING, unsure, begun=self.clock.now())
        elif turn.sending.token.startswith(_PUSH):
            self._send_push(lease, turn.sending, going)
        else:
            self._send_reply(lease, turn.sending, going, again=True)

    def by_tap(self, lease: Lease, tap: Arrival, turns: Sequence[Turn]) -> bool:
        """Deliver up to four answers that waited, by a tap's token. False if none went.

        Raises LeaseLost.
        """
        if tap.event.token is None:
            return False
        sending = Sending(token=tap.event.token, until=tap.token_ends)
        ids = [turn.id for turn in turns]
        going = self.outbox.begin(lease, ids, sending, now=self.clock.now())
        if going:
            self._send_reply(lease, sending, going, again=False)
        return bool(going)

    def _reply(self, lease: Lease, turn: Turn) -> Outcome | None:
        """Try the turn's own token; None where it can't be used."""
        arrival = turn.latest
        if arrival.event.token is None or self.clock.now() >= arrival.token_ends:
            return None
        parked = [waiting for waiting in self.outbox.parked(turn.chat) if waiting.id != turn.id]
        ids = [waiting.id for waiting in parked[: ANSWERS - 1]]
        sending = Sending(token=arrival.event.token, until=arrival.token_ends)
        going = self.outbox.begin(lease, [*ids, turn.id], sending, now=self.clock.now())
        return self._send_reply(lease, sending, going, again=False) if going else None

    def _send_reply(
        self, lease: Lease, sending: Sending, going: Sequence[Turn], *, again: bool
    ) -> Outcome:
        """Send, and write down what became of it."""
        begun = self.clock.now()
        reply = self.present.reply(going, token=sending.token)
        result = self.send.reply(
            sending.token,
            reply.messages,
            until=sending.until,
            again=again,
            still=lambda: self._still_said(lease, sending, going),
        )
        if result.outcome is Outcome.ARRIVED:
            self.outbox.reassure(lease.chat, reply.offered)
        if result.outcome is Outcome.REFUSED and reply.unquoted() != reply.messages:
            # What is quoted may be gone, which is no reason to lose the answer.
            result = self.send.reply(sending.token, reply.unquoted(), until=sending.until)
        if result.outcome is Outcome.REFUSED:
            self._salvage(lease, sending, going, begun=begun)
        else:
            self._conclude(lease, sending, going, reply, result, begun=begun)
        return result.outcome

    def _still_said(self, lease: Lease, sending: Sending, going: Sequence[Turn]) -> bool:
        """Tell whether none of the answers under way was taken back meanwhile."""
        return len(self.outbox.under_way(lease, sending.token)) == len(going)

    def _salvage(
        self, lease: Lease, sending: Sending, going: Sequence[Turn], *, begun: datetime
    ) -> None:
        """LINE refused the content, which spends no token: find out by it which answer it was."""
        *others, last = going
        if others:
            alone = self.present.reply([last], token=sending.token)
            result = self.send.reply(sending.token, alone.messages, until=sending.until)
            if result.outcome is not Outcome.REFUSED:
                for turn in others:
                    self.outbox.fail(lease, turn.id, "refused")
                self._tell(others, "refused", sending, begun)
                self._conclude(lease, sending, [last], alone, result, begun=begun)
                return
            self.outbox.park(lease, [turn.id for turn in others])
            self._tell(others, "parked", sending, begun)
        self.outbox.fail(lease, last.id, "refused")
        self._tell([last], "refused", sending, begun)
        sorry = Text(text=self.speaking.voice(last.chat)("unsendable"))
        self.send.reply(sending.token, [sorry], until=sending.until)

    def _push(self, lease: Lease, turn: Turn) -> bool:
        """Push a late answer where the operator pays for that; groups cost a push a member.

        A tap that waits for the answer gets it for nothing. True where a push was tried.
        """
        if not self.pushes.late or not turn.chat.is_private:
            return False
        if self.inbox.has_work(turn.chat, Lane.TAPS):
            return False
        sending = Sending(token=_PUSH + turn.id, until=self.clock.now() + _PUSH_LIFE)
        going = self.outbox.begin(lease, [turn.id], sending, now=self.clock.now())
        if going and self.pushes.afford():
            self._send_push(lease, sending, going)
            return True
        self.outbox.park(lease, [turn.id])
        return False

    def _send_push(self, lease: Lease, sending: Sending, going: Sequence[Turn]) -> None:
        begun = self.clock.now()
        key = retry_key(sending.token)
        reply = self.present.reply(going, token=sending.token)
        chat = going[0].chat
        result = self.send.push(
            lambda: self.messenger.push(chat, reply.messages, retry_key=key),
            until=sending.until,
            still=lambda: self._still_said(lease, sending, going),
        )
        if result.outcome is Outcome.REFUSED:
            self.outbox.fail(lease, going[0].id, "refused")
            self._tell(going, "refused", sending, begun)
        else:
            self._conclude(lease, sending, going, reply, result, begun=begun)

    def _conclude(
        self,
        lease: Lease,
        sending: Sending,
        going: Sequence[Turn],
        reply: Reply,
        result: Result,
        *,
        begun: datetime,
    ) -> None:
        """Write down what became of a reply that LINE didn't refuse, and of the time it took."""
        if result.outcome is Outcome.NOT_SENT:
            self.outbox.park(lease, [turn.id for turn in going])
        else:
            unsure, shown = result.outcome is Outcome.UNSURE, reply.shown(result.ids)
            self.outbox.settle(lease, sending.token, unsure=unsure, shown=shown)
        self._tell(going, _FATES[result.outcome], sending, begun)

    def _why_parked(self, turn: Turn) -> str:
        """Tell an answer that came after its note from one whose token died unused."""
        token = turn.latest.event.token
        noted = token is not None and self.outbox.claimed(token) is Purpose.NOTE
        return "note" if noted else "parked"

    def _tell(
        self,
        turns: Sequence[Turn],
        outcome: str,
        sending: Sending | None = None,
        begun: datetime | None = None,
    ) -> None:
        """Log the story of each answer: what became of it, and where it was sent, how."""
        now = self.clock.now()
        for turn in turns:
            by = _way(turn, sending) if sending else ""
            send_ms = milliseconds(now - begun) if begun else 0
            story = told(turn, outcome=outcome, now=now)
            self.telemetry.fact("answer_told", **story, by=by, send_ms=send_ms)


#: What is told of an answer, by what is known of the reply that carried it.
_FATES = {Outcome.ARRIVED: "arrived", Outcome.UNSURE: "unsure", Outcome.NOT_SENT: "parked"}


def _way(turn: Turn, sending: Sending) -> str:
    """Which way an answer went: its own token, a later one (a tap's, the next reply), a push."""
    if sending.token.startswith(_PUSH):
        return "push"
    own = turn.latest.event.token if turn.arrivals else None
    return "reply" if sending.token == own else "later"

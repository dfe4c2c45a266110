"""Works off a chat's turns: one at a time, in order, each to its end.

A turn goes on from the state that was written last, whoever wrote it: what is `working` gets an
answer, what is `answered` is delivered, what was `sending` is sent again by the same token. So a
worker may die anywhere, and its successor says nothing twice and asks for nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.assistant.deliver import Deliver
from chalicelib.assistant.leasing import Leasing
from chalicelib.assistant.route import Route
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import LiaoError, Withdrawn
from chalicelib.domain.events import Event, Lane, Sent, TextSent, message_id_of
from chalicelib.domain.messages import Answer
from chalicelib.domain.story import told, waited
from chalicelib.domain.turns import MAX_ATTEMPTS, Lease, State, Turn, Wait
from chalicelib.ports import ChatBook, Clock, Inbox, Messenger, Outbox, Queue, Said, Telemetry

#: A worker's time for one wake.
WORKER_TIME = timedelta(seconds=150)
#: A burst is looked at this often, in seconds: it may be complete before its patience ends.
_LOOK = 0.25
#: With less time left than this, the next turn is left to a fresh worker.
_ENOUGH = timedelta(seconds=75)


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """The worker's use case."""

    leasing: Leasing
    inbox: Inbox
    outbox: Outbox
    queue: Queue
    route: Route
    deliver: Deliver
    book: ChatBook
    messenger: Messenger
    clock: Clock
    telemetry: Telemetry

    def run(self, chat: Chat, *, ends: datetime) -> None:
        """Answer what waits in a chat; `ends` is when this worker must be done.

        Where other chats wait for a worker, this one goes behind them after each turn.
        """
        drain = partial(self._drain, ends=ends)
        while self.leasing.work(chat, Lane.TURNS, drain, ends=ends):
            if self._time_is_short(ends) or self.queue.is_pressed(Lane.TURNS):
                self.queue.wake(chat, Lane.TURNS)
                return

    def _drain(self, lease: Lease, *, ends: datetime) -> None:
        """Finish one turn after the other, until nothing waits, time is short, or others wait."""
        while not self._time_is_short(ends):
            taken = self.inbox.take(lease, now=self.clock.now())
            if taken is None:
                return
            if isinstance(taken, Wait):
                self._wait(taken)
            else:
                self._finish(lease, taken, ends)
                if self.queue.is_pressed(Lane.TURNS):
                    return

    def _time_is_short(self, ends: datetime) -> bool:
        return ends - self.clock.now() < _ENOUGH

    def _wait(self, wait: Wait) -> None:
        """Wait for more of a burst, looking again from time to time: it may be complete early."""
        left = (wait.until - self.clock.now()).total_seconds()
        self.clock.sleep(min(max(left, 0.01), _LOOK))

    def _finish(self, lease: Lease, turn: Turn, ends: datetime) -> None:
        self.telemetry.fact(
            "turn_taken",
            turn=turn.id,
            chat=turn.chat.key,
            state=turn.state,
            attempts=turn.attempts,
            events=len(turn.arrivals),
            queue_ms=waited(turn, self.clock.now()),
        )
        if turn.attempts > 2 * MAX_ATTEMPTS:
            self._give_up(lease, turn)
        elif turn.state is State.SENDING:
            self.deliver.resume(lease, turn)
        elif turn.state is State.ANSWERED:
            self._deliver(lease, turn)
        else:
            self._answer(lease, turn, ends)

    def _answer(self, lease: Lease, turn: Turn, ends: datetime) -> None:
        queued = waited(turn, self.clock.now())
        answer: Answer | None = None
        try:
            answer = self._made(lease, turn, ends)
            if answer is None:
                return
            answer = replace(answer, made=answer.made.after(queued))
            # Read anew: it may have taken over the question of an earlier turn.
            asked = self.outbox.turn(turn.chat, turn.id)
            self.outbox.save(lease, turn.id, answer, _lines(asked, answer))
        except Withdrawn:
            self._tell(replace(turn, answer=answer), "withdrawn")
            return
        self._deliver(lease, replace(asked or turn, state=State.ANSWERED, answer=answer))

    def _made(self, lease: Lease, turn: Turn, ends: datetime) -> Answer | None:
        """The turn's answer; None where making it broke, so that it is taken and tried again."""
        if turn.attempts > MAX_ATTEMPTS:
            return self.route.crashed(turn)
        try:
            return self.route(lease, turn, ends=ends)
        except LiaoError:
            raise
        except Exception as exc:  # noqa: BLE001 - a defect costs one of three attempts, not the chat
            self.telemetry.trouble("turn_broke", exc, turn=turn.id, chat=turn.chat.key)
            return None

    def _deliver(self, lease: Lease, turn: Turn) -> None:
        self._mark_as_read(turn)
        if turn.answer is not None and turn.answer.introduces:
            self.book.mark_introduced(turn.chat, now=self.clock.now())
        self.deliver(lease, turn)

    def _mark_as_read(self, turn: Turn) -> None:
        """Show the person that their message was seen, also where nothing is said to it.

        While a model thinks, the watch does it.
        """
        event = turn.latest.event if turn.arrivals else None
        is_watched = turn.answer is not None and bool(turn.answer.made.model)
        if isinstance(event, Sent) and event.read_token and not is_watched:
            self.messenger.mark_as_read(event.read_token)

    def _give_up(self, lease: Lease, turn: Turn) -> None:
        """Even the apology could not be delivered: leave the chat free for what comes next."""
        if turn.state is State.SENDING and turn.sending is not None:
            self.outbox.settle(lease, turn.sending.token, unsure=True)
        else:
            self.outbox.fail(lease, turn.id, "crashed")
        self._tell(turn, "failed")

    def _tell(self, turn: Turn, outcome: str) -> None:
        self.telemetry.fact("answer_told", **told(turn, outcome=outcome, now=self.clock.now()))


def _lines(asked: Turn | None, answer: Answer) -> tuple[Said, ...]:
    """What the history keeps of a turn: the person's messages and the bot's words."""
    if asked is None or not answer.memory:
        return ()
    events = [arrival.event for arrival in asked.arrivals]
    said = (
        Said(text=words, by_bot=False, message_id=message_id_of(event) or "", user=event.user)
        for event in events
        if (words := _words(event, answer))
    )
    return (*said, Said(text=answer.memory, by_bot=True))


def _words(event: Event, answer: Answer) -> str:
    """What the history keeps of an event: its words, or what they were taken for."""
    if isinstance(event, TextSent):
        return event.text
    return answer.heard.get(message_id_of(event) or event.id, "")

"""Taps that only show something: a late answer, or the rest of a long one.

They are not turns. A person who taps "show answer" gets whatever is finished at once; if nothing
is, the tap waits with dots for the answer, and when its own token is about to die, the button is
renewed. Meanwhile the turn's worker goes on undisturbed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.assistant.deliver import Deliver
from chalicelib.assistant.leasing import Leasing
from chalicelib.assistant.note import Notes
from chalicelib.assistant.present import Present, Reply
from chalicelib.assistant.send import Outcome, Send
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.taps import CONTINUE, SHOW, Taps
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import ButtonError, ButtonGone, LiaoError, NotYours
from chalicelib.domain.events import Event, Lane, Tapped
from chalicelib.domain.messages import Buttons, Text
from chalicelib.domain.pages import ANSWERS
from chalicelib.domain.turns import Arrival, Lease, State, Turn
from chalicelib.ports import Button, Clock, Inbox, Messenger, Outbox, Telemetry

_DOTS_SECONDS = 60
_NOTHING = Reply(messages=())
_UNFINISHED = (State.WORKING, State.ANSWERED, State.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Works off a chat's taps.

    poll: seconds between two looks whether the answer is there.
    """

    leasing: Leasing
    inbox: Inbox
    outbox: Outbox
    messenger: Messenger
    deliver: Deliver
    present: Present
    send: Send
    taps: Taps
    notes: Notes
    speaking: Speaking
    clock: Clock
    telemetry: Telemetry
    poll: float

    def run(self, chat: Chat, *, ends: datetime) -> None:
        """Answer every waiting tap of a chat; `ends` is when this worker must be done."""
        while self.leasing.work(chat, Lane.TAPS, partial(self._drain, ends=ends), ends=ends):
            pass

    def _drain(self, lease: Lease, *, ends: datetime) -> None:
        """Answer one tap after the other."""
        while taps := self.inbox.taps(lease):
            self._try(lease, taps[0], wait_until=min(ends, self.notes.deadline(taps[0])))

    def _try(self, lease: Lease, tap: Arrival, *, wait_until: datetime) -> None:
        """Answer a tap; a defect costs this tap, which can be made again, and none behind it."""
        try:
            self._answer(lease, tap, wait_until=wait_until)
        except LiaoError:
            raise
        except Exception as exc:  # noqa: BLE001 - see above; it is logged
            self.telemetry.trouble("tap_broke", exc, event=tap.event.id, chat=tap.event.chat.key)
            self.inbox.finish_tap(lease, tap.event.id)

    def _answer(self, lease: Lease, tap: Arrival, *, wait_until: datetime) -> None:
        event = tap.event
        if event.token is None or not isinstance(event, Tapped):
            self.inbox.finish_tap(lease, event.id)
            return
        if cut_off := self.outbox.under_way(lease, event.token):
            self.deliver.resume(lease, cut_off[0])
            return
        try:
            reply = self._open(lease, tap, self.taps.open(event), wait_until)
        except ButtonError as exc:
            reply = self._told(event, _refusal(exc))
        if reply.messages:
            self._say(tap, event.token, reply)
        self.inbox.finish_tap(lease, event.id)

    def _say(self, tap: Arrival, token: str, reply: Reply) -> None:
        result = self.send.reply(token, reply.messages, until=tap.token_ends)
        if result.outcome is Outcome.ARRIVED:
            self.outbox.reassure(tap.event.chat, reply.offered)
            if shown := reply.shown(result.ids):
                self.outbox.shown_again(tap.event.chat, shown)
        elif result.outcome is Outcome.REFUSED:
            sorry = self._told(tap.event, "unsendable")
            self.send.reply(token, sorry.messages, until=tap.token_ends)

    def _open(self, lease: Lease, tap: Arrival, button: Button, wait_until: datetime) -> Reply:
        """What a tap is answered with; empty where it was delivered already."""
        if button.action == CONTINUE:
            return self._again(self.outbox.turn(button.chat, button.subject), tap, button.offset)
        if button.action == SHOW:
            return self._late(lease, tap, button, wait_until)
        raise ButtonGone(f"no tap shows {button.action!r}")

    def _late(self, lease: Lease, tap: Arrival, button: Button, wait_until: datetime) -> Reply:
        """Show what waits, or wait for it; what was shown already is shown again."""
        chat = tap.event.chat
        waited = dots = False
        while True:
            turn = self.outbox.turn_of(chat, button.subject)
            parked = _with_own(self.outbox.parked(chat), turn)
            if parked and self.deliver.by_tap(lease, tap, parked):
                return _NOTHING
            if not self._is_coming(chat, button.subject, turn):
                if waited and turn is not None and turn.state is State.SENT:
                    return _NOTHING  # another way was quicker, just now
                return self._again(turn, tap, 0)
            if newer := self._newer_tap(lease, tap):
                same = isinstance(tap.event, Tapped) and newer.data == tap.event.data
                return _NOTHING if same else self._renewed(chat, button.subject)
            if self.clock.now() >= wait_until:
                return self._renewed(chat, button.subject)
            if not dots and (turn is None or turn.state is State.WORKING):
                self.messenger.show_loading(chat, seconds=_DOTS_SECONDS)
                dots = True
            self.clock.sleep(self.poll)
            waited = True

    def _is_coming(self, chat: Chat, event_id: str, turn: Turn | None) -> bool:
        """Tell whether the answer that the button promised is still being made."""
        if turn is not None:
            return turn.state in _UNFINISHED
        return any(arrival.event.id == event_id for arrival in self.inbox.waiting(chat))

    def _newer_tap(self, lease: Lease, tap: Arrival) -> Tapped | None:
        """The newest tap that waits behind this one."""
        others = [other.event for other in self.inbox.taps(lease) if other.event.id != tap.event.id]
        return others[-1] if others and isinstance(others[-1], Tapped) else None

    def _again(self, turn: Turn | None, tap: Arrival, offset: int) -> Reply:
        """Show a finished answer from a message on; raises ButtonGone once it was erased."""
        if turn is None or turn.answer is None or offset >= len(turn.answer.messages):
            raise ButtonGone("what the button led to was erased")
        return self.present.reply([turn], token=tap.event.token or "", offset=offset)

    def _renewed(self, chat: Chat, subject: str) -> Reply:
        voice = self.speaking.voice(chat)
        button = self.taps.make(voice("still_button"), chat=chat, action=SHOW, subject=subject)
        return Reply(messages=(Buttons(text=voice("still_working"), buttons=(button,)),))

    def _told(self, event: Event, key: str) -> Reply:
        return Reply(messages=(Text(text=self.speaking.voice(event.chat)(key)),))


def _with_own(parked: Sequence[Turn], own: Turn | None) -> Sequence[Turn]:
    """As many parked answers as fit a reply, the button's own among them, oldest first."""
    if own is None or own.state is not State.PARKED:
        return parked[:ANSWERS]
    before = [turn for turn in parked if turn.id != own.id][: ANSWERS - 1]
    return [turn for turn in parked if turn in before or turn.id == own.id]


def _refusal(error: ButtonError) -> str:
    return "button_not_yours" if isinstance(error, NotYours) else "button_gone"

"""A desk at which events come in and are answered: the short words of the storage contracts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import (
    Event,
    ImageSent,
    Lane,
    Tapped,
    TextEdited,
    TextSent,
    Unsent,
)
from chalicelib.domain.messages import Answer, Text
from chalicelib.domain.turns import Lease, Sending, State, Turn
from chalicelib.ports import Inbox, Outbox, Said, Stores
from tests.fakes import NOON

AMY = Chat(ChatKind.USER, "Uamy")
BEN = Chat(ChatKind.USER, "Uben")
GROUP = Chat(ChatKind.GROUP, "Cfriends")
T = TypeVar("T")
ORIGIN = "https://bot.example/api"
_SENT_AT = 1_795_320_000_000


def later(seconds: float = 0, *, days: float = 0) -> datetime:
    """So long after noon."""
    return NOON + timedelta(days=days, seconds=seconds)


def wrote(
    name: str, text: str = "", *, chat: Chat = AMY, user: str | None = None, at: int = 0
) -> TextSent:
    """Somebody writes; `at` orders events. Without a text it is a question that names itself."""
    return TextSent(
        id=f"event-{name}",
        chat=chat,
        user=user or ("Uamy" if chat == GROUP else chat.id),
        at=_SENT_AT + at,
        token=f"token-{name}",
        message_id=f"message-{name}",
        text=text or f"What about {name}?",
    )


def edited(
    name: str, text: str = "", *, chat: Chat = GROUP, user: str | None = None, at: int = 10
) -> TextEdited:
    """The message of this name says something else by now; `at` tells its edits apart."""
    return TextEdited(
        id=f"event-{name}-{at}",
        chat=chat,
        user=user or ("Uamy" if chat == GROUP else chat.id),
        at=_SENT_AT + at,
        token=f"token-{name}-{at}",
        message_id=f"message-{name}",
        text=text or f"No, what about {name} at {at}?",
    )


def pictured(name: str, *, at: int = 0, total: int | None = None) -> ImageSent:
    """A picture, one of a set where a total is told."""
    return ImageSent(
        id=f"event-{name}",
        chat=AMY,
        user="Uamy",
        at=_SENT_AT + at,
        token=f"token-{name}",
        message_id=f"message-{name}",
        set_id=None if total is None else "set",
        set_total=total,
    )


def tapped(name: str, *, chat: Chat = AMY, lane: Lane = Lane.TAPS, at: int = 0) -> Tapped:
    """A tap on a button."""
    return Tapped(
        id=f"event-{name}",
        chat=chat,
        user="Uamy",
        at=_SENT_AT + at,
        token=f"token-{name}",
        data=f"{lane}:button",
    )


def unsent(message: str, *, chat: Chat = AMY, at: int = 50) -> Unsent:
    """The message of this name is taken back."""
    return Unsent(
        id=f"event-unsent-{message}",
        chat=chat,
        user="Uamy",
        at=_SENT_AT + at,
        token=None,
        message_id=f"message-{message}",
    )


def saying(text: str) -> Answer:
    """An answer of one bubble."""
    return Answer(messages=(Text(text=text),), memory=text)


def by(token: str) -> Sending:
    """A reply by the token of this name."""
    return Sending(token=f"token-{token}", until=later(55))


def names(events: Iterable[Event]) -> list[str]:
    """The short names of events."""
    return [event.id.removeprefix("event-") for event in events]


def asked(turn: Turn) -> list[str]:
    """The short names of a turn's events."""
    return names(arrival.event for arrival in turn.arrivals)


@dataclass(slots=True)
class Desk:
    """Stores, and what happens at them most of the time. Leases are kept from call to call."""

    stores: Stores
    leases: dict[tuple[Chat, Lane], Lease] = field(default_factory=dict)

    @property
    def inbox(self) -> Inbox:
        return self.stores.inbox

    @property
    def outbox(self) -> Outbox:
        return self.stores.outbox

    def accept(self, *events: Event, now: datetime = NOON) -> None:
        for event in events:
            self.inbox.accept(event, origin=ORIGIN, now=now)

    def edit(self, event: TextEdited, *, asks: bool = True, now: datetime = NOON) -> bool:
        return self.inbox.edit(event, asks=asks, origin=ORIGIN, now=now)

    def overhear(self, *events: TextSent, now: datetime = NOON) -> None:
        for event in events:
            self.inbox.overhear(event, now=now)

    def said(self, chat: Chat = GROUP, *, now: datetime = NOON) -> list[str]:
        """What the history has of a chat, oldest first."""
        return [line.text for line in self.stores.history.recent(chat, limit=99, now=now)]

    def lease(self, chat: Chat = AMY, lane: Lane = Lane.TURNS, *, now: datetime = NOON) -> Lease:
        """The lease this desk has, or a new one if it has none."""
        if (chat, lane) not in self.leases:
            lease = self.inbox.lease(chat, lane, until=now + timedelta(seconds=152), now=now)
            assert lease is not None
            self.leases[chat, lane] = lease
        return self.leases[chat, lane]

    def take(self, chat: Chat = AMY, *, now: datetime = NOON) -> Turn:
        taken = self.inbox.take(self.lease(chat), now=now)
        assert isinstance(taken, Turn)
        return taken

    def leave(self, chat: Chat = AMY, *, now: datetime) -> None:
        """The worker dies; its lease lapses and the next worker has it."""
        self.leases.pop((chat, Lane.TURNS), None)
        self.lease(chat, now=now)

    def answered(self, *events: Event, text: str = "So it is.", now: datetime = NOON) -> Turn:
        """Accept events, take them as one turn and save its answer."""
        self.accept(*events, now=now)
        turn = self.take(events[0].chat, now=now)
        self.outbox.save(self.lease(events[0].chat), turn.id, saying(text))
        return self.kept(turn)

    def remembers(
        self, chat: Chat, name: str, lines: Sequence[Said], *, now: datetime = NOON
    ) -> Turn:
        """A turn is answered and these lines of it are remembered; its lease is given back."""
        self.accept(wrote(name, chat=chat), now=now)
        turn = self.take(chat, now=now)
        self.outbox.save(self.lease(chat), turn.id, saying("So it is."), lines)
        self.outbox.close(self.lease(chat), turn.id)
        self.inbox.release(self.leases.pop((chat, Lane.TURNS)))
        return turn

    def kept(self, turn: Turn) -> Turn:
        """The turn as it is kept now."""
        found = self.outbox.turn(turn.chat, turn.id)
        assert found is not None
        return found

    def reach(
        self, state: State, *events: Event, text: str = "So it is.", now: datetime = NOON
    ) -> Turn:
        """Bring a turn with these events to a state."""
        self.accept(*events, now=now)
        turn = self.take(events[0].chat, now=now)
        for step in _STEPS[state]:
            step(self, turn, text, now)
        assert self.kept(turn).state == state
        return self.kept(turn)


_Step = Callable[[Desk, Turn, str, datetime], None]


def _save(desk: Desk, turn: Turn, text: str, _now: datetime) -> None:
    desk.outbox.save(desk.lease(turn.chat), turn.id, saying(text))


def _begin(desk: Desk, turn: Turn, _text: str, now: datetime) -> None:
    token = turn.latest.event.token or ""
    sending = Sending(token=token, until=now + timedelta(seconds=55))
    assert desk.outbox.begin(desk.lease(turn.chat), [turn.id], sending, now=now)


def _settle(desk: Desk, turn: Turn, _text: str, _now: datetime) -> None:
    token = turn.latest.event.token or ""
    desk.outbox.settle(desk.lease(turn.chat), token, unsure=False)


def _park(desk: Desk, turn: Turn, _text: str, _now: datetime) -> None:
    desk.outbox.park(desk.lease(turn.chat), [turn.id])


def _fail(desk: Desk, turn: Turn, _text: str, _now: datetime) -> None:
    desk.outbox.fail(desk.lease(turn.chat), turn.id, "refused")


_STEPS: dict[State, Sequence[_Step]] = {
    State.WORKING: (),
    State.ANSWERED: (_save,),
    State.SENDING: (_save, _begin),
    State.SENT: (_save, _begin, _settle),
    State.PARKED: (_save, _park),
    State.FAILED: (_save, _fail),
}


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Let so many threads do the same at the same moment; returns what each got, in order."""
    start = threading.Barrier(count)

    def run(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))

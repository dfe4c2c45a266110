"""What comes in, and what becomes of it: webhooks, events, turns and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Batch, Event, Lane, TextEdited, TextSent
from chalicelib.domain.messages import Answer
from chalicelib.domain.turns import Arrival, Lease, Purpose, Sending, Turn, Wait


class WebhookReader(Protocol):
    """Turns a webhook's raw body into events."""

    def read(self, body: bytes, signature: str | None) -> Batch:
        """Verify, then parse.

        One odd event never costs the others. Raises BadSignature before anything is parsed, and
        BadWebhook where the signed body is no webhook's JSON object.
        """


class Door(Protocol):
    """Where what people sent comes in: all of the inbox that a webhook needs."""

    def accept(self, event: Event, *, origin: str, now: datetime) -> bool:
        """Store an event durably, once by its id; True if it was new.

        A known event adds nothing, but if it was not answered yet its receipt time is renewed,
        and an answer that was parked waits to be sent by its token again.
        An `Unsent` event is carried out in the same write, and nothing of it is kept but a
        tombstone, so that its message is withdrawn at once should it come later. Its words and the
        answer to it are erased, in the history too; an answer under way can no longer be saved,
        nor tried again to be sent. Messages that shared a turn with it wait for one of their own.
        Of a message that comes after its edit only the id is kept. An edit that comes this way
        `asks`.
        """

    def edit(self, event: TextEdited, *, asks: bool, origin: str, now: datetime) -> bool:
        """Put an edit in the place of what its message said before, in one durable write.

        Older words are erased wherever they are, as an unsend does, but for the tombstone: in the
        history the new ones stand in their place, unless an answer is still to be made of them.
        Where it `asks` something of the bot, or what it replaces did, it waits for a worker like a
        message that just came, and True is returned. The edit that happened last wins, whenever it
        comes; of a message that was taken back, or that nobody keeps, nothing is kept.
        """

    def overhear(self, event: TextSent, *, now: datetime) -> None:
        """Keep a message that asks nothing of the bot as a line of its group's history.

        Once by its message id, durably; nothing where it was asked, taken back or edited before it
        came. Should it be accepted later, it leaves the history, until it is answered.
        """

    def is_own(self, chat: Chat, message_id: str) -> bool:
        """Tell whether a message of the chat is one of the bot's answers, of the last 30 days.

        It stays so when its words were erased.
        """


class Inbox(Door, Protocol):
    """The truth about what people sent: stored once, taken by one worker at a time."""

    def lease(self, chat: Chat, lane: Lane, *, until: datetime, now: datetime) -> Lease | None:
        """Become the only owner of a chat's lane, atomically; None while somebody else is.

        A lease that has lapsed is given to the next who asks, with a higher fence.
        """

    def release(self, lease: Lease) -> None:
        """Give a lease back; one that was lost is left alone."""

    def take(self, lease: Lease, *, now: datetime) -> Turn | Wait | None:
        """Take the chat's next turn in lane `TURNS`, and count the attempt, atomically.

        A turn that a dead worker left comes first, in the state it left it in; then the waiting
        events that belong together are frozen into a new turn (see `domain.bursts`). None when
        nothing waits. Raises LeaseLost.
        """

    def taps(self, lease: Lease) -> tuple[Arrival, ...]:
        """Taps that wait in lane `TAPS`, oldest first."""

    def finish_tap(self, lease: Lease, event_id: str) -> None:
        """Mark a tap as done: it is not given out again. Raises LeaseLost."""

    def waiting(self, chat: Chat) -> tuple[Arrival, ...]:
        """Events in lane `TURNS` that no turn holds yet, oldest first."""

    def unfinished(self, chat: Chat) -> tuple[Turn, ...]:
        """Turns of lane `TURNS` that a worker took and nobody has finished, oldest first."""

    def has_work(self, chat: Chat, lane: Lane) -> bool:
        """Tell whether a worker would find anything to do in this lane."""

    def chats_with_work(self) -> tuple[tuple[Chat, Lane], ...]:
        """Every lane in which something waits or was left unfinished, oldest first."""

    def depth(self) -> int:
        """How many events wait or are being answered."""

    def break_leases(self) -> None:
        """Let every lease lapse: for a process that knows it is the only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of a conversation. `by_bot` lines are the bot's own."""

    text: str
    by_bot: bool
    message_id: str = ""
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message in the chat that shows a part of an answer: the one at `place` of the turn's."""

    message_id: str
    turn_id: str
    place: int


class Outbox(Protocol):
    """The truth about what was said: answers, and the one use of each reply token.

    Every write with a lease raises LeaseLost, and changes nothing, once the lease has a new owner.
    """

    def save(
        self, lease: Lease, turn_id: str, answer: Answer, remember: Sequence[Said] = ()
    ) -> None:
        """Keep the answer of a turn that is `working`: from here on it is never asked for again.

        In the same write, the history gets the lines to `remember`. Raises Withdrawn, and keeps
        nothing, when the question was taken back or its person forgotten.
        """

    def adopt(self, lease: Lease, turn_id: str, asked: str) -> Turn | None:
        """Let a turn that asks again take over the messages of the turn `asked`, atomically.

        What becomes of the messages then becomes of this turn: an unsend withdraws it. Done again,
        it changes nothing. Returns the turn as it is now.
        """

    def claim_note(self, token: str, *, now: datetime) -> bool:
        """Claim a reply token for a note, atomically; False if it was claimed before."""

    def begin(
        self, lease: Lease, turn_ids: Sequence[str], sending: Sending, *, now: datetime
    ) -> tuple[Turn, ...]:
        """Claim the token for these turns' answers and mark them `sending`, in one atomic write.

        Only turns that are `answered` or `parked` go along: what was withdrawn or is shown
        elsewhere by now is left out. Returns those that go, in the order given; none, and the
        token unclaimed, where nothing goes or the token was claimed before.
        """

    def claimed(self, token: str) -> Purpose | None:
        """What a token was claimed for, if it was."""

    def under_way(self, lease: Lease, token: str) -> tuple[Turn, ...]:
        """Turns that are `sending` by this token, in the order they were given to `begin`."""

    def settle(
        self, lease: Lease, token: str, *, unsure: bool, shown: Sequence[Shown] = ()
    ) -> None:
        """Mark the turns `sending` by this token as sent, and a tap that brought it as done.

        shown: the messages that LINE made of them, so that one of them can be quoted; others'
        than of the turns that are marked here are left out.
        """

    def shown_again(self, chat: Chat, shown: Sequence[Shown]) -> None:
        """Keep the messages that show parts of answers once more, so that they can be quoted.

        Those of answers that were erased since are left out.
        """

    def park(self, lease: Lease, turn_ids: Sequence[str]) -> None:
        """Keep answers (`answered` or `sending`) for the chat's next reply or a button.

        Ids that are in another state by now are left alone.
        """

    def close(self, lease: Lease, turn_id: str) -> None:
        """Mark an `answered` turn that has nothing to say as sent."""

    def fail(self, lease: Lease, turn_id: str, cause: str) -> None:
        """Give a turn up for good."""

    def parked(self, chat: Chat) -> tuple[Turn, ...]:
        """Answers without a token, oldest first."""

    def unsure(self, chat: Chat) -> tuple[Turn, ...]:
        """Answers that were sent but may not have arrived, oldest first."""

    def reassure(self, chat: Chat, turn_ids: Sequence[str]) -> None:
        """Stop doubting that these answers arrived: a way to read them was offered again."""

    def turn(self, chat: Chat, turn_id: str) -> Turn | None:
        """One turn of this chat, if it is still kept."""

    def turn_of(self, chat: Chat, event_id: str) -> Turn | None:
        """The turn that holds this event, or held it when it was taken back."""

    def is_withdrawn(self, chat: Chat, event_id: str) -> bool:
        """Tell whether the event's message was taken back, or says something else by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A turn nobody goes on with: LINE refused it for good, or it broke its worker every time.

    The person got an apology in the latter case. cause: why. at: when it was last worked on.
    """

    turn: Turn
    cause: str
    at: datetime


class Failures(Protocol):
    """Turns that were given up, for whoever runs the bot. Their words are kept for a day."""

    def given_up(self) -> tuple[GivenUp, ...]:
        """All of them, oldest first, but for those that were dropped."""

    def revive(self, chat: Chat, turn_id: str, *, now: datetime) -> bool:
        """Let a turn begin anew, with all its attempts, and wait for a worker.

        What the history kept of it is forgotten: it will be said again.
        False where it was not given up, or nothing is left of what was asked.
        """

    def drop(self, chat: Chat, turn_id: str) -> bool:
        """Take a turn off this list; nothing else changes. False where it was not on it."""


class Queue(Protocol):
    """Wakes a worker for a chat. The inbox is the truth: a wake too many finds nothing to do."""

    def wake(self, chat: Chat, lane: Lane, *, once: str | None = None) -> None:
        """Ask for a worker. Raises StorageUnavailable if the wake could not be kept.

        Wakes with the same `once` may be taken for one, if they come within five minutes; without
        it each is one of its own.
        """

    def is_pressed(self, lane: Lane) -> bool:
        """True where wakes wait for a free worker: who has one takes a turn and makes room.

        A hint, which may be old when it is read. False where workers come as they are needed.
        """

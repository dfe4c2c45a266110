"""One question and its answer: the states it goes through, and the times that bind it.

    working ─▶ answered ─▶ sending ─▶ sent
                   └─▶ parked ─▶ sending …        without a token: shown with the next reply
    working, answered, parked ─▶ withdrawn        the question was taken back
    answered, parked, sending ─▶ failed           LINE will never take this answer

A worker may die between any two of them. What it left is resumed from the state that was
written last, so a saved answer is never asked for again and nothing is said twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.chat import Chat
from chalicelib.domain.events import AudioSent, Event, ImageSent, Lane, LocationSent, TextSent
from chalicelib.domain.messages import Answer

#: LINE: a reply token works once, within one minute of the webhook.
TOKEN_LIFE = timedelta(seconds=60)
#: What a reply may take on its way: no reply is begun in the token's last seconds.
TOKEN_MARGIN = timedelta(seconds=5)
#: What a note may take, tries included, before its token's life ends.
NOTE_TIME = timedelta(seconds=5)
#: A lease outlives its worker by this much.
LEASE_SLACK = timedelta(seconds=2)
#: A turn is begun at most this often; then the person gets an apology.
MAX_ATTEMPTS = 3


class State(StrEnum):
    """What is known of a turn; see the picture above."""

    WORKING = "working"
    ANSWERED = "answered"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


#: Causes of turns that were given up, beside those that LINE tells: every attempt broke the
#: worker; and an operator does not want to be told of it any more.
CRASHED = "crashed"
DROPPED = "dropped"


class Purpose(StrEnum):
    """What a reply token was claimed for."""

    ANSWER = "answer"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event in the inbox.

    received: when its webhook last came; a redelivery renews it, and the token's life with it.
    origin: where the bot is reached from outside, e.g. ``https://bot.example/api``.
    """

    event: Event
    received: datetime
    origin: str = ""

    @property
    def token_ends(self) -> datetime:
        """The last moment at which a reply by this event's token may begin."""
        return self.received + TOKEN_LIFE - TOKEN_MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to change one lane of one chat; `fence` grows with every new owner."""

    chat: Chat
    lane: Lane
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A reply or push on its way: by which token, and until when it may be tried again."""

    token: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Events that belong together, and what became of them.

    arrivals: oldest first; empty once their words were erased.
    attempts: how often a worker has begun it, this time included.
    answer: what is said; None until it was saved and after it was erased.
    unsure: it was sent, but whether it arrived was never known.
    """

    id: str
    chat: Chat
    state: State
    attempts: int
    arrivals: tuple[Arrival, ...]
    answer: Answer | None = None
    sending: Sending | None = None
    unsure: bool = False

    @property
    def latest(self) -> Arrival:
        """The newest arrival: its token answers the turn, its user asked."""
        return self.arrivals[-1]

    @property
    def asks(self) -> bool:
        """Tell whether there is something to answer: words, a quote, a picture, voice or place."""
        events = [arrival.event for arrival in self.arrivals]
        return bool(self.words.strip()) or any(
            isinstance(event, ImageSent | AudioSent | LocationSent)
            or (isinstance(event, TextSent) and event.quotes)
            for event in events
        )

    @property
    def words(self) -> str:
        """What the person wrote, one message a line; empty where there were no words."""
        events = (arrival.event for arrival in self.arrivals)
        return "\n".join(event.text for event in events if isinstance(event, TextSent))


@dataclass(frozen=True, slots=True)
class Wait:
    """Something waits, but what belongs to it may still come: look again at `until`."""

    until: datetime


def deadline(arrival: Arrival, *, after: timedelta) -> datetime:
    """When a late answer becomes a button: `after` receipt, but in time for the note to go out."""
    return min(arrival.received + after, arrival.token_ends - NOTE_TIME)

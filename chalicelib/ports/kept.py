"""What is kept beside turns: conversations, choices, money, media; and who can forget it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.domain.chat import Chat
from chalicelib.domain.ledger import Account, Entry, Reservation, Spent, UsedUp
from chalicelib.domain.media import Medium
from chalicelib.ports.incoming import Failures, Inbox, Outbox, Said


class History(Protocol):
    """What was said in a chat, kept 30 days."""

    def recent(self, chat: Chat, *, limit: int, now: datetime) -> tuple[Said, ...]:
        """The last lines of a chat, newest last, none older than 30 days."""

    def message(self, chat: Chat, message_id: str) -> Said | None:
        """What one message of the chat said, whoever said it: a person, or the bot.

        None where nobody keeps it, any more or at all, or where it said nothing in words.
        """

    def clear(self, chat: Chat) -> None:
        """Forget the whole conversation of a chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A stored button: what a tap does, and who may.

    action: a name the assistant knows. subject: what it acts on, e.g. a turn's id.
    offset: from which message on, for "continue". user: who may tap; None is anyone in the chat.
    """

    id: str
    chat: Chat
    action: str
    subject: str = ""
    offset: int = 0
    user: str | None = None
    used_by: str | None = None


class ButtonStore(Protocol):
    """Opaque buttons: an id leads to a row, so there is nothing to forge."""

    def put(self, buttons: Sequence[Button], *, until: datetime) -> None:
        """Keep buttons until they expire."""

    def get(self, chat: Chat, button_id: str, *, now: datetime) -> Button | None:
        """Find a button of this chat; None when unknown or expired."""

    def use(self, chat: Chat, button_id: str, *, by: str, now: datetime) -> bool:
        """Use a button up, atomically.

        `by` names the tap (an event's id): the same tap again is True too; another is False.
        """


class Role(StrEnum):
    """What somebody was let in as, by a code."""

    GUEST = "guest"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFacts:
    """What is known of a chat: its language (None if never asked), and whether it was told.

    model, assistant: ids, as chosen in the chat; "" where nobody chose. role: as what the chat
    (or the person whose private chat it is) was let in; None where it was not.
    chosen_language: what the bot speaks here whatever LINE tells. listens: it answers everything in
    this group. remembers: it keeps what is said in this group. keeper: the user id of who alone may
    change what is chosen here. human_until: people answer here until then, and the bot doesn't.
    """

    language: str | None = None
    language_known_at: datetime | None = None
    introduced: bool = False
    model: str = ""
    assistant: str = ""
    role: Role | None = None
    chosen_language: str = ""
    listens: bool = False
    remembers: bool = False
    keeper: str = ""
    human_until: datetime | None = None


class Choice(StrEnum):
    """What can be chosen in a chat, by the name of its fact."""

    MODEL = "model"
    ASSISTANT = "assistant"
    LANGUAGE = "chosen_language"
    LISTENS = "listens"
    REMEMBERS = "remembers"
    KEEPER = "keeper"


#: The value of a choice that is only made or not.
YES = "yes"


class ChatBook(Protocol):
    """A few facts about each chat."""

    def facts(self, chat: Chat) -> ChatFacts:
        """All that is known; nothing known is a `ChatFacts()`."""

    def learn_language(self, chat: Chat, language: str | None, *, now: datetime) -> None:
        """Keep the language of the chat's profile."""

    def mark_introduced(self, chat: Chat, *, now: datetime) -> None:
        """Keep that the chat has seen the privacy link."""

    def choose(self, chat: Chat, choice: Choice, value: str, *, now: datetime) -> None:
        """Keep what was chosen in this chat; "" undoes it, and `YES` makes a yes of it."""

    def hand_over(self, chat: Chat, *, until: datetime | None, now: datetime) -> None:
        """Keep until when people answer here in the bot's place; None gives it back."""

    def let_in(self, chat: Chat, role: Role, *, now: datetime) -> None:
        """Keep as what a chat was let in: until its person is forgotten, however long it rests."""

    def part(self, chat: Chat, *, until: datetime | None, now: datetime) -> None:
        """Keep that the person of a private chat left, and until when all of theirs is kept.

        None: they are back.
        """

    def parted(self, *, now: datetime) -> tuple[Chat, ...]:
        """Private chats whose person left and whose time is over, a hundred at most."""


class Counters(Protocol):
    """Counts against limits."""

    def spend(
        self,
        amounts: Mapping[str, int],
        limits: Mapping[str, int],
        *,
        until: Mapping[str, datetime],
    ) -> str | None:
        """Add to all counters, or to none if one would pass its limit, in one atomic write.

        amounts, limits and until (when a counter may be forgotten) have the same keys. Returns
        None when spent, otherwise the key of the first counter (in the order of `amounts`) that
        is used up.
        """


class Ledger(Protocol):
    """The operator's money: what may be spent, and what was."""

    def reserve(self, reservation: Reservation) -> UsedUp | None:
        """Reserve in all accounts, or in none, in one atomic write; the same id only once.

        An account that is not used up yet lets a call begin: so all that is spent passes a limit
        by less than one reservation. Money is added to each account's day and month, and 1 to the
        answers and the minute of one that counts the call. Returns None, or what is used up.
        """

    def settle(self, reservation: Reservation, entry: Entry) -> None:
        """Put the real cost in the reservation's place and keep the entry, in one atomic write.

        Made again it changes nothing. One that was given back meanwhile is counted all the same.
        Calls that had been begun stay counted.
        """

    def heal(self, *, now: datetime) -> int:
        """Give back what was reserved until now and never settled; returns how many it were."""

    def spent(self, accounts: Sequence[Account]) -> tuple[Spent, ...]:
        """What each account has spent, in the order given."""

    def entries(self, days: Sequence[str]) -> Iterator[Entry]:
        """Every settled entry of these local days, in any order; kept for 400 days."""


class Invites(Protocol):
    """Codes that let somebody in. Only a digest of each is kept."""

    def issue(self, code: str, role: Role, *, until: datetime) -> None:
        """Keep a code until then."""

    def redeem(self, code: str, *, by: str, now: datetime) -> Role | None:
        """Use a code up, atomically; None where it is unknown, over or used.

        `by` names the message that brought it (an event's id): the same one again is let in again.
        """


class Forgetful(Protocol):
    """A store that can forget: every store that keeps something of a person is one."""

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Erase all that is stored of a person, in every chat, but for the turn that asks it."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Erase all that is stored of a chat, but for the turn that asks it.

        What people may spend, and as what a chat was let in, stays: both could be reset at will.
        """

    def purge(self, *, now: datetime) -> None:
        """Erase what is older than its promised time."""


class Media(Forgetful, Protocol):
    """What people sent and the bot made that is no text, kept 30 days."""

    def keep(
        self, chat: Chat, media_id: str, medium: Medium, *, user: str | None, now: datetime
    ) -> None:
        """Keep it whole or not at all, in place of what the chat's id led to before.

        user: whose it is, so that it is forgotten with them; in a private chat it always is.
        """

    def read(self, chat: Chat, media_id: str, *, now: datetime) -> Medium | None:
        """Read it back; None where the chat has none of this id, or its 30 days are over."""

    def link(self, chat: Chat, media_id: str, *, origin: str, seconds: int, now: datetime) -> str:
        """Make an address that anybody may GET for so long; whether it is there is not asked.

        It can't be guessed and names nobody. origin: where the bot is reached from outside.
        """

    def shown(self, ticket: str, *, now: datetime) -> Medium | None:
        """What is behind a link to the bot itself, by its last part; None where links lead by it,
        or this one was not made here or is over.
        """

    def forget(self, chat: Chat, media_id: str) -> None:
        """Erase one; what is not there is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Everything that is kept, whichever backend keeps it; `forgetful` are all that can forget."""

    inbox: Inbox
    outbox: Outbox
    history: History
    buttons: ButtonStore
    chats: ChatBook
    counters: Counters
    ledger: Ledger
    invites: Invites
    failures: Failures
    forgetful: tuple[Forgetful, ...]

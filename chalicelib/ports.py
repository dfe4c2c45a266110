"""What the use cases need of the outside world, in Liao's words.

Each port is small and its docstrings are guarantees: the contract suites in `tests/contract/`
hold every implementation to them. Anything that stores may raise `StorageUnavailable`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Batch, Event, Lane, TextEdited, TextSent
from chalicelib.domain.ledger import Account, Entry, Reservation, Spent, UsedUp
from chalicelib.domain.media import Medium
from chalicelib.domain.messages import Answer, Message
from chalicelib.domain.prices import Usage
from chalicelib.domain.prompt import Prompt
from chalicelib.domain.turns import Arrival, Lease, Purpose, Sending, Turn, Wait


class Clock(Protocol):
    """Time, as an argument."""

    def now(self) -> datetime:
        """Tell the time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait that long."""


# --- coming in ---------------------------------------------------------------------------------


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


# --- what is remembered ------------------------------------------------------------------------


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


# --- what nobody else may know ---------------------------------------------------------------


class Secret(Protocol):
    """A key or token that its owner may change while a process lives; safe for many threads."""

    def value(self) -> str:
        """The secret, as it is known now; "" where there is none."""

    def renewed(self, rejected: str) -> bool:
        """Whom it should open rejected this value. True where `value` is another one now.

        Finding that out may take a second or two, at most once a minute; raises nothing.
        """


# --- going out ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What LINE tells of a person. `language` is a BCP 47 tag, None where it isn't told."""

    name: str
    language: str | None = None


class Messenger(Protocol):
    """Sends what the bot says. Time-outs are short and explicit; nothing is retried here."""

    def reply(self, token: str, messages: Sequence[Message]) -> tuple[str, ...]:
        """Say one to five messages by a reply token; returns their ids, as far as LINE tells.

        Raises TokenSpent, SendBusy, SendForbidden or SendRefused.
        """

    def push(self, chat: Chat, messages: Sequence[Message], *, retry_key: str) -> tuple[str, ...]:
        """Say one to five messages unasked, which costs; the same retry key is sent only once.

        Returns their ids, as far as LINE tells.

        Raises SendBusy, SendForbidden or SendRefused.
        """

    def show_loading(self, chat: Chat, *, seconds: int) -> None:
        """Show dots for 5 to 60 seconds, in private chats; a failure is logged, not raised."""

    def profile(self, user: str) -> Profile | None:
        """Ask who somebody is; None if LINE doesn't tell."""

    def member(self, chat: Chat, user: str) -> Profile | None:
        """Ask who somebody of a group or room is; None if LINE doesn't tell."""

    def mark_as_read(self, read_token: str) -> None:
        """Show messages up to this one as read; a failure is logged, not raised."""

    def pushes_left(self) -> int | None:
        """Ask how many pushes the month has left; None without a limit, or if LINE doesn't tell."""


class Menus(Protocol):
    """The rich menus that the operator made, one a language; mostly there are none."""

    def show(self, user: str, language: str) -> None:
        """Show a person the menu in a language; where there is none, nothing changes.

        Shown again it stays as it is. A failure is logged, not raised.
        """


class Content(Protocol):
    """What people sent that is no text, as LINE keeps it for a while."""

    def fetch(self, message_id: str, *, within: timedelta, most: int) -> Medium:
        """Fetch it whole, waiting while LINE still prepares it; `most`: bytes.

        Raises ContentGone (taken back, or LINE keeps it no more), ContentTooLarge, or ContentBusy.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Somebody wants to talk to people.

    name: as LINE tells it, "" where it doesn't. lines: what was said last, oldest first. until:
    until when the bot leaves the chat to people; aware, in the operator's time zone.
    """

    chat: Chat
    name: str
    lines: tuple[Said, ...]
    until: datetime


class Staff(Protocol):
    """The people behind the bot, wherever they read."""

    def tell(self, appeal: Appeal) -> bool:
        """Tell them that somebody waits.

        False where nobody would read it: no way to them is set up, or it failed, which is logged.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page that an answer rests on."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's answer. `cut` is true where it ran into the cap of output tokens.

    usage: as its vendor reports it; nothing where it reports none. sources: pages of the web that
    it names, each once. data: what was asked for by a schema, None where it was not.
    """

    text: str
    cut: bool = False
    usage: Usage = field(default_factory=Usage)
    sources: tuple[Source, ...] = ()
    data: Mapping[str, Any] | None = None


class Model(Protocol):
    """Answers a prompt."""

    def complete(self, prompt: Prompt, *, within: timedelta, max_tokens: int) -> Completion:
        """Ask once; `within` bounds the whole call, whatever the vendor does.

        Of the prompt only that is sent which the model can do: no pictures to one that can't see,
        no search, and a schema only where it is kept to; otherwise the answer is read tolerantly.
        Raises ModelBusy, ModelRefused or ModelUnavailable; an empty answer is a ModelBusy.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was said in a voice message. usage: as its vendor reports it."""

    text: str
    usage: Usage = field(default_factory=Usage)


class Hearing(Protocol):
    """Writes down what was said."""

    def transcribe(self, voice: Medium, *, within: timedelta) -> Transcript:
        """Ask once; raises like `Model.complete`. Nothing said is a ModelRefused."""


class Vendors(Protocol):
    """Whoever runs the models of the catalogue."""

    def model(self, spec: ModelSpec) -> Model:
        """The model that answers, ready to be asked; made once."""

    def hearing(self, spec: ModelSpec) -> Hearing:
        """The model that writes down, ready to be asked; made once."""


class Telemetry(Protocol):
    """Facts for the log: ids, counts and durations, never words people wrote, never a secret."""

    def fact(self, name: str, **ids: str | float | bool | None) -> None:
        """Log something that happened, by a name in the past tense."""

    def trouble(self, name: str, error: BaseException, **ids: str | float | bool | None) -> None:
        """Log something that went wrong, with where, never with what was said."""

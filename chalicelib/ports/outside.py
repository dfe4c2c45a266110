"""The world outside: LINE, models, the people behind the bot, time, secrets and the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.chat import Chat
from chalicelib.domain.media import Medium
from chalicelib.domain.messages import Message
from chalicelib.domain.prices import Usage
from chalicelib.domain.prompt import Prompt
from chalicelib.ports.incoming import Said


class Clock(Protocol):
    """Time, as an argument."""

    def now(self) -> datetime:
        """Tell the time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait that long."""


class Secret(Protocol):
    """A key or token that its owner may change while a process lives; safe for many threads."""

    def value(self) -> str:
        """The secret, as it is known now; "" where there is none."""

    def renewed(self, rejected: str) -> bool:
        """Whom it should open rejected this value. True where `value` is another one now.

        Finding that out may take a second or two, at most once a minute; raises nothing.
        """


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

    name: as LINE tells it, "" where it doesn't. lines: what was said last, oldest first. names: of
    those who said it in a group, by their user ids; who isn't in it has none that LINE tells.
    until: until when the bot leaves the chat to people; aware, in the operator's time zone.
    """

    chat: Chat
    name: str
    lines: tuple[Said, ...]
    until: datetime
    names: Mapping[str, str] = field(default_factory=dict)


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

"""Stand-ins for the outside world: a clock that is told the time, a LINE and a model in memory.

They keep to the ports' promises and remember what happened, so a test reads as a story.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import BadSignature, ContentError, ContentGone, ContentTooLarge
from chalicelib.domain.events import Batch, Lane
from chalicelib.domain.media import Medium
from chalicelib.domain.messages import Message
from chalicelib.domain.prices import Usage
from chalicelib.domain.prompt import Prompt
from chalicelib.domain.spoken import said
from chalicelib.ports import Appeal, Completion, Profile, Transcript

#: What a call to a model uses that says nothing of it.
USED = Usage(tokens_in=100, tokens_out=20)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Taipei, a Sunday


@dataclass(slots=True)
class FakeClock:
    """A clock that stands still until it is moved; sleeping moves it."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.move(seconds)

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass(slots=True)
class FakeTelemetry:
    """Remembers facts and troubles."""

    facts: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def fact(self, name: str, **ids: str | float | bool | None) -> None:
        self.facts.append((name, dict(ids)))

    def trouble(self, name: str, error: BaseException, **ids: str | float | bool | None) -> None:
        self.facts.append((name, {**ids, "error": error}))

    def named(self, name: str) -> list[dict[str, object]]:
        return [ids for fact, ids in self.facts if fact == name]


@dataclass(slots=True)
class FakeSecret:
    """A secret that becomes another one when it is rejected, as long as any are coming.

    takes: seconds until that is known.
    """

    known: str
    coming: list[str] = field(default_factory=list)
    takes: float = 0.0

    def value(self) -> str:
        return self.known

    def renewed(self, rejected: str) -> bool:
        time.sleep(self.takes)
        if self.known == rejected and self.coming:
            self.known = self.coming.pop(0)
        return self.known != rejected


@dataclass(slots=True)
class FakeReader:
    """Reads a webhook that was told beforehand, whoever signed it but a forger."""

    batch: Batch = field(default_factory=lambda: Batch(events=()))

    def read(self, body: bytes, signature: str | None) -> Batch:
        if signature is not None:
            raise BadSignature("the request is not signed")
        return self.batch


@dataclass(slots=True)
class FakeQueue:
    """Remembers who was woken, and as what. pressed: others wait for a worker."""

    woken: list[tuple[Chat, Lane]] = field(default_factory=list)
    causes: list[str | None] = field(default_factory=list)
    pressed: bool = False
    broken: Exception | None = None

    def wake(self, chat: Chat, lane: Lane, *, once: str | None = None) -> None:
        if self.broken:
            raise self.broken
        self.woken.append((chat, lane))
        self.causes.append(once)

    def is_pressed(self, lane: Lane) -> bool:
        return self.pressed


@dataclass(slots=True)
class FakeMessenger:
    """A LINE in memory: a token works once, and only for what was really taken.

    What it takes has ids: s1, s2, … members: profiles by chat and user. read: the tokens of what
    was shown as read. before: called before a reply is taken; after: when it was taken but not yet
    confirmed. Either may raise, as a network does.
    """

    replies: list[tuple[str, tuple[Message, ...]]] = field(default_factory=list)
    pushes: list[tuple[str, tuple[Message, ...]]] = field(default_factory=list)
    push_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dots: list[Chat] = field(default_factory=list)
    profiles: dict[str, Profile] = field(default_factory=dict)
    asked_profiles: list[str] = field(default_factory=list)
    members: dict[tuple[Chat, str], Profile] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    dead_tokens: set[str] = field(default_factory=set)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    left: int | None = None
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, token: str, messages: Sequence[Message]) -> tuple[str, ...]:
        from chalicelib.domain.errors import TokenSpent

        self.before()
        assert 1 <= len(messages) <= 5
        with self.lock:
            if token in self.dead_tokens:
                raise TokenSpent("Invalid reply token")
            self.dead_tokens.add(token)
            self.replies.append((token, tuple(messages)))
            ids = self._ids(messages)
        self.after()
        return ids

    def push(self, chat: Chat, messages: Sequence[Message], *, retry_key: str) -> tuple[str, ...]:
        self.before()
        with self.lock:
            if retry_key not in self.push_keys:
                self.push_keys[retry_key] = self._ids(messages)
                self.pushes.append((chat.key, tuple(messages)))
        self.after()
        return self.push_keys[retry_key]

    def _ids(self, messages: Sequence[Message]) -> tuple[str, ...]:
        before, self.sent = self.sent, self.sent + len(messages)
        return tuple(f"s{number}" for number in range(before + 1, self.sent + 1))

    def pushes_left(self) -> int | None:
        return self.left

    def show_loading(self, chat: Chat, *, seconds: int) -> None:
        if chat.is_private:
            self.dots.append(chat)

    def profile(self, user: str) -> Profile | None:
        self.asked_profiles.append(user)
        return self.profiles.get(user)

    def member(self, chat: Chat, user: str) -> Profile | None:
        return self.members.get((chat, user))

    def mark_as_read(self, read_token: str) -> None:
        if read_token:
            self.read.append(read_token)

    def said(self) -> list[str]:
        """Every text of every reply, in order."""
        return [said(message) for _, messages in self.replies for message in messages]


@dataclass(slots=True)
class FakeMenus:
    """Remembers which menu each person was shown, in order."""

    shown: list[tuple[str, str]] = field(default_factory=list)

    def show(self, user: str, language: str) -> None:
        self.shown.append((user, language))


@dataclass(slots=True)
class FakeStaff:
    """People who remember who wanted them, while they can be told."""

    told: list[Appeal] = field(default_factory=list)
    reachable: bool = True

    def tell(self, appeal: Appeal) -> bool:
        if self.reachable:
            self.told.append(appeal)
        return self.reachable


@dataclass(slots=True)
class FakeModel:
    """A model that says what it is told to, and remembers what it was asked.

    script: what the next calls do, in order: a text, a Completion, or an error to raise. Without
    a script it echoes the question. given: how long each call might take.
    """

    script: list[str | Completion | Exception] = field(default_factory=list)
    asked: list[Prompt] = field(default_factory=list)
    given: list[timedelta] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    def complete(self, prompt: Prompt, *, within: timedelta, max_tokens: int) -> Completion:
        assert within > timedelta(0)
        self.asked.append(prompt)
        self.given.append(within)
        self.during()
        step = self.script.pop(0) if self.script else f"echo: {prompt.lines[-1].text}"
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Completion) else Completion(text=step, usage=USED)


@dataclass(slots=True)
class FakeHearing:
    """Writes down what it is told to, in order."""

    script: list[str | Transcript | Exception] = field(default_factory=list)
    heard: list[Medium] = field(default_factory=list)
    during: Callable[[], object] = lambda: None

    def transcribe(self, voice: Medium, *, within: timedelta) -> Transcript:
        assert within > timedelta(0)
        self.heard.append(voice)
        self.during()
        step = self.script.pop(0) if self.script else f"heard {len(voice.content)} bytes"
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Transcript) else Transcript(text=step)


@dataclass(slots=True)
class FakeVendors:
    """A model for each row that is asked for, by its id."""

    models: dict[str, FakeModel] = field(default_factory=dict)
    ears: dict[str, FakeHearing] = field(default_factory=dict)

    def model(self, spec: ModelSpec) -> FakeModel:
        return self.models.setdefault(spec.id, FakeModel())

    def hearing(self, spec: ModelSpec) -> FakeHearing:
        return self.ears.setdefault(spec.id, FakeHearing())


@dataclass(slots=True)
class FakeContent:
    """What people sent, by the message's id; what is not there is gone. during: run by a fetch."""

    sent: dict[str, Medium | ContentError] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    def fetch(self, message_id: str, *, within: timedelta, most: int) -> Medium:
        assert within > timedelta(0)
        self.fetched.append(message_id)
        self.during()
        found = self.sent.get(message_id, ContentGone("404"))
        if isinstance(found, ContentError):
            raise found
        if len(found.content) > most:
            raise ContentTooLarge(f"{len(found.content)} bytes")
        return found

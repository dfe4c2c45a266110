"""Stand-ins for the outside world: a clock that is told the time, a LINE and a model in memory.

They keep to the ports' promises and remember what happened, so a test reads as a story.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.domain.messages import Message
from chalicelib.domain.prompt import Prompt
from chalicelib.ports import Completion, Profile

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

    before: called before a reply is taken; after: when it was taken but not yet confirmed. Either
    may raise, as a network does.
    """

    replies: list[tuple[str, tuple[Message, ...]]] = field(default_factory=list)
    pushes: list[tuple[str, tuple[Message, ...]]] = field(default_factory=list)
    push_keys: set[str] = field(default_factory=set)
    dots: list[Chat] = field(default_factory=list)
    profiles: dict[str, Profile] = field(default_factory=dict)
    asked_profiles: list[str] = field(default_factory=list)
    dead_tokens: set[str] = field(default_factory=set)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    left: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, token: str, messages: Sequence[Message]) -> None:
        from chalicelib.domain.errors import TokenSpent

        self.before()
        assert 1 <= len(messages) <= 5
        with self.lock:
            if token in self.dead_tokens:
                raise TokenSpent("Invalid reply token")
            self.dead_tokens.add(token)
            self.replies.append((token, tuple(messages)))
        self.after()

    def push(self, chat: Chat, messages: Sequence[Message], *, retry_key: str) -> None:
        self.before()
        with self.lock:
            if retry_key not in self.push_keys:
                self.push_keys.add(retry_key)
                self.pushes.append((chat.key, tuple(messages)))
        self.after()

    def pushes_left(self) -> int | None:
        return self.left

    def show_loading(self, chat: Chat, *, seconds: int) -> None:
        if chat.is_private:
            self.dots.append(chat)

    def profile(self, user: str) -> Profile | None:
        self.asked_profiles.append(user)
        return self.profiles.get(user)

    def said(self) -> list[str]:
        """Every text of every reply, in order."""
        return [message.text for _, messages in self.replies for message in messages]


@dataclass(slots=True)
class FakeModel:
    """A model that says what it is told to, and remembers what it was asked.

    script: what the next calls do, in order: a text, a Completion, or an error to raise. Without
    a script it echoes the question.
    """

    script: list[str | Completion | Exception] = field(default_factory=list)
    asked: list[Prompt] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    def complete(self, prompt: Prompt, *, within: timedelta, max_tokens: int) -> Completion:
        assert within > timedelta(0)
        self.asked.append(prompt)
        self.during()
        step = self.script.pop(0) if self.script else f"echo: {prompt.lines[-1].text}"
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Completion) else Completion(text=step)

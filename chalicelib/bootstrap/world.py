"""LINE and the model, as the worker reaches them; each SDK is imported when it is first needed.

Both together import for one to three seconds. A worker that wakes needs the model first: LINE's
SDK is then imported by whoever shows the first dots, while the model thinks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from chalicelib.adapters import shipped
from chalicelib.adapters.line.access import Access, LongLived, Stateless
from chalicelib.adapters.line.sender import LineMessenger
from chalicelib.adapters.models.chat_completions import ChatCompletionsModel
from chalicelib.bootstrap.source import secret
from chalicelib.domain.chat import Chat
from chalicelib.domain.messages import Message
from chalicelib.domain.prompt import Prompt
from chalicelib.ports import Completion, Messenger, Model, Profile, Telemetry
from chalicelib.settings import Settings


class _Closing(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=_Closing)


@dataclass(slots=True, kw_only=True)
class Late(Generic[T]):
    """Something that is made when it is first asked for, once, whichever thread asks."""

    connect: Callable[[], T]
    opened: ExitStack
    made: T | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> T:
        """Give it, and make it first if nobody has."""
        with self.lock:
            if self.made is None:
                self.made = self.opened.enter_context(closing(self.connect()))
            return self.made


@dataclass(frozen=True, slots=True)
class LateMessenger:
    """`Messenger` that connects at its first use."""

    line: Callable[[], Messenger]

    def reply(self, token: str, messages: Sequence[Message]) -> None:
        """Say one to five messages by a reply token; see `Messenger`."""
        self.line().reply(token, messages)

    def push(self, chat: Chat, messages: Sequence[Message], *, retry_key: str) -> None:
        """Say one to five messages unasked; see `Messenger`."""
        self.line().push(chat, messages, retry_key=retry_key)

    def show_loading(self, chat: Chat, *, seconds: int) -> None:
        """Show dots; see `Messenger`."""
        self.line().show_loading(chat, seconds=seconds)

    def profile(self, user: str) -> Profile | None:
        """Ask who somebody is; see `Messenger`."""
        return self.line().profile(user)

    def pushes_left(self) -> int | None:
        """Ask how many pushes the month has left; see `Messenger`."""
        return self.line().pushes_left()


@dataclass(frozen=True, slots=True)
class LateModel:
    """`Model` that connects at its first use."""

    model: Callable[[], Model]

    def complete(self, prompt: Prompt, *, within: timedelta, max_tokens: int) -> Completion:
        """Ask once; see `Model`."""
        return self.model().complete(prompt, within=within, max_tokens=max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Who is outside. `messenger` and `model` are light until they are used."""

    line: Late[LineMessenger]
    asked: Late[ChatCompletionsModel]

    @property
    def messenger(self) -> Messenger:
        """LINE."""
        return LateMessenger(self.line)

    @property
    def model(self) -> Model:
        """The model."""
        return LateModel(self.asked)


def outside(settings: Settings, telemetry: Telemetry, opened: ExitStack) -> World:
    """Make both; what they open later is closed with `opened`. Raises SettingInvalid."""
    token = settings.needed_access_token()

    def access() -> Access:
        if token:
            return LongLived(secret("LINE_CHANNEL_ACCESS_TOKEN", token))
        stateless = Stateless.connect(
            channel_id=settings.channel_id,
            secret=secret("LINE_CHANNEL_SECRET", settings.needed_channel_secret()),
            base_url=settings.line_api,
            telemetry=telemetry,
        )
        return opened.enter_context(closing(stateless))

    def line() -> LineMessenger:
        return LineMessenger.connect(
            access=access(), base_url=settings.line_api, telemetry=telemetry
        )

    def model() -> ChatCompletionsModel:
        return ChatCompletionsModel.connect(
            api_key=secret("OPENAI_API_KEY", settings.openai_key),
            base_url=settings.openai_url,
            model=settings.model,
            telemetry=telemetry,
            price=shipped.prices().find(settings.model),
        )

    return World(line=Late(connect=line, opened=opened), asked=Late(connect=model, opened=opened))

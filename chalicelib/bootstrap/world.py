"""LINE and the models, as the worker reaches them; each SDK is imported when it is first needed.

Both together import for one to three seconds. A worker that wakes needs the model first: LINE's
SDK is then imported by whoever shows the first dots, while the model thinks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Generic, Protocol, TypeVar

from chalicelib.adapters.line.access import Access, LongLived, Stateless
from chalicelib.adapters.line.content import LineContent
from chalicelib.adapters.line.menus import LineMenus
from chalicelib.adapters.line.sender import LineMessenger
from chalicelib.adapters.models.vendors import ModelVendors
from chalicelib.bootstrap.source import secret
from chalicelib.domain.catalogue import address
from chalicelib.domain.chat import Chat
from chalicelib.domain.media import Medium
from chalicelib.domain.messages import Message
from chalicelib.ports import Content, Menus, Messenger, Profile, Telemetry
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

    def reply(self, token: str, messages: Sequence[Message]) -> tuple[str, ...]:
        """Say one to five messages by a reply token; see `Messenger`."""
        return self.line().reply(token, messages)

    def push(self, chat: Chat, messages: Sequence[Message], *, retry_key: str) -> tuple[str, ...]:
        """Say one to five messages unasked; see `Messenger`."""
        return self.line().push(chat, messages, retry_key=retry_key)

    def show_loading(self, chat: Chat, *, seconds: int) -> None:
        """Show dots; see `Messenger`."""
        self.line().show_loading(chat, seconds=seconds)

    def profile(self, user: str) -> Profile | None:
        """Ask who somebody is; see `Messenger`."""
        return self.line().profile(user)

    def member(self, chat: Chat, user: str) -> Profile | None:
        """Ask who somebody of a group or room is; see `Messenger`."""
        return self.line().member(chat, user)

    def mark_as_read(self, read_token: str) -> None:
        """Show messages up to this one as read; see `Messenger`."""
        self.line().mark_as_read(read_token)

    def pushes_left(self) -> int | None:
        """Ask how many pushes the month has left; see `Messenger`."""
        return self.line().pushes_left()


@dataclass(frozen=True, slots=True)
class LateContent:
    """`Content` that connects at its first use."""

    content: Callable[[], Content]

    def fetch(self, message_id: str, *, within: timedelta, most: int) -> Medium:
        """Fetch what somebody sent; see `Content`."""
        return self.content().fetch(message_id, within=within, most=most)


@dataclass(frozen=True, slots=True)
class LateMenus:
    """`Menus` that connects at its first use."""

    menus: Callable[[], Menus]

    def show(self, user: str, language: str) -> None:
        """Show a person the menu in a language; see `Menus`."""
        self.menus().show(user, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Who is outside; all of it is light until it is used."""

    line: Late[LineMessenger]
    data: Late[LineContent]
    shown: Late[LineMenus]
    vendors: ModelVendors

    @property
    def messenger(self) -> Messenger:
        """LINE, to which one speaks."""
        return LateMessenger(self.line)

    @property
    def content(self) -> Content:
        """LINE, from which pictures and voices are fetched."""
        return LateContent(self.data)

    @property
    def menus(self) -> Menus:
        """LINE, where each person is shown a rich menu."""
        return LateMenus(self.shown)


def outside(
    settings: Settings, env: Mapping[str, str], telemetry: Telemetry, opened: ExitStack
) -> World:
    """Make all of it; what it opens later is closed with `opened`. Raises SettingInvalid."""
    token = settings.needed_access_token()

    def granted() -> Access:
        if token:
            return LongLived(secret("LINE_CHANNEL_ACCESS_TOKEN", token))
        stateless = Stateless.connect(
            channel_id=settings.channel_id,
            secret=secret("LINE_CHANNEL_SECRET", settings.needed_channel_secret()),
            base_url=settings.line_api,
            telemetry=telemetry,
        )
        return opened.enter_context(closing(stateless))

    access = cache(granted)

    def line() -> LineMessenger:
        return LineMessenger.connect(
            access=access(), base_url=settings.line_api, telemetry=telemetry
        )

    def data() -> LineContent:
        return LineContent.connect(
            access=access(), base_url=settings.line_data_api, telemetry=telemetry
        )

    def shown() -> LineMenus:
        return LineMenus.connect(access=access(), base_url=settings.line_api, telemetry=telemetry)

    vendors = ModelVendors(
        address=lambda vendor: address(vendor, env),
        secret=lambda name: secret(name, env.get(name, "")),
        telemetry=telemetry,
    )
    return World(
        line=Late(connect=line, opened=opened),
        data=Late(connect=data, opened=opened),
        shown=Late(connect=shown, opened=opened),
        vendors=opened.enter_context(closing(vendors)),
    )

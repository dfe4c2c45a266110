"""The whole assistant over fakes and a real SQLite file: what the stories about it run on.

with assembled(tmp_path) as bot:
    bot.hears("你好")
    assert bot.messenger.said() == ["echo: 你好"]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from chalicelib.adapters import shipped
from chalicelib.adapters.media.files import FileMedia
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.stores import stores
from chalicelib.assistant.receive import Receive
from chalicelib.assistant.respond import WORKER_TIME
from chalicelib.bootstrap.menu import Menu
from chalicelib.bootstrap.parts import Parts
from chalicelib.bootstrap.wiring import Worker, wire
from chalicelib.domain.catalogue import Ability, Dialect, ModelSpec, Vendor
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.commands import CommandList
from chalicelib.domain.digests import digest
from chalicelib.domain.events import (
    AudioSent,
    Batch,
    Event,
    Followed,
    ImageSent,
    Joined,
    Lane,
    Left,
    LocationSent,
    MembersJoined,
    OtherSent,
    StickerSent,
    Tapped,
    TextEdited,
    TextSent,
    Unfollowed,
    Unsent,
)
from chalicelib.domain.messages import Buttons, Tap
from chalicelib.domain.money import Currency
from chalicelib.domain.prices import Price
from chalicelib.domain.spoken import said
from chalicelib.ports import Stores
from chalicelib.settings import Settings
from tests.fakes import (
    FakeClock,
    FakeContent,
    FakeMenus,
    FakeMessenger,
    FakeModel,
    FakeQueue,
    FakeReader,
    FakeStaff,
    FakeTelemetry,
    FakeVendors,
)

AMY = Chat(ChatKind.USER, "Uamy")
GROUP = Chat(ChatKind.GROUP, "Cfriends")
ORIGIN = "https://bot.example/api"


def spec(name: str, *abilities: Ability, vendor: str = "acme", **given: Any) -> ModelSpec:
    """A row of the tests' catalogue."""
    maker = Vendor(
        id=vendor,
        name=vendor.title(),
        country="TW",
        base_url=f"https://{vendor}.example/v1",
        url_setting="",
        key_setting="",
        cap="max_tokens",
    )
    row: dict[str, Any] = {
        "id": name,
        "name": name,
        "vendor": maker,
        "label": name.title(),
        "good_for": {"en": f"{name} things", "zh-Hant": f"{name} 的事"},
        "dialect": Dialect.CHAT,
        "abilities": frozenset(abilities),
        "context": 100_000,
        "price": Price(tokens_in=1, tokens_out=4, as_of=date(2026, 11, 1)),
    }
    return ModelSpec(**{**row, **given})


#: The tests' models: the default, which sees nothing; another vendor's that steps in for it; one
#: that sees; one that writes down.
ECHO = spec("echo", fallbacks=("spare",))
SPARE = spec("spare", vendor="other")
EYES = spec("eyes", Ability.VISION, Ability.WEB)
EARS = spec("ears", Ability.HEARING)
CURRENCY = Currency(code="TWD", sign="NT$ ", per_dollar=32.0, decimals=0, as_of=date(2026, 11, 1))


@dataclass(slots=True, kw_only=True)
class Assembled:
    """A bot whose time is told, and what it did."""

    database: Database
    stores: Stores
    reader: FakeReader
    receive: Receive
    worker: Worker
    parts: Parts
    ids: Iterator[str]
    numbers: Iterator[int]

    @property
    def clock(self) -> FakeClock:
        """The time that is told."""
        return cast("FakeClock", self.parts.clock)

    @property
    def messenger(self) -> FakeMessenger:
        """LINE, and what it was sent."""
        return cast("FakeMessenger", self.parts.messenger)

    @property
    def vendors(self) -> FakeVendors:
        """Every model, and what each was asked."""
        return cast("FakeVendors", self.parts.vendors)

    @property
    def model(self) -> FakeModel:
        """The default model, and what it was asked."""
        return self.vendors.model(ECHO)

    @property
    def content(self) -> FakeContent:
        """What people sent that is no text."""
        return cast("FakeContent", self.parts.content)

    @property
    def menus(self) -> FakeMenus:
        """The rich menus, and who was shown which."""
        return cast("FakeMenus", self.parts.menus)

    @property
    def staff(self) -> FakeStaff:
        """The people behind the bot, and who wanted them."""
        return cast("FakeStaff", self.parts.staff())

    @property
    def queue(self) -> FakeQueue:
        """Who was woken, and whether others wait."""
        return cast("FakeQueue", self.parts.queue)

    @property
    def telemetry(self) -> FakeTelemetry:
        """The log."""
        return cast("FakeTelemetry", self.parts.telemetry)

    # -- what people do ------------------------------------------------------------------------

    def hears(
        self,
        text: str,
        *,
        chat: Chat = AMY,
        user: str = "Uamy",
        mention: bool = True,
        quotes: str = "",
        work: bool = True,
    ) -> str:
        """Somebody writes; returns the event's id. In groups the bot is mentioned, mostly.

        quotes: the id of the message that is quoted.
        """
        base = self._base(chat, user)
        to_bot = mention and not chat.is_private
        event = TextSent(
            **base,
            **_message(base),
            text=text,
            to_bot=to_bot,
            quotes=quotes,
        )
        return self.gets(event, work=work)

    def edits(
        self,
        event_id: str,
        text: str,
        *,
        chat: Chat = GROUP,
        user: str = "Uamy",
        mention: bool = False,
        work: bool = True,
    ) -> str:
        """Somebody changes what the message of an event said; returns the edit's id."""
        base = self._base(chat, user)
        message = {**_message(base), "message_id": f"m-{event_id}"}
        return self.gets(TextEdited(**base, **message, text=text, to_bot=mention), work=work)

    def sees(self, what: str, *, chat: Chat = AMY, work: bool = True) -> str:
        """Somebody sends something else than words."""
        base = self._base(chat, "Uamy")
        kinds: dict[str, Callable[..., Event]] = {
            "image": ImageSent,
            "audio": partial(AudioSent, duration=4_000),
            "sticker": StickerSent,
            "location": partial(LocationSent, **TAIPEI_101),
        }
        kind = kinds.get(what, partial(OtherSent, what=what))
        return self.gets(kind(**base, **_message(base)), work=work)

    def is_followed(self, *, chat: Chat = AMY, again: bool = False) -> str:
        """Somebody adds the bot."""
        return self.gets(Followed(**self._base(chat, chat.id), again=again))

    def is_left(self, *, chat: Chat = AMY) -> str:
        """Somebody blocks the bot; a group removes it."""
        base = {**self._base(chat, chat.id), "token": None}
        return self.gets(Unfollowed(**base) if chat.is_private else Left(**{**base, "user": None}))

    def joins(self, *, chat: Chat = GROUP) -> str:
        """A group brings the bot in."""
        return self.gets(Joined(**{**self._base(chat, ""), "user": None}))

    def newcomers(self, *, chat: Chat = GROUP) -> str:
        """People come into a group."""
        return self.gets(MembersJoined(**{**self._base(chat, ""), "user": None}))

    def taps(self, label: str, *, chat: Chat = AMY, user: str = "Uamy", work: bool = True) -> str:
        """Somebody taps the newest button with this label."""
        return self.taps_data(self.button(label).data, chat=chat, user=user, work=work)

    def taps_data(
        self, data: str, *, chat: Chat = AMY, user: str = "Uamy", work: bool = True
    ) -> str:
        """Somebody taps what brings this data."""
        return self.gets(Tapped(**self._base(chat, user), data=data), work=work)

    def unsends(self, event_id: str, *, chat: Chat = AMY, work: bool = True) -> str:
        """Somebody takes the message of an event back."""
        base = {**self._base(chat, "Uamy"), "token": None}
        return self.gets(Unsent(**base, message_id=f"m-{event_id}"), work=work)

    def gets(self, event: Event, *, work: bool = True) -> str:
        """An event arrives, and the worker is woken unless told otherwise."""
        self.reader.batch = Batch(events=(event,))
        self.receive(b"{}", None, origin=ORIGIN)
        if work:
            self.works(event.chat, event.lane)
        return event.id

    # -- what the bot does ---------------------------------------------------------------------

    def works(self, chat: Chat = AMY, lane: Lane = Lane.TURNS) -> None:
        """A worker is woken for a chat."""
        ends = self.clock.now() + WORKER_TIME
        if lane is Lane.TURNS:
            self.worker.respond.run(chat, ends=ends)
        else:
            self.worker.show.run(chat, ends=ends)

    def button(self, label: str) -> Tap:
        """The newest tappable button with this label. Raises AssertionError."""
        sent = [m for _, messages in self.messenger.replies for m in messages]
        for message in reversed(sent):
            for action in message.buttons if isinstance(message, Buttons) else ():
                if isinstance(action, Tap) and action.label == label:
                    return action
        raise AssertionError(f"no button {label!r} in {self.messenger.said()}")

    def last(self) -> list[str]:
        """The texts of the newest reply."""
        return [said(message) for message in self.messenger.replies[-1][1]]

    def _base(self, chat: Chat, user: str) -> dict[str, Any]:
        number = next(self.numbers)
        at = int(self.clock.now().timestamp() * 1000) + number
        return {"id": f"e{number}", "chat": chat, "user": user, "at": at, "token": f"t{number}"}


#: A place on the map.
TAIPEI_101: dict[str, Any] = {
    "latitude": 25.033964,
    "longitude": 121.564468,
    "title": "台北 101",
    "address": "台北市信義區信義路五段 7 號",
}


def _message(base: dict[str, Any]) -> dict[str, Any]:
    """The fields that every message has beside an event's."""
    return {
        "message_id": f"m-{base['id']}",
        "quote_token": f"q-{base['id']}",
        "read_token": f"r-{base['id']}",
    }


@contextmanager
def assembled(
    folder: Path,
    *,
    settings: dict[str, str] | None = None,
    bot: dict[str, Any] | None = None,
    like: Assembled | None = None,
    models: Sequence[ModelSpec] = (ECHO,),
) -> Iterator[Assembled]:
    """Assemble a bot over a folder.

    settings: environment names and values. bot: fields of `Bot` to replace. like: another bot
    whose LINE, models, clock and numbering to share, as a process does that starts after a crash.
    models: the catalogue; the first is the default.
    """
    parsed = Settings.read({"LINE_CHANNEL_SECRET": "s", **(settings or {})})
    operator = replace(shipped.bot(), **(bot or {}))
    commands = CommandList.offering(operator.commands, shipped.commands())
    ids = like.ids if like else (f"id{number}" for number in itertools.count(1))
    database = Database(folder / "liao.db")
    kept = stores(database, new_id=lambda: next(ids), is_command=commands.gives)
    parts = Parts(
        settings=parsed,
        bot=operator,
        commands=commands,
        stores=kept,
        queue=FakeQueue(),
        messenger=like.messenger if like else FakeMessenger(),
        content=like.content if like else FakeContent(),
        media=FileMedia(folder=folder / "media", key=b"k"),
        menus=FakeMenus(),
        staff=like.parts.staff if like else cache(FakeStaff),
        vendors=like.vendors if like else FakeVendors(),
        menu=Menu(
            models={each.id: each for each in models},
            default=models[0],
            assistants=shipped.assistants(),
            currency=CURRENCY,
        ),
        pseudonym=digest,
        clock=like.clock if like else FakeClock(),
        telemetry=FakeTelemetry(),
        new_id=lambda: next(ids),
        poll=0.2,
    )
    reader = FakeReader()
    receive = Receive(
        reader=reader,
        inbox=kept.inbox,
        book=lambda: kept.chats,
        media=lambda: parts.media,
        queue=FakeQueue(),
        is_command=commands.gives,
        names=lambda: operator.called,
        clock=parts.clock,
        telemetry=FakeTelemetry(),
    )
    try:
        yield Assembled(
            database=database,
            stores=kept,
            reader=reader,
            receive=receive,
            worker=wire(parts),
            parts=parts,
            ids=ids,
            numbers=like.numbers if like else itertools.count(1),
        )
    finally:
        database.close()

"""What must never be in a log, a bot that knows it all, and everything that is written of it."""

from __future__ import annotations

import base64
import io
import json
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chalicelib.adapters.line.access import Access, LongLived
from chalicelib.adapters.line.sender import LineMessenger
from chalicelib.adapters.models.vendors import ModelVendors
from chalicelib.adapters.secrets.changing import Fixed
from chalicelib.bootstrap.wiring import wire
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import Event, Lane, TextSent
from tests.assembled import ECHO as ROW
from tests.assembled import Assembled, assembled
from tests.logged import Context, Log, Make
from tests.scripted import Reply, Scripted, scripted

WORDS = "我的密碼是海豚七號"
#: A single word of the kind that vendors may take for a code.
ENGLISH = "correcthorsebatterystaple"
USER = "U7c0ffee51d2b4a6f8e9d0c1b2a394857"
GROUP = "Cdeadbeef00112233445566778899aabb"
NAME = "海豚飼養員"
REPLY_TOKEN = "rt0MARKnHuyWiB7yP5Zw52FIkcQobQuG"
POSTBACK = "pbMARKforgedbutton0815"
ACCESS_TOKEN = "atMARK+/AAAA0123456789abcdefghij="
CHANNEL_SECRET = "csMARK0f1e2d3c4b5a69788796a5b4c3"
API_KEY = "sk-MARK-proj-9f8e7d6c5b4a39281706"
AWS_SECRET = "asMARK/wJalrXUtnFEMIK7MDENGbPxRf"

SECRETS: Mapping[str, str] = {
    "words": WORDS,
    "english words": ENGLISH,
    "user": USER,
    "group": GROUP,
    "name": NAME,
    "reply token": REPLY_TOKEN,
    "postback": POSTBACK,
    "access token": ACCESS_TOKEN,
    "channel secret": CHANNEL_SECRET,
    "api key": API_KEY,
    "aws secret": AWS_SECRET,
}
#: What a hostile or clumsy server might say back.
ECHO = " ".join(SECRETS.values())

AMY = Chat(ChatKind.USER, USER)
FRIENDS = Chat(ChatKind.GROUP, GROUP)


def leaks(log: str) -> list[str]:
    """Name the secrets that a log holds, in any of the ways in which logs write things."""
    return [name for name, secret in SECRETS.items() if any(s in log for s in _shown(secret))]


def _shown(secret: str) -> Iterable[str]:
    """A secret as it is, in JSON, in a JSON in a JSON, in an address, as bytes, and in base64."""
    escaped = json.dumps(secret)[1:-1]
    yield secret
    yield escaped
    yield json.dumps(escaped)[1:-1]
    yield quote(secret, safe="")
    yield repr(secret.encode())[2:-1]
    yield base64.b64encode(secret.encode()).decode().rstrip("=")
    yield secret[:12]  # a part is too much


@dataclass(slots=True, kw_only=True)
class Stage:
    """A bot with secrets, what is around it, and everything that is written of it."""

    bot: Assembled
    log: Log
    line: Scripted
    vendor: Scripted
    libraries: io.StringIO
    number: int = 0

    def runs(self, do: Callable[[], object]) -> None:
        """Do something in an invocation; what Lambda would show of its crash is written too."""

        def invoked() -> None:
            with self.log.adapter.during(Context()):
                do()

        self.shows(invoked)

    def shows(self, do: Callable[[], object]) -> None:
        """Do something, and show its crash as Lambda and Chalice do: whole."""
        try:
            do()
        except Exception:  # noqa: BLE001 - whatever it is, it is shown
            self.libraries.write(traceback.format_exc())

    def hears(self, chat: Chat = AMY, text: str = f"{WORDS} {ENGLISH}") -> None:
        """Somebody writes."""
        base = self.base(chat)
        self.gets(TextSent(**base, message_id=f"m{self.number}", text=text, to_bot=True))

    def gets(self, event: Event) -> None:
        """An event arrives, and the worker is woken until nothing is left to do."""
        self.runs(lambda: self.bot.gets(event, work=False))
        self.works(event.chat)

    def works(self, chat: Chat) -> None:
        """A worker is woken, again where it broke."""
        for _ in range(4):
            self.runs(lambda: self.bot.works(chat))
            self.runs(lambda: self.bot.works(chat, Lane.TAPS))

    def base(self, chat: Chat = AMY) -> dict[str, Any]:
        """What every event has."""
        self.number += 1
        token = f"{REPLY_TOKEN}{self.number}"
        at = int(self.bot.clock.now().timestamp() * 1000) + self.number
        return {
            "id": f"e{self.number}",
            "chat": chat,
            "user": USER,
            "at": at,
            "token": token,
        }

    def wires(self, **parts: Any) -> None:
        """Replace parts of the bot."""
        self.bot.parts = replace(self.bot.parts, **parts)
        self.bot.worker = wire(self.bot.parts)

    def messenger(self, access: Access) -> LineMessenger:
        """LINE, by what opens the channel."""
        return LineMessenger.connect(
            access=access, base_url=self.line.url, telemetry=self.log.adapter
        )

    def everything(self) -> str:
        """All that was written."""
        self.log.adapter.flush()
        return self.log.stream.getvalue() + self.libraries.getvalue()

    def facts(self) -> set[str]:
        """The names of the facts that were logged."""
        return {line["fact"] for line in self.log.facts()}


SENT = Reply(body={"sentMessages": []}, headers={"x-line-request-id": "f70dd685-499a"})
#: A model that nobody steps in for, of a vendor that needs a key.
MODEL = replace(ROW, fallbacks=(), vendor=replace(ROW.vendor, key_setting="ACME_API_KEY"))


def said(text: str = WORDS, **more: Any) -> Reply:
    """A model's good answer."""
    choice = {"message": {"content": text}, "finish_reason": "stop", **more}
    return Reply(body={"choices": [choice], "usage": {"prompt_tokens": 3, "completion_tokens": 2}})


@contextmanager
def staged(make: Make, folder: Path) -> Iterator[Stage]:
    """Assemble a bot with secrets over a LINE and a model that answer well until told otherwise."""
    log = Log(make=make, key=CHANNEL_SECRET.encode())
    with ExitStack() as opened:
        stage = Stage(
            bot=opened.enter_context(assembled(folder, models=(MODEL,))),
            log=log,
            line=opened.enter_context(scripted(SENT)),
            vendor=opened.enter_context(scripted(said())),
            libraries=opened.enter_context(_listening()),
        )
        vendors = ModelVendors(
            address=lambda vendor: f"{stage.vendor.url}/v1",
            secret={"ACME_API_KEY": Fixed(API_KEY)}.__getitem__,
            telemetry=log.adapter,
        )
        messenger = stage.messenger(LongLived(Fixed(ACCESS_TOKEN)))
        opened.enter_context(closing(vendors))
        opened.enter_context(closing(messenger))
        stage.wires(telemetry=log.adapter, vendors=vendors, messenger=messenger)
        yield stage


@contextmanager
def _listening() -> Iterator[io.StringIO]:
    """Hear what libraries log, at their most talkative."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.setLevel(level)
        root.removeHandler(handler)

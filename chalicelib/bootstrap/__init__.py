"""The one place where ports meet adapters. Everything is built on first use, once a process.

The webhook needs little and must wake fast, so what needs an SDK (`worker`) is built apart from
what doesn't; neither is built when this module is imported.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib import __version__
from chalicelib.adapters import shipped
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.line.webhook import LineWebhookReader
from chalicelib.adapters.queue.local import LocalQueue
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.stores import stores
from chalicelib.adapters.telemetry.lines import LogLines
from chalicelib.assistant.receive import Receive
from chalicelib.domain.commands import CommandList
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import FALLBACK, preferred
from chalicelib.domain.privacy import PrivacyFacts, page
from chalicelib.domain.vendors import vendor_of
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.adapters.line.access import Access
    from chalicelib.bootstrap.wiring import Worker

PROJECT = Path(__file__).resolve().parent.parent.parent


class Liao:
    """Everything, wired. `receive` and `health` are light; `worker` loads the SDKs."""

    def __init__(self, settings: Settings) -> None:
        """Open the stores and build what the webhook needs. Raises SettingInvalid."""
        secret = settings.needed_channel_secret()
        self.settings = settings
        self.clock = SystemClock()
        self.telemetry = LogLines(key=secret.encode(), now=self.clock.now)
        self.bot = shipped.bot()
        self.commands = CommandList.offering(self.bot.commands, shipped.commands())
        self.queue = LocalQueue()
        self.folder = data_folder(settings.data_dir)
        self.database = Database(self.folder / "liao.db")
        self.stores = stores(self.database, new_id=new_id, is_command=self.commands.gives)
        self.receive = Receive(
            reader=LineWebhookReader(secret=secret),
            inbox=self.stores.inbox,
            queue=self.queue,
            commands=self.commands,
            clock=self.clock,
            telemetry=self.telemetry,
        )
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._opened = ExitStack()
        self._opened.callback(self.database.close)

    def health(self) -> dict[str, str | int]:
        """Version, backend and queue depth; no secret."""
        return {
            "version": __version__,
            "backend": self.settings.backend,
            "queue_depth": self.stores.inbox.depth(),
        }

    def worker(self) -> Worker:
        """The use cases that speak to LINE and to the model, built once. Raises SettingInvalid."""
        with self._lock:
            if self._worker is None:
                self._worker = self._build_worker()
            return self._worker

    def close(self) -> None:
        """Close the database, and the connections to LINE and to the model."""
        self._opened.close()

    def _build_worker(self) -> Worker:
        # The SDKs behind these take a second to import: the webhook's function never does.
        from chalicelib.adapters.line.sender import LineMessenger
        from chalicelib.adapters.models.chat_completions import ChatCompletionsModel
        from chalicelib.bootstrap.wiring import Parts, wire

        settings, telemetry = self.settings, self.telemetry
        messenger = LineMessenger.connect(
            access=self._access(), base_url=settings.line_api, telemetry=telemetry
        )
        model = ChatCompletionsModel.connect(
            api_key=settings.openai_key,
            base_url=settings.openai_url,
            model=settings.model,
            telemetry=telemetry,
        )
        self._opened.callback(messenger.close)
        self._opened.callback(model.close)
        return wire(
            Parts(
                settings=settings,
                bot=self.bot,
                commands=self.commands,
                stores=self.stores,
                queue=self.queue,
                messenger=messenger,
                model=model,
                clock=self.clock,
                telemetry=telemetry,
                new_id=new_id,
            )
        )

    def _access(self) -> Access:
        """What opens the channel: its long-lived token, or tokens from its id and secret."""
        from chalicelib.adapters.line.access import LongLived, Stateless

        settings = self.settings
        if token := settings.needed_access_token():
            return LongLived(token)
        stateless = Stateless.connect(
            channel_id=settings.channel_id,
            secret=settings.needed_channel_secret(),
            base_url=settings.line_api,
            telemetry=self.telemetry,
        )
        self._opened.callback(stateless.close)
        return stateless


_liao: Liao | None = None
_liao_lock = threading.Lock()


def liao() -> Liao:
    """This process's Liao, built on first use. Raises SettingInvalid."""
    global _liao
    with _liao_lock:
        if _liao is None:
            _liao = Liao(Settings.read(environment()))
        return _liao


def privacy(accept_language: str) -> str:
    """Write the privacy page from the settings, in the first wanted language that it is in."""
    settings, bot, tables = Settings.read(environment()), shipped.bot(), shipped.privacy()
    language = preferred(accept_language) or settings.language
    vendor, country = vendor_of(settings.openai_url)
    facts = PrivacyFacts(
        name=bot.name,
        vendor=bot.vendor or vendor,
        country=bot.country or country,
        contact=bot.privacy_contact or bot.contact,
    )
    return page(facts, tables.get(language) or tables[FALLBACK])


def data_folder(path: Path) -> Path:
    """Make the data folder. Raises SettingInvalid where it can't be, or lies in the project."""
    folder = path.expanduser().resolve()
    if folder == PROJECT or PROJECT in folder.parents:
        raise SettingInvalid(
            f"LIAO_DATA_DIR={str(path)!r} lies inside the project, where `chalice local` restarts "
            "at every write; name a folder outside it"
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise SettingInvalid(f"LIAO_DATA_DIR={str(path)!r} can't be made: {exc}") from exc
    return folder


def environment() -> Mapping[str, str]:
    """The environment, over `.env` where a laptop has one."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        return os.environ
    from dotenv import dotenv_values

    file = {name: value or "" for name, value in dotenv_values(PROJECT / ".env").items()}
    return {**file, **os.environ}


def new_id() -> str:
    """A name that nothing else has: for turns and buttons."""
    return uuid4().hex

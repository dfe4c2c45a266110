"""Everything, wired: what `bootstrap` builds on first use, once a process.

The webhook needs little and must wake fast, so what only workers need is built when they ask for
it: the stores beside the door, the bot and its commands, and what needs an SDK.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from chalicelib import __version__
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.line.webhook import LineWebhookReader
from chalicelib.adapters.telemetry.lines import LogLines
from chalicelib.adapters.telemetry.records import hashed
from chalicelib.assistant.receive import Receive
from chalicelib.bootstrap.backends import OPENED, is_webhook, new_id
from chalicelib.domain.events import TextSent
from chalicelib.domain.names import Names
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.adapters.telemetry.functions import FunctionTelemetry
    from chalicelib.bootstrap.menu import Menu
    from chalicelib.bootstrap.wiring import Worker
    from chalicelib.bootstrap.world import World
    from chalicelib.domain.bot import Bot
    from chalicelib.domain.commands import CommandList
    from chalicelib.ports import Stores


class Liao:
    """Everything, wired. `receive` and `health` are light; `worker` loads the SDKs."""

    def __init__(
        self,
        settings: Settings,
        env: Mapping[str, str],
    ) -> None:
        """Open the stores and build what the webhook needs. Raises SettingInvalid."""
        secret = settings.needed_channel_secret()
        self.settings = settings
        self._env = env
        self.clock = SystemClock()
        self.telemetry = _telemetry(settings, env, key=secret.encode(), now=self.clock.now)
        self.backend = OPENED[settings.backend](settings, self._is_command, env)
        self.queue = self.backend.queue
        self.receive = Receive(
            reader=LineWebhookReader(secret=secret, own_id=settings.bot_user_id),
            inbox=self.backend.door,
            book=self.backend.book,
            media=self.backend.media,
            queue=self.queue,
            is_command=self._is_command,
            names=lambda: self.bot.called,
            clock=self.clock,
            telemetry=self.telemetry,
        )
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._world: World | None = None

    @cached_property
    def stores(self) -> Stores:
        """Every store."""
        return self.backend.stores()

    @cached_property
    def bot(self) -> Bot:
        """The operator's bot. Raises SettingInvalid where `bot.toml` won't do."""
        from chalicelib.adapters import shipped

        return shipped.bot()

    @cached_property
    def commands(self) -> CommandList:
        """The commands on offer; a webhook needs them only for words in a group."""
        from chalicelib.adapters import shipped
        from chalicelib.domain.commands import CommandList

        return CommandList.offering(self.bot.commands, shipped.commands())

    @cached_property
    def menu(self) -> Menu:
        """What chats may choose. Raises SettingInvalid where a catalogue won't do."""
        from chalicelib.bootstrap.menu import menu

        return menu(self.settings, self._env, self.bot)

    def health(self) -> dict[str, str | int]:
        """Version, backend and queue depth; no secret. Raises SettingInvalid."""
        self.check()
        return {
            "version": __version__,
            "backend": self.settings.backend,
            "queue_depth": self.stores.inbox.depth(),
        }

    def worker(self) -> Worker:
        """The use cases that speak to LINE and to the model, built once. Raises SettingInvalid."""
        from chalicelib.bootstrap.parts import Parts
        from chalicelib.bootstrap.wiring import wire

        with self._lock:
            if self._worker is None:
                world = self._outside()
                self._worker = wire(
                    Parts(
                        settings=self.settings,
                        bot=self.bot,
                        commands=self.commands,
                        stores=self.stores,
                        queue=self.queue,
                        messenger=world.messenger,
                        content=world.content,
                        menus=world.menus,
                        media=self.backend.media(),
                        staff=cache(partial(self.backend.staff, self.clock, self.telemetry)),
                        vendors=world.vendors,
                        menu=self.menu,
                        pseudonym=self._pseudonym,
                        clock=self.clock,
                        telemetry=self.telemetry,
                        new_id=new_id,
                        poll=self.backend.poll,
                    )
                )
            return self._worker

    def get_ready(self) -> None:
        """Build the worker, and import what asks models. Raises SettingInvalid."""
        self.worker()
        self._outside().vendors.ready()

    def warm_up(self) -> None:
        """Build the worker, and import the SDKs it will need: the model's comes first."""
        self.get_ready()
        self._outside().line()

    def check(self) -> None:
        """Read what is else read when it is needed. Raises SettingInvalid."""
        self.commands  # noqa: B018 - read, with bot.toml, and kept
        self.menu  # noqa: B018 - read, with the catalogue, and kept

    def _is_command(self, event: TextSent) -> bool:
        return self.commands.gives(event)

    def _pseudonym(self, name: str) -> str:
        """Name somebody in the ledger as the log does."""
        return hashed(name, key=self.settings.needed_channel_secret().encode())

    def _outside(self) -> World:
        from chalicelib.bootstrap.world import outside

        if self._world is None:
            self._world = outside(self.settings, self._env, self.telemetry, self.backend.opened)
        return self._world

    def close(self) -> None:
        """Close the stores, and the connections to LINE and to the model."""
        self.backend.opened.close()


def _telemetry(
    settings: Settings, env: Mapping[str, str], *, key: bytes, now: Callable[[], datetime]
) -> FunctionTelemetry:
    """Log lines; on AWS with metrics, gathered where there is time to import what gathers them."""
    if settings.backend != "aws":
        return LogLines(key=key, now=now)
    service = Names(stage=settings.stage).prefix
    if is_webhook(env):
        return LogLines(key=key, now=now, service=service)
    from chalicelib.adapters.telemetry.powertools import PowertoolsTelemetry

    return PowertoolsTelemetry.connect(key=key, now=now, service=service)

"""The one place where ports meet adapters. Everything is built on first use, once a process.

The webhook needs little and must wake fast, so what needs an SDK (`worker`) is built apart from
what doesn't; neither is built when this module is imported.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib import __version__
from chalicelib.adapters import shipped
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.line.webhook import LineWebhookReader
from chalicelib.adapters.telemetry.invocation import Answered, FunctionTelemetry
from chalicelib.adapters.telemetry.lines import LogLines
from chalicelib.assistant.receive import Receive
from chalicelib.bootstrap.backends import OPENED, new_id
from chalicelib.bootstrap.source import environment, renewed
from chalicelib.domain.commands import CommandList
from chalicelib.domain.errors import BadSignature, BadWebhook
from chalicelib.domain.names import Names
from chalicelib.ports import Medium
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.bootstrap.wiring import Worker
    from chalicelib.bootstrap.world import World


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
        self.clock = SystemClock()
        self.telemetry = _telemetry(settings, env, key=secret.encode(), now=self.clock.now)
        self.bot = shipped.bot()
        self.commands = CommandList.offering(self.bot.commands, shipped.commands())
        self.backend = OPENED[settings.backend](settings, self.commands.gives, env)
        self.stores, self.queue = self.backend.stores, self.backend.queue
        self.receive = Receive(
            reader=LineWebhookReader(secret=secret, own_id=settings.bot_user_id),
            inbox=self.stores.inbox,
            queue=self.queue,
            commands=self.commands,
            clock=self.clock,
            telemetry=self.telemetry,
        )
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._world: World | None = None

    def health(self) -> dict[str, str | int]:
        """Version, backend and queue depth; no secret."""
        return {
            "version": __version__,
            "backend": self.settings.backend,
            "queue_depth": self.stores.inbox.depth(),
        }

    def worker(self) -> Worker:
        """The use cases that speak to LINE and to the model, built once. Raises SettingInvalid."""
        from chalicelib.bootstrap.wiring import Parts, wire

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
                        model=world.model,
                        clock=self.clock,
                        telemetry=self.telemetry,
                        new_id=new_id,
                        poll=self.backend.poll,
                    )
                )
            return self._worker

    def warm_up(self) -> None:
        """Build the worker, and import the SDKs it will need."""
        self.worker()
        self._outside().connect()

    def _outside(self) -> World:
        from chalicelib.bootstrap.world import outside

        if self._world is None:
            self._world = outside(self.settings, self.telemetry, self.backend.opened)
        return self._world

    def close(self) -> None:
        """Close the stores, and the connections to LINE and to the model."""
        self.backend.opened.close()


_liao: Liao | None = None
_liao_lock = threading.Lock()


def liao() -> Liao:
    """This process's Liao, built on first use. Raises SettingInvalid."""
    global _liao
    with _liao_lock:
        if _liao is None:
            env = environment()
            _liao = Liao(Settings.read(env), env)
        return _liao


def receive(body: bytes, signature: str | None, *, origin: str, context: Any) -> None:
    """Take a webhook in; see `Receive`.

    Where the signature is wrong, the channel's secret may be another one by now. context: what
    Lambda tells of the invocation; on a laptop there is none.
    """
    with invocation(context, answered=(BadSignature, BadWebhook)):
        try:
            liao().receive(body, signature, origin=origin)
        except BadSignature:
            if not refreshed():
                raise
            liao().receive(body, signature, origin=origin)


def invocation(context: Any, *, answered: Answered = ()) -> AbstractContextManager[None]:
    """Log a function's invocation as one; elsewhere do nothing. Raises SettingInvalid."""
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return nullcontext()
    return liao().telemetry.during(context, answered=answered)


def refreshed() -> bool:
    """Read changed settings, at most once a minute; True where everything was built anew."""
    global _liao
    if not renewed():
        return False
    with _liao_lock:
        if _liao is not None:
            _liao.close()
        _liao = None
    return True


def _telemetry(
    settings: Settings, env: Mapping[str, str], *, key: bytes, now: Callable[[], datetime]
) -> FunctionTelemetry:
    """Log lines; on AWS with metrics, gathered where there is time to import what gathers them."""
    if settings.backend != "aws":
        return LogLines(key=key, now=now)
    service = Names(stage=settings.stage).prefix
    if env.get("LIAO_ROLE") == "webhook":
        return LogLines(key=key, now=now, service=service)
    from chalicelib.adapters.telemetry.powertools import PowertoolsTelemetry

    return PowertoolsTelemetry.connect(key=key, now=now, service=service)


def medium(ticket: str) -> Medium | None:
    """What a link of `Media` to the bot itself leads to; None where it leads nowhere."""
    media = liao().backend.media
    return media.shown(ticket, now=liao().clock.now()) if media else None


def privacy(accept_language: str) -> str:
    """Write the privacy page from the settings, in the first wanted language that it is in."""
    from chalicelib.bootstrap.pages import privacy_page

    return privacy_page(Settings.read(environment()), accept_language)

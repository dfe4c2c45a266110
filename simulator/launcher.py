"""Starts the simulator, the bot, or both, and ends them together.

Ctrl-C and SIGTERM end everything quietly with code 0. Should the bot end by itself, its last lines
are shown and the launcher ends with the bot's code: the page then waits and comes back by itself
with the next start.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from simulator import bot
from simulator.bot import BotEnded, Setup
from simulator.channel import Behind, Channel
from simulator.model_api import Model
from simulator.server import NoPort, address, free_port, listen, serving
from simulator.world import World

PORT = 8800
BOT_PORT = 8000
CALLBACK = "/callback"
LOOK_EVERY = 0.2
BAD_USE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A port a person may have chosen; without one, the usual or the next free."""

    port: int | None
    usual: int

    @property
    def first(self) -> int:
        """Where to begin."""
        return self.usual if self.port is None else self.port

    @property
    def or_next(self) -> bool:
        """True where another port will do."""
        return self.port is None


def run(*, project: Path, port: Choice, bot_port: Choice, data: Path | None, logs: bool) -> int:
    """Run the bot behind the simulator until Ctrl-C. Returns the exit code."""
    channel = Channel()
    try:
        sock = listen(port.first, or_next=port.or_next)
        bots = free_port(bot_port.first, or_next=bot_port.or_next)
    except NoPort as exc:
        return _sorry(str(exc))
    setup = bot.behind_simulator(
        address(sock),
        secret=channel.secret,
        token=channel.access_token,
        data=data,
        environment=os.environ,
        in_file=bot.dotenv(project),
    )
    world = World(
        channel,
        webhook_url=f"http://127.0.0.1:{bots}{CALLBACK}",
        behind=Behind(model=setup.model, demo=setup.demo),
    )
    with told_to_end() as ended, serving(world, Model(), sock) as here:
        lines = (
            f"Chat with the bot:  {here.url}",
            f"The model:          {_model(setup)}",
            f"The data:           {setup.data}",
            "Ctrl-C ends both.",
        )
        return _live(setup, lines, ended, project=project, port=bots, logs=logs)


def line(*, project: Path, bot_port: Choice, data: Path | None) -> int:
    """Run the bot on the real channel of `.env` until Ctrl-C. Returns the exit code."""
    try:
        port = free_port(bot_port.first, or_next=bot_port.or_next)
    except NoPort as exc:
        return _sorry(str(exc))
    setup = bot.on_real_line(data=data, environment=os.environ, in_file=bot.dotenv(project))
    lines = (
        f"The bot listens on: http://127.0.0.1:{port}{CALLBACK}",
        "To reach it, put a tunnel with HTTPS in front of that port and enter",
        f"  https://<the tunnel's name>{CALLBACK}",
        "as the webhook URL in the LINE Developers console.",
        f"The data:           {setup.data}",
        "Ctrl-C ends the bot.",
    )
    with told_to_end() as ended:
        return _live(setup, lines, ended, project=project, port=port, logs=True)


def serve(*, channel: Channel, webhook: str | None, port: Choice, model: str | None) -> int:
    """Run the simulator alone, for any LINE bot, until Ctrl-C. Returns the exit code."""
    try:
        sock = listen(port.first, or_next=port.or_next)
    except NoPort as exc:
        return _sorry(str(exc))
    world = World(channel, webhook_url=webhook, behind=Behind(model=model))
    with told_to_end() as ended, serving(world, Model(), sock) as here:
        _say(
            f"Chat with the bot:    {here.url}",
            f"Webhooks go to:       {webhook or 'nowhere yet (--webhook URL)'}",
            "Give your bot:",
            f"  API base URL        {here.line}",
            f"  channel secret      {channel.secret}",
            f"  access token        {channel.access_token}",
            f"  a model, if wanted  {here.openai}",
            "Ctrl-C ends it.",
        )
        ended.wait()
    return 0


def _live(
    setup: Setup,
    lines: tuple[str, ...],
    ended: threading.Event,
    *,
    project: Path,
    port: int,
    logs: bool,
) -> int:
    """Start the bot, say where it is, and watch it until one of us ends."""
    try:
        with bot.running(setup, project=project, port=port, ended=ended) as child:
            if not ended.is_set():
                _say(*lines)
            child.show = _echo if logs else None
            while not ended.wait(LOOK_EVERY):
                child.check()
    except BotEnded as exc:
        if not ended.is_set():
            _say("", *last_words(exc))
            return exc.code
    return 0


def last_words(ended: BotEnded) -> list[str]:
    """What a bot said before it ended, and that it did."""
    return [*(f"bot │ {text}" for text in ended.last), f"Sorry: {ended}; see above."]


@contextmanager
def told_to_end() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C, SIGTERM and a closed terminal."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _model(setup: Setup) -> str:
    if setup.demo:
        return "the demo model; OPENAI_API_KEY in .env plugs in a real one"
    return setup.model or "as the settings say"


def _say(*lines: str) -> None:
    print("\n".join(lines), flush=True)


def _echo(text: str) -> None:
    print(f"bot │ {text}", flush=True)


def _sorry(reason: str) -> int:
    _say(f"Sorry: {reason}.")
    return BAD_USE

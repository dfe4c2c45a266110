"""The bot as a child of the launcher: its settings, its start, its output, its end."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
import tomllib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from simulator.server import HOST, Address

REPOSITORY = Path(__file__).parent.parent
LAST_LINES = 60
START_WITHIN = 60.0
LOOK_EVERY = 0.1
END_WITHIN = 5.0
#: The stand-in models, as rows of the bot's catalogue.
CATALOGUE = Path(__file__).parent.resolve() / "catalogue.toml"


@cache
def model_settings() -> frozenset[str]:
    """Settings that plug in a real model: keys and addresses of the bot's own catalogue."""
    rows = tomllib.loads((REPOSITORY / "chalicelib" / "catalogue.toml").read_text("utf-8"))
    named = (
        vendor.get(field, "")
        for vendor in rows["vendors"].values()
        for field in ("key_setting", "url_setting")
    )
    return frozenset({"LIAO_CATALOGUE", *named} - {""})


class BotEnded(Exception):
    """The bot's process ended by itself, or never answered; `last` is what it said."""

    def __init__(self, message: str, *, code: int, last: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.last = tuple(last)


def data_dir(name: str, environment: Mapping[str, str]) -> Path:
    """Where the bot keeps its data on this machine, by default: `~/.local/share/liao/<name>`."""
    home = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "liao" / name


def dotenv(project: Path) -> dict[str, str]:
    """The settings of the project's `.env` that have a value."""
    return {name: value for name, value in dotenv_values(project / ".env").items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The bot's environment, and what a person wants to know of it."""

    environment: Mapping[str, str] = field(repr=False)
    data: Path
    model: str | None
    demo: bool


def behind_simulator(
    simulator: Address,
    *,
    secret: str,
    token: str,
    data: Path | None,
    environment: Mapping[str, str],
    in_file: Mapping[str, str],
) -> Setup:
    """The settings of a bot behind the simulator.

    The bot reads `.env` without overriding its environment, so what is set here wins over the file
    (`in_file`). Without a key or a URL of a model in either, the simulator's own model answers.
    """
    settings = _inherited(environment)
    data = data or data_dir("simulator", environment)
    settings |= {
        "LINE_CHANNEL_SECRET": secret,
        "LINE_CHANNEL_ACCESS_TOKEN": token,
        "LINE_CHANNEL_ID": "",
        "LINE_API_BASE_URL": simulator.line,
        "LINE_DATA_API_BASE_URL": simulator.line,
        "LIAO_BACKEND": "local",
        "LIAO_DATA_DIR": str(data),
    }
    known = {**in_file, **settings}
    demo = not any(known.get(name) for name in model_settings())
    if demo:
        settings |= {
            "DEMO_BASE_URL": simulator.openai,
            "DEMO_API_KEY": "demo",
            "LIAO_MODEL": "demo",
            "LIAO_CATALOGUE": str(CATALOGUE),
        }
    model = "demo" if demo else known.get("LIAO_MODEL")
    return Setup(environment=settings, data=data, model=model, demo=demo)


def on_real_line(
    *, data: Path | None, environment: Mapping[str, str], in_file: Mapping[str, str]
) -> Setup:
    """The settings of a bot on the real channel of the environment and `.env`."""
    settings = _inherited(environment)
    known = {**in_file, **settings}
    named = known.get("LIAO_DATA_DIR")
    data = data or (Path(named) if named else data_dir("line", environment))
    settings |= {"LIAO_BACKEND": "local", "LIAO_DATA_DIR": str(data)}
    return Setup(environment=settings, data=data, model=known.get("LIAO_MODEL"), demo=False)


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, without model settings that are empty: those would hide the file's."""
    names = model_settings()
    return {k: v for k, v in environment.items() if v or k not in names}


@dataclass(slots=True, kw_only=True)
class Bot:
    """A running bot. Its output is kept back until `show` is given, then goes there."""

    process: subprocess.Popen[str]
    url: str
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    show: Callable[[str], None] | None = None
    _reader: threading.Thread | None = None

    @classmethod
    def start(cls, setup: Setup, *, project: Path, port: int) -> Bot:
        """Start `chalice local` for a project on a free port of this machine."""
        setup.data.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator.bot_process", str(port), str(os.getpid())],
            cwd=project,
            env={**setup.environment, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        bot = cls(process=process, url=f"http://{HOST}:{port}")
        bot._reader = threading.Thread(target=bot._read, daemon=True)
        bot._reader.start()
        return bot

    def wait_until_healthy(self, ended: threading.Event) -> None:
        """Wait until `GET /health` answers, or until told to end. Raises BotEnded."""
        end = time.monotonic() + START_WITHIN
        while not self._is_healthy() and not ended.wait(LOOK_EVERY):
            self.check()
            if time.monotonic() > end:
                late = f"the bot did not answer within {START_WITHIN:.0f} s"
                raise BotEnded(late, code=1, last=self.last)

    def check(self) -> None:
        """Return if the bot still runs. Raises BotEnded."""
        code = self.process.poll()
        if code is not None:
            if self._reader:
                self._reader.join(1)
            reason = f"the bot ended with code {code}"
            raise BotEnded(reason, code=code if code > 0 else 1, last=self.last)

    def stop(self) -> None:
        """End the bot, and wait for its end."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self._reader:
            self._reader.join(1)

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status < http.client.BAD_REQUEST
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _read(self) -> None:
        output = self.process.stdout
        if output is None:
            return
        with output:
            for line in output:
                self.last.append(line.rstrip("\n"))
                if self.show:
                    self.show(line.rstrip("\n"))


@contextmanager
def running(setup: Setup, *, project: Path, port: int, ended: threading.Event) -> Iterator[Bot]:
    """Run a bot until the block ends, which begins when it answers or `ended` is set.

    Raises BotEnded where it doesn't start.
    """
    bot = Bot.start(setup, project=project, port=port)
    try:
        bot.wait_until_healthy(ended)
        yield bot
    finally:
        bot.stop()

"""The bot as a real process, behind a simulator: started, killed, started again.

    with simulated() as sim, running_bot(sim, tmp_path / "data", LIAO_PUSH="late") as bot:
        sim.text(sim.user("Amy"), "你好嗎？")
        bot.kill()
        bot.restart()

Nothing of the machine's own settings reaches it: its environment is made anew, and it runs in a
copy of the project, so that neither a contributor's `.env` nor a file that is edited meanwhile
changes anything. `process` runs any other command in the same manner.

No process outlives the tests: what a block leaves is killed at its end, and should the tests
themselves be killed, a leash held by an open pipe pulls the rest after them.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from simulator.bot import CATALOGUE
from simulator.server import free_port
from tests.simulated import Simulated, wait_until

PROJECT = Path(__file__).resolve().parent.parent
START_WITHIN = 40.0
END_WITHIN = 20.0

#: Below the ports that systems give to outgoing connections, so that none takes a bot's port
#: while it is down. Test processes that run side by side begin far apart.
_ports = itertools.count(11_000 + os.getpid() * 101 % 20_000)
_MARK = "LIAO_TEST_PROCESS"
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
_SHIPPED = ("app.py", "chalicelib", ".chalice", "simulator")


def port() -> int:
    """Find a free port, another one at each call."""
    return free_port(next(_ports), or_next=True)


def environment(home: Path, **settings: str) -> dict[str, str]:
    """An environment with these settings alone."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **settings}


def unset() -> dict[str, str]:
    """Every setting of `.env.example`, empty: the same as none, but it wins over a `.env`."""
    example = (PROJECT / ".env.example").read_text("utf-8")
    return dict.fromkeys(re.findall(r"^# ?([A-Z_]+)=", example, re.MULTILINE), "")


def settings_behind(sim: Simulated, data: Path) -> dict[str, str]:
    """The settings of a bot behind this simulator, with the simulator's models."""
    return {
        "LINE_CHANNEL_SECRET": sim.secret,
        "LINE_CHANNEL_ACCESS_TOKEN": sim.token,
        "LINE_API_BASE_URL": sim.line_url,
        "LINE_DATA_API_BASE_URL": sim.line_url,
        "DEMO_BASE_URL": sim.openai_url,
        "DEMO_API_KEY": "demo",
        "LIAO_MODEL": "demo",
        "LIAO_CATALOGUE": str(CATALOGUE),
        "LIAO_DATA_DIR": str(data),
    }


def fresh_copy(folder: Path) -> Path:
    """Copy what a clone needs to run, without anybody's `.env`; returns the copy.

    What Python has compiled is copied too: it saves a second at each start.
    """
    half_written = shutil.ignore_patterns("*.pyc.*")
    copy = folder / "clone"
    copy.mkdir(parents=True, exist_ok=True)
    for name in _SHIPPED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=half_written, dirs_exist_ok=True)
        else:
            shutil.copy2(source, copy)
    return copy


@dataclass(slots=True, kw_only=True)
class Process:
    """A command that runs, with whatever it started. `output` is what all of them said."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    _popen: subprocess.Popen[bytes] | None = None
    _leash: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """Everything said until now, over all starts."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._popen.poll() if self._popen else None

    def start(self) -> None:
        """Start the command, in a group of its own."""
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**self.environment, _MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._leash = subprocess.Popen(
            ["/bin/sh", "-c", f"read -r _; kill -9 -{self._popen.pid}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command alone, as a terminal or a system does."""
        if self._popen and self._popen.poll() is None:
            self._popen.send_signal(number)

    def wait(self, timeout: float = END_WITHIN) -> int:
        """Wait for the command's end; returns its exit code. Raises subprocess.TimeoutExpired."""
        assert self._popen is not None, "it was never started"
        return self._popen.wait(timeout)

    def left(self) -> list[int]:
        """Those of its processes that still run, wherever they went (read from `/proc`)."""
        marked = f"{_MARK}={self.mark}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                is_dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                if not is_dead and marked in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    def kill(self) -> None:
        """`kill -9` all of it, and wait until it is gone."""
        if self._leash:
            self._leash.kill()
            self._leash.communicate()
            self._leash = None
        if not self._popen:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        for number in self.left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        wait_until(lambda: not self.left(), what="the end of every process")


@contextmanager
def process(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[Process]:
    """Run a command until the block ends; then whatever is left of it is killed."""
    made = Process(command=command, folder=folder, environment=environment, log=log)
    try:
        made.start()
        yield made
    finally:
        made.kill()


@dataclass(slots=True, kw_only=True)
class RunningBot:
    """A bot's process and where it listens; the address stays the same over restarts."""

    url: str
    data: Path
    process: Process

    @property
    def output(self) -> str:
        """What it said, over all its lives."""
        return self.process.output

    def health(self) -> dict[str, str | int] | None:
        """What `GET /health` tells; None where it doesn't answer 200."""
        return health(self.url)

    def kill(self) -> None:
        """`kill -9`: nothing is finished, nothing is closed. Any thread may do it."""
        self.process.kill()

    def restart(self) -> None:
        """Start it again, after killing what runs, and wait until it answers.

        Only for the thread that began: on Linux a bot dies with the thread that started it.
        """
        self.process.kill()
        self.process.start()
        wait_until_healthy(self.process, self.url)


@contextmanager
def running_bot(sim: Simulated, data_dir: Path, **settings: str) -> Iterator[RunningBot]:
    """Run `chalice local` as `make run` does, behind a simulator whose webhook is pointed at it.

    settings: environment variables beside, or instead of, the usual ones. Beside `data_dir` lie
    its log and the copy of the project that it runs in, both named after it.
    """
    number = port()
    url = f"http://127.0.0.1:{number}"
    data_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "simulator.bot_process", str(number), str(os.getpid())]
    given = environment(data_dir, **{**settings_behind(sim, data_dir), **settings})
    log = data_dir.with_name(data_dir.name + ".log")
    copy = fresh_copy(data_dir.with_name(data_dir.name + "-project"))
    with process(command, folder=copy, environment=given, log=log) as running:
        wait_until_healthy(running, url)
        sim.webhook(f"{url}/callback")
        yield RunningBot(url=url, data=data_dir, process=running)


def health(url: str) -> dict[str, str | int] | None:
    """What a bot's `GET /health` tells; None where it doesn't answer 200."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        return dict(json.loads(answer.read())) if answer.status == http.HTTPStatus.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_until_healthy(running: Process, url: str) -> None:
    """Wait until a bot answers. Raises AssertionError with what it said if it ended instead."""

    def answers() -> bool:
        assert running.code is None, f"it ended with code {running.code}:\n{running.output}"
        return health(url) is not None

    wait_until(answers, timeout=START_WITHIN, what=f"an answer from {url}")

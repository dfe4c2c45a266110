"""The processes a benchmark needs, and their sure end.

One simulator serves the whole run; each bot is started for one benchmark, on a data folder of its
own that is removed with it. Everything listens on 127.0.0.1 only. Whatever ends this process ends
its children: they are stopped where it can still act, and end by themselves where it can't.
"""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.people import Broken, Platform
from simulator.bot import REPOSITORY, Bot, Setup, behind_simulator, dotenv
from simulator.server import HOST, Address, free_port

BASELINE = Path(__file__).parent / "baseline"
START_WITHIN = 30.0
END_WITHIN = 5.0
#: /tmp is memory on many machines, where a durable write costs nothing; this is a disk.
DISK = Path("/var/tmp")  # noqa: S108 - the folder made in it has a name of its own

#: No person is ever told to slow down here.
UNLIMITED = {"LIAO_ANSWERS_PER_MINUTE": "999999999", "LIAO_DAILY_ANSWERS": "999999999"}
_OURS = ("LIAO_", "LINE_", "OPENAI_", "AWS_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A bot that can be measured: the Chalice project it lies in."""

    name: str
    project: Path


LIAO = Handler(name="liao", project=REPOSITORY)
PLAIN = Handler(name="plain", project=BASELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A bot that runs: where it is, and what it logged."""

    url: str
    log: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A simulator that runs, and room for data; makes bots."""

    platform: Platform
    folder: Path

    @contextmanager
    def running(self, handler: Handler) -> Iterator[Running]:
        """Run a bot behind the simulator, under `chalice local`; its data goes with it."""
        with self.new_folder() as data:
            bot = Bot.start(self._setup(data), project=handler.project, port=free_port(0))
            running = Running(url=bot.url)
            try:
                bot.wait_until_healthy(threading.Event())
                bot.show = running.log.append
                yield running
            finally:
                bot.stop()

    def environment(self, data: Path) -> Mapping[str, str]:
        """The environment of a bot that is called in a process of its own, without a server."""
        return {**self._setup(data).environment, "PYTHONPATH": str(REPOSITORY)}

    @contextmanager
    def new_folder(self) -> Iterator[Path]:
        """A folder that is removed in the end."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _setup(self, data: Path) -> Setup:
        return behind_simulator(
            self.platform.address,
            secret=self.platform.channel.secret,
            token=self.platform.channel.access_token,
            data=data,
            environment=_clean(os.environ),
            in_file={},
        )


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without any bot's settings and proxies: only defaults are measured.

    An empty value hides the one of `.env`.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_OURS) and not name.lower().endswith("_proxy")
    }
    return {**kept, **dict.fromkeys(dotenv(REPOSITORY), ""), **UNLIMITED}


@contextmanager
def stage() -> Iterator[Stage]:
    """Start a simulator, and end it with the block. Raises Broken where it doesn't start."""
    with ExitStack() as stack:
        within = DISK if os.access(DISK, os.W_OK) else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory("-liao-bench", dir=within)))
        address = stack.enter_context(_simulator())
        platform = Platform(address=address)
        platform.hold_webhooks()
        yield Stage(platform=platform, folder=folder)


@contextmanager
def _simulator() -> Iterator[Address]:
    port = free_port(0)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.simulator_process", str(port), str(os.getpid())],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = Address(url=f"http://{HOST}:{port}")
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(address: Address, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_WITHIN
    while not _answers(address):
        if process.poll() is not None:
            raise Broken(f"the simulator ended with code {process.returncode}")
        if time.monotonic() > ends:
            raise Broken(f"the simulator did not answer within {START_WITHIN:.0f} s")
        time.sleep(0.05)


def _answers(address: Address) -> bool:
    netloc = urlsplit(address.url).netloc
    with closing(http.client.HTTPConnection(netloc, timeout=2)) as connection:
        try:
            connection.request("GET", "/sim/state")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

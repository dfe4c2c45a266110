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
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from bench.people import Broken, Platform
from simulator.bot import REPOSITORY, Setup, running
from simulator.bot_apart import apart, passing_folder
from simulator.server import HOST, Address, free_port

BASELINE = Path(__file__).parent / "baseline"
START_WITHIN = 30.0
END_WITHIN = 5.0


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
        with (
            self.new_folder() as data,
            running(
                self._setup(data, handler),
                project=handler.project,
                port=free_port(0),
                ended=threading.Event(),
            ) as bot,
        ):
            found = Running(url=bot.url)
            bot.show = found.log.append
            yield found

    def environment(self, data: Path, handler: Handler) -> Mapping[str, str]:
        """The environment of a bot that is called in a process of its own, without a server."""
        return {**self._setup(data, handler).environment, "PYTHONPATH": str(REPOSITORY)}

    @contextmanager
    def new_folder(self) -> Iterator[Path]:
        """A folder that is removed in the end."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _setup(self, data: Path, handler: Handler) -> Setup:
        setup = apart(
            self.platform.address,
            self.platform.channel,
            data=data,
            environment=os.environ,
            project=REPOSITORY,
        )
        if handler is LIAO:
            return setup
        # The plain handler knows the SDK's own settings alone.
        plain = {"OPENAI_BASE_URL": self.platform.address.openai, "OPENAI_API_KEY": "demo"}
        return replace(setup, environment={**setup.environment, **plain})


@contextmanager
def stage() -> Iterator[Stage]:
    """Start a simulator, and end it with the block. Raises Broken where it doesn't start."""
    with ExitStack() as stack:
        folder = stack.enter_context(passing_folder())
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

"""The whole system as a person starts it, and the browser that looks at it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.e2e.chromium import NoChromium, chromium
from tests.e2e.phone import DESKTOP, PHONE, SOON, Phone, phone_at
from tests.e2e.stage import Stage, stage
from tests.running import (
    START_WITHIN,
    Process,
    environment,
    fresh_copy,
    health,
    port,
    process,
)
from tests.simulated import Simulated, wait_until


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeSystem:
    """What `make run` runs: the simulator with its page, and the bot behind it."""

    page: str
    bot: str
    data: Path
    process: Process
    sim: Simulated

    @property
    def you(self) -> str:
        """The page's person."""
        return str(self.sim.state()["you"])

    def begin_anew(self) -> None:
        """An empty chat with the usual model, once nothing of an earlier story is left to do."""
        self.sim.usual_model()
        self.settle()
        self.sim.reset()

    @contextmanager
    def story(self, browser: Browser, *, size: ViewportSize = PHONE) -> Iterator[Phone]:
        """A person before the page, with an empty chat; nothing is left to do at the end."""
        self.begin_anew()
        with phone_at(self.page, browser, size=size) as phone:
            yield phone
            self.settle()

    def settle(self) -> None:
        """Wait until the bot has nothing left to do."""
        wait_until(
            lambda: (health(self.bot) or {}).get("queue_depth") == 0, timeout=40, what="its rest"
        )

    def keeps(self, words: str) -> bool:
        """Tell whether any of the bot's files holds these words (of plain letters)."""
        files = (path for path in self.data.iterdir() if path.is_file())
        return any(words.encode() in path.read_bytes() for path in files)


@contextmanager
def whole_system(folder: Path, **settings: str) -> Iterator[WholeSystem]:
    """Run what `make run` runs, in a fresh copy of the project."""
    page, bot, data = port(), port(), folder / "data"
    command = [sys.executable, "-m", "simulator", "run", "--data-dir", str(data)]
    command += ["--port", str(page), "--bot-port", str(bot)]
    given = environment(folder, **settings)
    clone, log = fresh_copy(folder), folder / "run.log"
    address = f"http://127.0.0.1:{page}"
    with (
        process(command, folder=clone, environment=given, log=log) as running,
        Simulated.at(address) as sim,
    ):
        wait_until(
            lambda: running.code is not None or f"Chat with the bot:  {address}" in running.output,
            timeout=START_WITHIN,
            what="the page's address",
        )
        assert running.code is None, running.output
        yield WholeSystem(
            page=address, bot=f"http://127.0.0.1:{bot}", data=data, process=running, sim=sim
        )


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    settings = {
        "LIAO_REPLY_DEADLINE": "4",
        "LIAO_PUSH": "never",
        "LIAO_ANSWERS_PER_MINUTE": "1000",
    }
    with whole_system(tmp_path_factory.mktemp("run"), **settings) as running:
        # With so short a deadline, nothing may be late only because the SDKs are still imported.
        ben = running.sim.user("Ben")
        running.sim.text(ben, "說明")
        running.sim.wait_for_texts(ben, timeout=START_WITHIN)
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=SOON)
    try:
        with chromium() as running:
            yield running
    except NoChromium as missing:
        if os.environ.get("LIAO_REQUIRE_BROWSER") == "1":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture
def here() -> Iterator[Stage]:
    """A bot that is played, on a simulator of its own."""
    with stage() as here:
        yield here


@pytest.fixture
def phone(browser: Browser, here: Stage) -> Iterator[Phone]:
    """The page before a person, at phone width."""
    with phone_at(here.sim.url, browser) as phone:
        yield phone


@pytest.fixture
def desk(browser: Browser, here: Stage) -> Iterator[Phone]:
    """The page before a person, at a desk."""
    with phone_at(here.sim.url, browser, size=DESKTOP) as phone:
        yield phone

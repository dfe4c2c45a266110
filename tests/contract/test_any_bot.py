"""Any LINE bot can stand behind the simulator: one written elsewhere, run as people run it.

Simulator and bot are processes of their own, started by their command lines. What the bot has to
know it is told by what the simulator prints, and by nothing else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.running import PROJECT, START_WITHIN, Process, environment, port, process
from tests.simulated import Simulated, wait_until

BOT = Path(__file__).with_name("echo_bot.py")
#: The environment variables of the bot, and the lines of the simulator that hold their values.
TOLD = {
    "LINE_API_BASE": "API base URL",
    "CHANNEL_SECRET": "channel secret",
    "CHANNEL_ACCESS_TOKEN": "access token",
    "MODEL_BASE": "a model, if wanted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A simulator and a stranger's bot behind it."""

    sim: Simulated
    bot: Process


def told(simulator: Process) -> Mapping[str, str]:
    """What the simulator says to who writes a bot. Raises AssertionError where it ended."""

    def said() -> bool:
        assert simulator.code is None, simulator.output
        return "Ctrl-C ends it." in simulator.output

    wait_until(said, timeout=START_WITHIN, what="the simulator's first words")
    found = {name: re.search(rf"{line} +(\S+)", simulator.output) for name, line in TOLD.items()}
    return {name: match[1] for name, match in found.items() if match}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder, where = tmp_path_factory.mktemp("any_bot"), port()
    page, webhook = port(), f"http://127.0.0.1:{where}/callback"
    command = [sys.executable, "-m", "simulator", "--webhook", webhook, "--port", str(page)]
    given = environment(folder)
    with process(
        command, folder=PROJECT, environment=given, log=folder / "simulator.log"
    ) as simulator:
        settings = {**given, **told(simulator)}
        assert settings.keys() >= TOLD.keys()
        command = [sys.executable, str(BOT), str(where)]
        log = folder / "bot.log"
        with (
            process(command, folder=folder, environment=settings, log=log) as bot,
            Simulated.at(f"http://127.0.0.1:{page}") as sim,
        ):
            yield Stage(sim=sim, bot=bot)
            assert "Traceback" not in bot.output
            assert "Traceback" not in simulator.output


@pytest.fixture
def sim(stage: Stage) -> Simulated:
    """Once the bot answers; it may be slower to start than the simulator."""
    wait_until(lambda: takes_webhooks(stage), timeout=START_WITHIN, what="the bot")
    stage.sim.reset()
    return stage.sim


def takes_webhooks(stage: Stage) -> bool:
    assert stage.bot.code is None, stage.bot.output
    bearer = {"authorization": f"Bearer {stage.sim.token}"}
    path = "/line/v2/bot/channel/webhook/test"
    return bool(stage.sim.http.post(path, json={}, headers=bearer).json()["success"])


def test_its_echo_arrives(sim: Simulated) -> None:
    amy = sim.user("Amy")
    sent = sim.text(amy, "你好 👋")
    assert sim.wait_for_texts(amy) == ["你好 👋"]
    assert sim.wait_until_delivered(sent)["attempts"][0]["status"] == 200


def test_its_buttons_can_be_tapped(sim: Simulated) -> None:
    amy = sim.user("Amy")
    sim.text(amy, "hi")
    sim.wait_for_texts(amy)
    sim.tap(amy, "more")
    assert sim.wait_for_texts(amy, 2) == ["hi", "tapped: more"]


def test_it_knows_a_new_friends_name(sim: Simulated) -> None:
    amy = sim.user("Amy")
    sim.follow(amy)
    assert sim.wait_for_texts(amy) == ["Hello, Amy!"]


def test_it_fetches_a_picture(sim: Simulated) -> None:
    amy = sim.user("Amy")
    sim.media(amy, b"x" * 1_234, kind="image", media_type="image/png")
    assert sim.wait_for_texts(amy) == ["1234 bytes"]


def test_its_model_is_the_simulators(sim: Simulated) -> None:
    amy = sim.user("Amy")
    sim.text(amy, "ai what is tea?")
    [answer] = sim.wait_for_texts(amy, timeout=START_WITHIN)
    assert answer.startswith("(demo model) ")
    assert "what is tea?" in answer

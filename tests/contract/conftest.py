"""A simulator a module, empty before each story: with a bot that listens, and driven by the SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.contract.operations import Scene, staged
from tests.simulated import Receiver, Simulated, receiving, simulated


@pytest.fixture(scope="module")
def bot() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def running(bot: Receiver) -> Iterator[Simulated]:
    with simulated(bot.url, redelivery=()) as sim:
        yield sim


@pytest.fixture
def sim(running: Simulated, bot: Receiver) -> Simulated:
    running.reset()
    running.webhook(bot.url)
    bot.got.clear()
    bot.statuses.clear()
    bot.delay = 0
    return running


@pytest.fixture
def amy(sim: Simulated) -> str:
    return sim.user("Amy")


@pytest.fixture(scope="module")
def make() -> Iterator[Callable[[], Scene]]:
    with staged() as make:
        yield make


@pytest.fixture
def scene(make: Callable[[], Scene]) -> Scene:
    return make()

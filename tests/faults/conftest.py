"""One bot that is killed again and again, and a stage on which each killing is a story.

stage.asks("台北在哪裡？")
stage.gate.once(REPLY, Moment.DONE, stage.dies).wait()
stage.comes_back()
assert stage.answers() == {"台北在哪裡？": 1}
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.gate import Gate, gate
from tests.running import RunningBot, running_bot
from tests.simulated import Simulated, simulated, wait_until

_numbers = itertools.count(1)


@dataclass(slots=True, kw_only=True)
class Stage:
    """One person and the bot, with a gate between the bot and everybody else.

    saved: questions whose answers were saved when the bot died. heard: how many requests the
    model had got by then.
    """

    sim: Simulated
    gate: Gate
    bot: RunningBot
    amy: str
    asked: list[str] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)
    heard: int = 0

    def asks(self, words: str = "這題怎麼解？") -> str:
        """Amy asks something that nobody asked before; returns the event's id."""
        question = f"第 {next(_numbers):03} 題：{words}"
        self.asked.append(question)
        return self.sim.text(self.amy, question).event_id

    def asked_and_delivered(self) -> str:
        """Amy asks, and the bot takes the webhook; returns her words."""
        event = self.asks()
        wait_until(
            lambda: event in [w["id"] for w in self.sim.webhooks() if w["state"] == "delivered"],
            what="the webhook",
        )
        return self.asked[-1]

    def dies(self) -> None:
        """`kill -9`, and a look at what the bot leaves behind."""
        self.bot.kill()
        self.saved = {q for q in self.asked if q in saved_questions(self.bot.data)}
        self.heard = len(self.sim.model_requests())

    def comes_back(self) -> None:
        """The bot starts again and works off what is left; LINE delivers what it couldn't."""
        self.gate.open()
        self.bot.restart()
        self.settles()

    def settles(self) -> None:
        """Wait until LINE has nothing to deliver any more, and the bot nothing to do."""
        wait_until(self._is_delivered, timeout=40, what="every delivery")
        wait_until(lambda: self._depth() == 0, timeout=40, what="the bot's rest")

    def answers(self) -> dict[str, int]:
        """How many of the bot's bubbles answer each question."""
        bubbles = self.sim.texts(self.amy)
        return {question: sum(question in b for b in bubbles) for question in self.asked}

    def asked_again(self) -> set[str]:
        """Questions whose answer was saved when the bot died, and was asked for all the same."""
        requests = self.sim.model_requests()[self.heard :]
        return {q for q in self.saved if any(q in _question(request) for request in requests)}

    def model_calls(self, question: str) -> int:
        """How often the model was asked a question."""
        return sum(question in _question(request) for request in self.sim.model_requests())

    def _is_delivered(self) -> bool:
        states = [webhook["state"] for webhook in self.sim.webhooks()]
        assert "failed" not in states, "LINE gave a webhook up"
        return set(states) <= {"delivered"}

    def _depth(self) -> object:
        return (self.bot.health() or {}).get("queue_depth")


def saved_questions(data: Path) -> str:
    """The words of all questions whose answer is saved, read from the file of a dead bot."""
    with closing(sqlite3.connect(f"file:{data / 'liao.db'}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT asked.text FROM turns"
            " JOIN events ON events.turn = turns.id JOIN words AS asked ON asked.seq = events.words"
            " WHERE turns.words IS NOT NULL"
        ).fetchall()
    return "\n".join(str(json.loads(text).get("text", "")) for (text,) in rows)


def _question(request: dict[str, Any]) -> str:
    return str(request["body"]["messages"][-1]["content"])


@contextmanager
def gated_bot(folder: Path, **settings: str) -> Iterator[tuple[Simulated, Gate, RunningBot]]:
    """A bot, a simulator, and a gate between them."""
    # LINE waits between its tries for as long as it takes to start the bot again.
    with simulated(redelivery=(1, 1, 1, 2, 2, 2, 3, 3, 5)) as sim, gate(sim.url) as between:
        behind = {
            "LINE_API_BASE_URL": f"{between.url}/line",
            "DEMO_BASE_URL": f"{between.url}/openai/v1",
            "LIAO_ANSWERS_PER_MINUTE": "1000",
            "LIAO_PUSH": "never",
        }
        with running_bot(sim, folder / "data", **{**behind, **settings}) as bot:
            between.bot = bot.url
            sim.webhook(between.webhook)
            yield sim, between, bot


def stage_of(sim: Simulated, between: Gate, bot: RunningBot) -> Stage:
    """A new person before the bot, and a LINE and a model that behave."""
    between.open()
    sim.reset()
    if bot.process.code is not None:
        bot.restart()
    amy = sim.user(f"Amy {next(_numbers)}", language="zh-TW")
    return Stage(sim=sim, gate=between, bot=bot, amy=amy)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulated, Gate, RunningBot]]:
    with gated_bot(tmp_path_factory.mktemp("quick")) as made:
        yield made


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulated, Gate, RunningBot]]:
    """A bot whose answers are late after a second and a half."""
    with gated_bot(tmp_path_factory.mktemp("slow"), LIAO_REPLY_DEADLINE="1.5") as made:
        yield made


@pytest.fixture
def stage(quick: tuple[Simulated, Gate, RunningBot]) -> Stage:
    """The model thinks about the next question for 0.6 s, and about no other."""
    made = stage_of(*quick)
    made.sim.model(delay=0.6, times=1)
    return made


@pytest.fixture
def late_stage(slow: tuple[Simulated, Gate, RunningBot]) -> Stage:
    """The first answer takes 3 s, so that the note comes before it."""
    made = stage_of(*slow)
    # With so short a deadline, nothing may be late only because the SDKs are still imported.
    ben = made.sim.user("Ben")
    made.sim.text(ben, "說明", wait=True)
    made.sim.wait_for_replies(ben, timeout=40)
    made.settles()
    made.sim.reset()
    made.sim.model(delay=3, times=1)
    return made

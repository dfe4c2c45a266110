"""People who write to a bot side by side, on the simulator's own loop.

They hear what the page hears, of the same feed, so that nothing is asked for again and again, and
nothing rests on journals that forget. Everybody is a stranger to the bot: a run begins as every
other, whatever the bot remembers of the last one.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator import events
from simulator.events import Source
from simulator.ids import user_id
from simulator.journal import Entry
from simulator.load.figures import GRACE
from simulator.load.summary import Asked, Attempt, Summary, summary
from simulator.phones import Phones
from simulator.world import World

Json = dict[str, Any]

#: A whole sentence, so that no bot waits for a next line.
QUESTION = "台北有什麼好吃的？"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What shall be written.

    within: seconds after which a message without an answer is lost. pause: seconds a person lets
    pass between an answer and their next message. grace: seconds to wait in the end for what comes
    twice.
    """

    chats: int
    messages: int
    within: float = 60
    pause: float = 0
    grace: float = GRACE
    text: str = QUESTION


@dataclass(slots=True, kw_only=True)
class _Question:
    """A message on its way. call: the last call of the bot's that was counted for it."""

    written: float
    answers: list[float] = field(default_factory=list)
    given_up: bool = False
    attempts: tuple[Attempt, ...] = ()
    call: str | None = None
    answered: asyncio.Future[None]

    def add(self, call: str, at: float) -> None:
        """Count a call of the bot's once, however many bubbles it brings one after the other."""
        if self.call == call:
            return
        self.call = call
        self.answers.append(at)
        if not self.answered.done():
            self.answered.set_result(None)

    def asked(self) -> Asked:
        """What came of it up to now."""
        return Asked(
            written=self.written,
            answers=tuple(self.answers),
            given_up=self.given_up,
            attempts=self.attempts,
        )


@dataclass(slots=True, kw_only=True)
class Crowd:
    """All the people of one run. Everything but `done` belongs to the world's loop."""

    world: World
    plan: Plan
    clock: Callable[[], float] = time.perf_counter
    done: int = 0
    _questions: list[_Question] = field(default_factory=list)
    _latest: dict[str, _Question] = field(default_factory=dict)
    _by_event: dict[str, _Question] = field(default_factory=dict)
    _by_token: dict[str, _Question] = field(default_factory=dict)
    _refused: Counter[int] = field(default_factory=Counter)

    async def write(self) -> None:
        """Let all of them write all they have to write, and wait a moment for what comes twice."""
        with self.world.feed.watched(self._hear):
            async with asyncio.TaskGroup() as group:
                for number in range(1, self.plan.chats + 1):
                    group.create_task(self._chat(number))
            await asyncio.sleep(self.plan.grace)

    async def summary(self) -> Summary:
        """What became of it up to now."""
        return summary(
            [question.asked() for question in self._questions],
            chats=self.plan.chats,
            messages=self.plan.chats * self.plan.messages,
            refused=self._refused,
        )

    async def _chat(self, number: int) -> None:
        user = user_id(f"{self.world.boot} {number}")
        self.world.person(user, name=f"Person {number}")
        for _ in range(self.plan.messages):
            question = self._ask(user)
            try:
                await asyncio.wait_for(question.answered, self.plan.within)
            except TimeoutError:
                question.given_up = True
            self.done += 1
            await asyncio.sleep(self.plan.pause)

    def _ask(self, user: str) -> _Question:
        answered = asyncio.get_running_loop().create_future()
        question = _Question(written=self.clock(), answered=answered)
        source = Source(chat=user, user=user)
        event = Phones(world=self.world).write(source, events.text(self.plan.text)).event
        self._questions.append(question)
        self._latest[user] = question
        self._by_event[event["webhookEventId"]] = question
        self._by_token[event["replyToken"]] = question
        return question

    def _hear(self, entry: Entry) -> None:
        kind = entry["type"]
        if kind == "message" and entry["message"]["from"] == "bot":
            self._answered(entry["message"])
        elif kind == "webhook" and (question := self._by_event.get(entry["webhook"]["id"])):
            question.attempts = tuple(map(_attempt, entry["webhook"]["attempts"]))
        elif kind == "call" and (entry["call"]["status"] or 0) >= 400:
            self._refused[entry["call"]["status"]] += 1

    def _answered(self, bubble: Json) -> None:
        question = self._by_token.get(bubble["token"]) or self._latest.get(bubble["chat"])
        if question:
            question.add(bubble["call"], self.clock())


def _attempt(told: Json) -> Attempt:
    return Attempt(
        ms=told["ms"],
        status=told["status"],
        error=told["error"],
        redelivery=told["redelivery"],
    )

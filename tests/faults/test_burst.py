"""Twenty chats at once, three messages each, and the bot is killed twice on the way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tests.faults.conftest import Stage, gated_bot, stage_of
from tests.faults.gate import MODEL, REPLY, Moment

CHATS = 20
ROUNDS = 3


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with gated_bot(tmp_path) as made:
        yield stage_of(*made)


def words(chat: int, number: int) -> str:
    """What is written, different in every chat and every time."""
    return f"<{chat:02}-{number}> 這題怎麼解？"


def accepted(stage: Stage) -> dict[str, int]:
    """When LINE heard from the bot that it has an event, by the event's words."""
    return {
        webhook["event"]["message"]["text"]: webhook["attempts"][-1]["at"]
        for webhook in stage.sim.webhooks()
    }


def test_each_message_is_answered_once_and_in_its_chats_order(stage: Stage) -> None:
    sim = stage.sim
    people = [sim.user(f"Person {number}", language="zh-TW") for number in range(CHATS)]
    sim.model(delay=0.3)

    def everybody_writes(number: int) -> None:
        for chat, person in enumerate(people):
            sim.text(person, words(chat, number))

    first = stage.gate.once(MODEL, Moment.DONE, stage.dies, skip=9)
    everybody_writes(0)
    first.wait()
    everybody_writes(1)
    second = stage.gate.once(REPLY, Moment.DONE, stage.dies, skip=14)
    stage.bot.restart()
    everybody_writes(2)
    second.wait()
    stage.comes_back()

    came, compared = accepted(stage), 0
    for chat, person in enumerate(people):
        told = "\n".join(sim.texts(person))
        mine = [words(chat, number) for number in range(ROUNDS)]
        assert [told.count(said) for said in mine] == [1] * ROUNDS, told
        # LINE may deliver a later message before an earlier one that it has to repeat: what the
        # bot owes is the order in which it took them.
        for earlier, later in combinations(mine, 2):
            if came[earlier] < came[later]:
                compared += 1
                assert told.index(earlier) < told.index(later)
    assert compared >= CHATS
    assert sim.state()["quota"]["pushed"] == 0

"""Whatever way leads to the people behind the bot: they hear of it, and the log tells no words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from chalicelib.domain.chat import Chat
from tests.contract.staff.offices import AMY, GROUP, OFFICES, WORDS, Office, appeal


@pytest.fixture(params=sorted(OFFICES))
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    with ExitStack() as cleanup:
        yield OFFICES[request.param](cleanup)


@pytest.mark.parametrize("chat", [AMY, GROUP])
def test_people_hear_that_somebody_wants_them(office: Office, chat: Chat) -> None:
    assert office.staff.tell(appeal(chat))
    assert office.heard() == 1


def test_they_hear_of_everybody(office: Office) -> None:
    assert [office.staff.tell(appeal(chat)) for chat in (AMY, GROUP, AMY)] == [True] * 3
    assert office.heard() == 3


def test_the_log_tells_the_chat_and_no_word_and_no_name(office: Office) -> None:
    office.staff.tell(appeal())
    ((name, ids),) = office.telemetry.facts
    assert name in ("human_wanted", "staff_told")
    assert ids["chat"] == AMY.key
    told = str(office.telemetry.facts)
    assert WORDS not in told
    assert "Amy" not in told


def test_the_log_of_a_laptop_tells_until_when_the_bot_is_silent() -> None:
    with ExitStack() as cleanup:
        office = OFFICES["log"](cleanup)
        office.staff.tell(appeal())
        assert office.telemetry.named("human_wanted") == [
            {"chat": AMY.key, "until": "2026-11-22T14:00+08:00"}
        ]

"""One scripted vendor and one set of models for all: reading certificates takes its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.models.speeches import CHAT, DIALECTS, HEARING, RESPONSES, SPEECHES
from tests.contract.models.talk import Talk, talking


@pytest.fixture(scope="session")
def table() -> Iterator[Talk]:
    with talking() as talk:
        yield talk


@pytest.fixture(params=SPEECHES, ids=str)
def any_talk(table: Talk, request: pytest.FixtureRequest) -> Talk:
    """Whatever is asked of a vendor."""
    return table.begun(request.param)


@pytest.fixture(params=DIALECTS, ids=str)
def talk(table: Talk, request: pytest.FixtureRequest) -> Talk:
    """A model that answers, in either dialect."""
    return table.begun(request.param)


@pytest.fixture
def chat(table: Talk) -> Talk:
    return table.begun(CHAT)


@pytest.fixture
def responses(table: Talk) -> Talk:
    return table.begun(RESPONSES)


@pytest.fixture
def hearing(table: Talk) -> Talk:
    return table.begun(HEARING)

"""Who has a worker makes room for those who wait for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.events import Lane
from tests.assembled import AMY, Assembled, assembled


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    """A bot whose chat waits with two turns: commands never belong together."""
    with assembled(tmp_path) as made:
        made.hears("說明", work=False)
        made.hears("隱私", work=False)
        yield made


def test_a_chat_is_worked_off_at_once_while_nobody_else_waits(bot: Assembled) -> None:
    bot.works()
    assert len(bot.messenger.replies) == 2
    assert bot.queue.woken == []


def test_a_chat_goes_behind_the_others_after_a_turn(bot: Assembled) -> None:
    bot.queue.pressed = True
    bot.works()
    assert len(bot.messenger.replies) == 1
    assert bot.queue.woken == [(AMY, Lane.TURNS)]
    bot.works()
    assert len(bot.messenger.replies) == 2


def test_a_chat_with_nothing_left_goes_nowhere(bot: Assembled) -> None:
    bot.queue.pressed = True
    bot.works()
    bot.queue.woken.clear()
    bot.works()
    assert bot.queue.woken == []

"""What happens while a model thinks: dots stay alive, and dying tokens become notes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

from chalicelib.assistant.watch import Rounds, Watch
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import Arrival, Turn, Wait
from chalicelib.ports import Inbox
from tests.assembled import AMY, GROUP, Assembled, assembled
from tests.fakes import FakeClock

STILL_THINKING = "還在想，好了就放在這裡。"


def nothing() -> None:
    """Nothing else is to be done."""


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path) as made:
        yield made


@pytest.fixture
def watch(bot: Assembled) -> Watch:
    return Watch(
        messenger=bot.messenger,
        notes=bot.worker.sweep.notes,
        meanwhile=nothing,
        clock=bot.clock,
        telemetry=bot.telemetry,
    )


def taken(bot: Assembled, text: str = "說個長故事。", *, chat: Chat = AMY) -> Turn:
    """A turn whose answer is being thought of."""
    bot.hears(text, chat=chat, work=False)
    now = bot.clock.now()
    inbox = bot.stores.inbox
    lease = inbox.lease(chat, Lane.TURNS, until=now.replace(year=2027), now=now)
    assert lease is not None
    turn = inbox.take(lease, now=now)
    assert turn is not None
    assert not isinstance(turn, Wait)
    return turn


@contextmanager
def soon(condition: threading.Event) -> Iterator[None]:
    """Give a thread a moment for what it is about to do."""
    yield
    assert condition.wait(5)


def test_dots_are_shown_at_once_and_again_before_they_end(bot: Assembled, watch: Watch) -> None:
    rounds = Rounds(watch=watch, turn=taken(bot))
    dots = []
    for _ in range(30):
        rounds.tick()
        dots.append(len(bot.messenger.dots))
        bot.clock.move(1)
    assert dots == [1] * 15 + [2] * 15


def test_a_group_sees_no_dots(bot: Assembled, watch: Watch) -> None:
    Rounds(watch=watch, turn=taken(bot, chat=GROUP)).tick()
    assert bot.messenger.dots == []


def test_a_late_answer_becomes_a_note_and_the_dots_begin_anew(bot: Assembled, watch: Watch) -> None:
    rounds = Rounds(watch=watch, turn=taken(bot))
    for second in range(50):
        rounds.tick()
        assert bool(bot.messenger.replies) == (second >= 45)
        bot.clock.move(1)
    assert bot.messenger.said() == [STILL_THINKING]
    assert len(bot.messenger.dots) == 4


def test_after_a_note_the_dots_are_shown_again_at_once(bot: Assembled, watch: Watch) -> None:
    rounds = Rounds(watch=watch, turn=taken(bot))
    bot.clock.move(40)
    rounds.tick()
    before = len(bot.messenger.dots)
    bot.clock.move(5)
    rounds.tick()
    assert bot.messenger.said() == [STILL_THINKING]
    assert len(bot.messenger.dots) == before + 1


def test_in_a_group_a_note_comes_after_twenty_seconds(bot: Assembled, watch: Watch) -> None:
    rounds = Rounds(watch=watch, turn=taken(bot, chat=GROUP))
    bot.clock.move(19.9)
    rounds.tick()
    assert bot.messenger.replies == []
    bot.clock.move(0.1)
    rounds.tick()
    assert len(bot.messenger.replies) == 1


def test_who_waits_behind_the_turn_gets_a_note_in_time_too(bot: Assembled, watch: Watch) -> None:
    rounds = Rounds(watch=watch, turn=taken(bot))
    bot.clock.move(30)
    bot.hears("還有一件事。", work=False)
    bot.clock.move(15)
    rounds.tick()
    assert [token for token, _ in bot.messenger.replies] == ["t1"]
    bot.clock.move(30)
    rounds.tick()
    assert [token for token, _ in bot.messenger.replies] == ["t1", "t2"]


def test_a_token_that_was_seen_to_is_left_in_peace(bot: Assembled, watch: Watch) -> None:
    rounds = Rounds(watch=watch, turn=taken(bot))
    bot.clock.move(45)
    for _ in range(5):
        rounds.tick()
    assert len(bot.messenger.replies) == 1
    assert len(bot.messenger.dots) == 1


def test_the_store_is_asked_only_when_a_token_may_be_due(bot: Assembled, watch: Watch) -> None:
    inbox = Asked(bot.stores.inbox)
    notes = replace(watch.notes, inbox=cast("Inbox", inbox))
    rounds = Rounds(watch=replace(watch, notes=notes), turn=taken(bot))
    for _ in range(90):
        rounds.tick()
        bot.clock.move(0.5)
    assert inbox.times == 1
    rounds.tick()
    assert inbox.times == 2
    assert bot.messenger.said() == [STILL_THINKING]


def test_a_watch_ends_with_its_context_and_shows_no_dots_afterwards(
    bot: Assembled, watch: Watch
) -> None:
    shown = threading.Event()
    turn = taken(bot)
    watching = Watch(
        messenger=bot.messenger,
        notes=watch.notes,
        meanwhile=nothing,
        clock=Noticed(bot.clock, shown),
        telemetry=bot.telemetry,
    )
    with watching.over(turn), soon(shown):
        pass
    assert [thread for thread in threading.enumerate() if thread.name == "watch"] == []
    assert len(bot.messenger.dots) == 1


def test_a_watch_ends_when_what_it_watches_over_breaks(bot: Assembled, watch: Watch) -> None:
    turn = taken(bot)
    with pytest.raises(ZeroDivisionError), watch.over(turn):
        raise ZeroDivisionError
    assert [thread for thread in threading.enumerate() if thread.name == "watch"] == []


def test_a_store_that_fails_for_a_moment_does_not_end_the_watch(
    bot: Assembled, watch: Watch
) -> None:
    stumbled = threading.Event()
    turn = taken(bot)
    bot.database.close()
    watching = Watch(
        messenger=bot.messenger,
        notes=watch.notes,
        meanwhile=nothing,
        clock=Noticed(bot.clock, stumbled),
        telemetry=bot.telemetry,
    )
    with watching.over(turn), soon(stumbled):
        pass
    facts = bot.telemetry.named("watch_stumbled")
    assert facts
    assert facts[0]["turn"] == turn.id


class Asked:
    """An inbox that counts how often it was asked what waits."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.times = 0

    def waiting(self, chat: Chat) -> tuple[Arrival, ...]:
        self.times += 1
        return self._inbox.waiting(chat)


class Noticed:
    """A clock that tells when it was looked at."""

    def __init__(self, clock: FakeClock, seen: threading.Event) -> None:
        self._clock = clock
        self._seen = seen

    def now(self) -> datetime:
        self._seen.set()
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)

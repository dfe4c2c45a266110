"""A worker dies at every single step of a message's way, and its successor makes good.

Each store, LINE and the model are wrapped so that the process "dies" at the n-th call: just before
it, or when it was carried out but nobody heard. Then a new process opens the same file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

import pytest

from chalicelib.bootstrap.wiring import wire
from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.errors import SendBusy
from tests.assembled import AMY, Assembled, assembled
from tests.fakes import FakeVendors


class Killed(BaseException):
    """kill -9: no handler runs, and nothing else is done in this process."""


@dataclass(slots=True)
class Fate:
    """When to die: at which call, and whether the call is still carried out."""

    at: int
    carried_out: bool
    calls: int = 0
    dead: bool = False

    def meets(self, call: Callable[[], Any]) -> Any:
        if threading.current_thread() is not threading.main_thread():
            return call()
        if self.dead:
            raise Killed
        self.calls += 1
        if self.calls != self.at:
            return call()
        self.dead = True
        if self.carried_out:
            call()
        raise Killed


class Mortal:
    """Anything, whose every method meets its fate."""

    def __init__(self, inner: object, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found
        return lambda *args, **kwargs: self._fate.meets(lambda: found(*args, **kwargs))


class MortalVendors:
    """Vendors whose every model meets its fate."""

    def __init__(self, inner: FakeVendors, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def model(self, spec: ModelSpec) -> Any:
        return Mortal(self._inner.model(spec), self._fate)


def mortal(bot: Assembled, fate: Fate) -> Assembled:
    names = [field.name for field in fields(bot.stores) if field.name != "forgetful"]
    stores = replace(
        bot.stores,
        **{name: Mortal(getattr(bot.stores, name), fate) for name in names},
        forgetful=tuple(cast("Any", Mortal(store, fate)) for store in bot.stores.forgetful),
    )
    parts = replace(
        bot.parts,
        stores=stores,
        messenger=cast("Any", Mortal(bot.messenger, fate)),
        vendors=cast("Any", MortalVendors(bot.vendors, fate)),
    )
    bot.worker = wire(parts)
    return bot


def revived(bot: Assembled) -> None:
    """What a process does when it starts: break the leases of the dead, and work off the rest."""
    bot.stores.inbox.break_leases()
    for chat, lane in bot.stores.inbox.chats_with_work():
        bot.works(chat, lane)
    assert bot.stores.inbox.chats_with_work() == ()


def ask(bot: Assembled) -> None:
    bot.hears("你好嗎？")


def ask_twice(bot: Assembled) -> None:
    bot.hears("你好嗎？")
    bot.hears("那他呢？")


def ask_when_line_is_slow(bot: Assembled) -> None:
    """LINE takes the first reply but doesn't confirm it."""
    troubles = [SendBusy("time-out", ambiguous=True)]

    def after() -> None:
        if troubles:
            raise troubles.pop()

    bot.messenger.after = after
    bot.hears("你好嗎？")


STORIES = [ask, ask_twice, ask_when_line_is_slow]
FURTHER = 400  # more calls than any story makes


@pytest.mark.parametrize("carried_out", [False, True], ids=["just-before", "just-after"])
@pytest.mark.parametrize("story", STORIES)
def test_wherever_a_worker_dies_each_question_gets_exactly_one_answer(
    tmp_path: Path, story: Callable[[Assembled], None], carried_out: bool
) -> None:
    for at in range(1, FURTHER):
        folder = tmp_path / str(at)
        with assembled(folder) as first:
            first.stores.chats.mark_introduced(AMY, now=first.clock.now())
            fate = Fate(at, carried_out)
            try:
                story(mortal(first, fate))
            except Killed:
                saved = _saved_answers(first)
                asked = len(first.model.asked)
                with assembled(folder, like=first) as second:
                    revived(second)
                    if story is ask_twice and "e2" not in _heard(second):
                        second.hears("那他呢？")
                questions = ["你好嗎？", "那他呢？"] if story is ask_twice else ["你好嗎？"]
                assert first.messenger.said() == [f"echo: {q}" for q in questions], f"step {at}"
                asked_again = [prompt.lines[-1].text for prompt in first.model.asked[asked:]]
                assert not saved & set(asked_again), f"step {at}: a saved answer was asked for"
            else:
                assert fate.calls < at
                assert at > 10
                return
    raise AssertionError("the story never ended")


def _heard(bot: Assembled) -> set[str]:
    return {event for event in ("e1", "e2") if bot.stores.outbox.turn_of(AMY, event)}


def _saved_answers(bot: Assembled) -> set[str]:
    """Questions whose answers had been saved when the worker died."""
    turns = (bot.stores.outbox.turn_of(AMY, event) for event in ("e1", "e2"))
    return {turn.words for turn in turns if turn and turn.answer}


@pytest.mark.parametrize("carried_out", [False, True], ids=["just-before", "just-after"])
def test_wherever_a_worker_dies_on_a_tap_the_late_answer_is_shown_once(
    tmp_path: Path, carried_out: bool
) -> None:
    for at in range(1, FURTHER):
        folder = tmp_path / str(at)
        with assembled(folder) as first:
            _late_answer(first)
            fate = Fate(at, carried_out)
            mortal(first, fate)
            try:
                first.taps("看回答")
            except Killed:
                with assembled(folder, like=first) as second:
                    revived(second)
                assert first.messenger.said()[1:] == ["echo: 你好嗎？"], f"step {at}"
                assert len(first.model.asked) == 1
            else:
                assert at > 10
                return
    raise AssertionError("the story never ended")


def test_a_worker_that_dies_three_times_leaves_an_apology_and_a_free_chat(tmp_path: Path) -> None:
    with assembled(tmp_path) as first:
        first.stores.chats.mark_introduced(AMY, now=first.clock.now())

        def die() -> None:
            raise Killed

        first.model.during = die
        with pytest.raises(Killed):
            first.hears("毒藥？")
        for _ in range(2):
            with assembled(tmp_path, like=first) as other:
                other.stores.inbox.break_leases()
                with pytest.raises(Killed):
                    other.works()
        with assembled(tmp_path, like=first) as last:
            revived(last)
            assert len(last.model.asked) == 3
            assert last.messenger.said() == ["現在有點忙，沒能回答你。請再試一次。"]
            last.model.during = lambda: None
            last.hears("還好嗎？")
            assert last.last() == ["echo: 還好嗎？"]


def test_after_the_tokens_life_the_next_reply_brings_both_answers(tmp_path: Path) -> None:
    with assembled(tmp_path) as first:
        first.stores.chats.mark_introduced(AMY, now=first.clock.now())

        def die() -> None:
            raise Killed

        first.model.during = die
        with pytest.raises(Killed):
            first.hears("你好嗎？")
        first.model.during = lambda: None
        first.clock.move(120)
        with assembled(tmp_path, like=first) as second:
            revived(second)
            assert second.messenger.replies == []
            second.hears("那他呢？")
            assert second.last() == ["你剛才問「你好嗎？」：\necho: 你好嗎？", "echo: 那他呢？"]


def _late_answer(bot: Assembled) -> None:
    """Ask something whose answer comes too late for its token, so that it waits for a tap."""
    bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())

    def think() -> None:
        bot.clock.move(50)
        turn = bot.stores.outbox.turn_of(AMY, "e1")
        assert turn is not None
        bot.worker.sweep.notes.spend_due([turn.latest])

    bot.model.during = think
    bot.hears("你好嗎？")
    bot.model.during = lambda: None

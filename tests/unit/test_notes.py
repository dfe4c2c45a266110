"""The note that saves a late answer: when it is sent, by which token, and that it is sent once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.assistant.note import Notes
from chalicelib.assistant.respond import WORKER_TIME
from chalicelib.assistant.taps import SHOW
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import SendBusy
from chalicelib.domain.events import Lane, TextSent
from chalicelib.domain.messages import Answer, Buttons, Text
from chalicelib.domain.turns import Arrival, Lease, Purpose, Turn
from tests.assembled import AMY, GROUP, Assembled, assembled


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path) as made:
        yield made


@pytest.fixture
def notes(bot: Assembled) -> Notes:
    return bot.worker.sweep.notes


def asked(bot: Assembled, text: str, *, chat: Chat = AMY) -> Arrival:
    """Somebody writes, and nobody has begun to answer."""
    bot.hears(text, chat=chat, work=False)
    return bot.stores.inbox.waiting(chat)[-1]


def spent(bot: Assembled) -> list[str]:
    """The reply tokens that were used, in order."""
    return [token for token, _ in bot.messenger.replies]


def test_a_note_is_due_after_45_seconds_and_in_a_group_after_20(
    bot: Assembled, notes: Notes
) -> None:
    private, group = asked(bot, "嗨？"), asked(bot, "嗨？", chat=GROUP)
    assert notes.deadline(private) - private.received == timedelta(seconds=45)
    assert notes.deadline(group) - group.received == timedelta(seconds=20)


def test_before_it_is_due_no_note_is_sent(bot: Assembled, notes: Notes) -> None:
    question = asked(bot, "嗨？")
    bot.clock.move(44.9)
    notes.spend_due([question])
    assert spent(bot) == []
    assert bot.stores.outbox.claimed("t1") is None


def test_a_note_says_that_the_answer_will_come_and_its_button_fetches_it(
    bot: Assembled, notes: Notes
) -> None:
    question = asked(bot, "嗨？")
    bot.clock.move(45)
    notes.spend_due([question])
    ((token, (note,)),) = bot.messenger.replies
    assert token == "t1"
    assert isinstance(note, Buttons)
    assert note.text == "還在想，好了就放在這裡。"
    _, _, button_id = bot.button("看回答").data.partition(":")
    button = bot.stores.buttons.get(AMY, button_id, now=bot.clock.now())
    assert button is not None
    assert (button.action, button.subject) == (SHOW, question.event.id)


def test_a_token_is_spent_on_one_note_alone(bot: Assembled, notes: Notes) -> None:
    question = asked(bot, "嗨？")
    bot.clock.move(45)
    notes.spend_due([question])
    notes.spend_due([question])
    assert spent(bot) == ["t1"]
    assert bot.stores.outbox.claimed("t1") is Purpose.NOTE


def test_a_token_that_is_dying_is_left_alone(bot: Assembled, notes: Notes) -> None:
    question = asked(bot, "嗨？")
    bot.clock.move(55)
    notes.spend_due([question])
    assert spent(bot) == []


def test_what_cannot_be_answered_gets_no_note(bot: Assembled, notes: Notes) -> None:
    event = TextSent(id="e1", chat=AMY, user="Uamy", at=1, token=None, message_id="m1", text="嗨？")
    bot.gets(event, work=False)
    bot.clock.move(45)
    notes.spend_due(notes.behind(AMY))
    assert spent(bot) == []


def test_a_note_that_line_did_not_take_is_a_fact_and_no_error(bot: Assembled, notes: Notes) -> None:
    question = asked(bot, "嗨？")
    bot.clock.move(45)
    lost = SendBusy("500", ambiguous=False)

    def refuse() -> None:
        raise lost

    bot.messenger.before = refuse
    notes.spend_due([question])
    (fact,) = bot.telemetry.named("note_not_sent")
    assert fact == {"event": question.event.id, "chat": AMY.key}


def test_every_turn_that_waits_is_answered_by_its_newest_message(
    bot: Assembled, notes: Notes
) -> None:
    for text in ("我想問", "明天會下雨嗎？", "/help", "還有"):
        asked(bot, text)
    behind = notes.behind(AMY)
    assert [getattr(a.event, "text", "") for a in behind] == ["明天會下雨嗎？", "/help", "還有"]
    assert notes.behind(GROUP) == ()


def test_each_waiting_turn_gets_a_note_and_the_rest_of_a_burst_none(
    bot: Assembled, notes: Notes
) -> None:
    for text in ("我想問", "明天會下雨嗎？", "/help"):
        asked(bot, text)
    bot.clock.move(45)
    notes.spend_due(notes.behind(AMY))
    assert spent(bot) == ["t2", "t3"]


def begun(bot: Assembled, text: str) -> tuple[Turn, Lease]:
    """A worker takes what somebody wrote, and dies."""
    asked(bot, text)
    now = bot.clock.now()
    lease = bot.stores.inbox.lease(AMY, Lane.TURNS, until=now + WORKER_TIME, now=now)
    assert lease is not None
    taken = bot.stores.inbox.take(lease, now=now)
    assert isinstance(taken, Turn)
    return taken, lease


def test_a_question_whose_worker_died_gets_its_note_from_the_sweep(bot: Assembled) -> None:
    begun(bot, "嗨？")
    asked(bot, "在嗎？")
    bot.clock.move(45)
    bot.worker.sweep()
    assert spent(bot) == ["t1", "t2"]


def test_an_answer_that_was_saved_and_not_sent_gets_a_note_too(bot: Assembled) -> None:
    turn, lease = begun(bot, "嗨？")
    bot.stores.outbox.save(lease, turn.id, Answer(messages=(Text(text="嗨。"),)))
    bot.clock.move(45)
    bot.worker.sweep()
    assert spent(bot) == ["t1"]


def test_a_sweep_that_stays_sends_the_note_as_soon_as_it_is_due_and_leaves(bot: Assembled) -> None:
    begun(bot, "嗨？")
    started = bot.clock.now()
    bot.worker.sweep.stay(until=started + timedelta(seconds=53))
    assert spent(bot) == ["t1"]
    assert timedelta(seconds=45) <= bot.clock.now() - started <= timedelta(seconds=47)


def test_a_sweep_stays_no_longer_than_it_may(bot: Assembled) -> None:
    begun(bot, "嗨？")
    started = bot.clock.now()
    bot.worker.sweep.stay(until=started + timedelta(seconds=40))
    assert (spent(bot), bot.clock.now()) == ([], started)


def test_a_sweep_leaves_when_everything_is_answered(bot: Assembled) -> None:
    bot.hears("嗨？")
    started = bot.clock.now()
    bot.worker.sweep.stay(until=started + timedelta(seconds=53))
    assert bot.clock.now() == started

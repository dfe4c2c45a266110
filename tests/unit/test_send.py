"""Sending a reply, again if need be, and what is known of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from chalicelib.assistant.send import Outcome, Send
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import SendBusy, SendForbidden, SendRefused
from chalicelib.domain.messages import Text
from tests.fakes import NOON, FakeClock, FakeMessenger, FakeTelemetry

AMY = Chat(ChatKind.USER, "Uamy")
HELLO = (Text(text="嗨"),)
TOKEN_LIFE = 55

LIMITED = SendBusy("429", ambiguous=False)
TIMED_OUT = SendBusy("no answer in 8 s", ambiguous=True)


def raising(errors: Iterable[Exception]) -> Callable[[], None]:
    """Raise these errors, one a call, then no more."""
    left = list(errors)

    def step() -> None:
        if left:
            raise left.pop(0)

    return step


def always(error: Exception) -> Callable[[], None]:
    def step() -> None:
        raise error

    return step


class Line:
    """A LINE, and a sender to it."""

    def __init__(self) -> None:
        self.messenger = FakeMessenger()
        self.clock = FakeClock()
        self.telemetry = FakeTelemetry()
        self.send = Send(messenger=self.messenger, clock=self.clock, telemetry=self.telemetry)

    def reply(self, *, again: bool = False, within: float = TOKEN_LIFE) -> Outcome:
        until = NOON + timedelta(seconds=within)
        return self.send.reply("t1", HELLO, until=until, again=again).outcome

    @property
    def seconds(self) -> float:
        return (self.clock.now() - NOON).total_seconds()


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_reply_that_line_takes_has_arrived(line: Line) -> None:
    assert line.reply() is Outcome.ARRIVED
    assert line.messenger.replies == [("t1", HELLO)]
    assert line.seconds == 0


def test_a_busy_line_is_tried_again_until_it_takes_the_reply(line: Line) -> None:
    line.messenger.before = raising([LIMITED, LIMITED, TIMED_OUT])
    assert line.reply() is Outcome.ARRIVED
    assert len(line.messenger.replies) == 1
    assert line.seconds == pytest.approx(0.3 + 1 + 2)


def test_a_reply_that_arrived_unnoticed_is_not_said_twice(line: Line) -> None:
    line.messenger.after = raising([TIMED_OUT])
    assert line.reply() is Outcome.ARRIVED
    assert line.messenger.replies == [("t1", HELLO)]


def test_a_token_that_is_spent_at_the_first_try_sent_nothing(line: Line) -> None:
    line.messenger.dead_tokens.add("t1")
    assert line.reply() is Outcome.NOT_SENT
    assert line.messenger.replies == []


def test_a_token_that_was_refused_for_being_busy_and_is_then_spent_sent_nothing(
    line: Line,
) -> None:
    line.messenger.before = raising([LIMITED])
    line.messenger.dead_tokens.add("t1")
    assert line.reply() is Outcome.NOT_SENT


def test_after_a_crash_a_spent_token_means_that_the_first_try_arrived(line: Line) -> None:
    line.messenger.dead_tokens.add("t1")
    assert line.reply(again=True) is Outcome.ARRIVED


def test_a_line_that_is_busy_to_the_end_got_nothing(line: Line) -> None:
    line.messenger.before = always(LIMITED)
    assert line.reply() is Outcome.NOT_SENT
    assert TOKEN_LIFE - 5 <= line.seconds < TOKEN_LIFE


def test_after_time_outs_to_the_end_nobody_knows(line: Line) -> None:
    line.messenger.before = always(TIMED_OUT)
    assert line.reply() is Outcome.UNSURE
    assert line.seconds < TOKEN_LIFE


def test_one_time_out_among_clear_refusals_leaves_a_doubt(line: Line) -> None:
    line.messenger.before = raising([TIMED_OUT, *[LIMITED] * 99])
    assert line.reply() is Outcome.UNSURE


def test_after_a_crash_a_busy_line_leaves_a_doubt(line: Line) -> None:
    line.messenger.before = always(LIMITED)
    assert line.reply(again=True) is Outcome.UNSURE


def test_with_no_time_left_there_is_one_try_and_no_pause(line: Line) -> None:
    line.messenger.before = always(LIMITED)
    assert line.reply(within=0.1) is Outcome.NOT_SENT
    assert line.seconds == 0
    assert len(line.telemetry.named("reply_delayed")) == 1


def test_content_that_line_does_not_take_is_refused_at_once(line: Line) -> None:
    line.messenger.before = always(SendRefused("too long"))
    assert line.reply() is Outcome.REFUSED
    assert line.seconds == 0
    assert len(line.telemetry.named("reply_refused")) == 1


def test_a_channel_that_may_not_send_is_not_tried_again(line: Line) -> None:
    line.messenger.before = always(SendForbidden("wrong access token"))
    assert line.reply() is Outcome.NOT_SENT
    assert line.seconds == 0
    assert len(line.telemetry.named("reply_forbidden")) == 1


def test_a_time_out_before_the_channel_was_shut_leaves_a_doubt(line: Line) -> None:
    line.messenger.before = raising([TIMED_OUT, SendForbidden("wrong access token")])
    assert line.reply() is Outcome.UNSURE


def test_every_delay_is_a_fact_with_its_doubt(line: Line) -> None:
    line.messenger.before = raising([LIMITED, TIMED_OUT])
    line.reply()
    assert [fact["ambiguous"] for fact in line.telemetry.named("reply_delayed")] == [False, True]


def test_a_push_is_tried_again_with_the_same_key_and_said_once(line: Line) -> None:
    line.messenger.after = raising([TIMED_OUT, TIMED_OUT])
    result = line.send.push(
        lambda: line.messenger.push(AMY, HELLO, retry_key="k"),
        until=NOON + timedelta(seconds=60),
        still=lambda: True,
    )
    assert result.outcome is Outcome.ARRIVED
    assert line.messenger.pushes == [(AMY.key, HELLO)]

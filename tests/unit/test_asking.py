"""Which model is asked, in which order, and what a person is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.errors import Cause, ModelBusy, ModelRefused, ModelUnavailable
from chalicelib.domain.messages import Buttons
from chalicelib.domain.money import DOLLAR
from chalicelib.domain.prices import Usage
from chalicelib.ports import Completion, Source
from tests.assembled import AMY, ECHO, EYES, SPARE, Assembled, assembled
from tests.fakes import FakeModel

BUSY = "現在有點忙，沒能回答你。請再試一次。"
DOWN = ModelBusy(Cause.UNREACHABLE)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    settings = {"LIAO_ANSWERS_PER_MINUTE": "100"}
    with assembled(tmp_path, settings=settings, models=(ECHO, SPARE)) as made:
        made.stores.chats.mark_introduced(AMY, now=made.clock.now())
        yield made


@pytest.fixture
def spare(bot: Assembled) -> FakeModel:
    return bot.vendors.model(SPARE)


def hangs(bot: Assembled) -> None:
    """The default model gives no answer before the reply token is about to be spent."""
    bot.model.during = lambda: bot.clock.move(46)
    bot.model.script = [ModelBusy(Cause.TIME_OUT)]


def spent(bot: Assembled) -> list[tuple[str, int, str]]:
    entries = bot.stores.ledger.entries(["2026-11-22"])
    return sorted((entry.model, entry.cost, entry.failed) for entry in entries)


@pytest.mark.parametrize(
    "error",
    [
        DOWN,
        ModelBusy(Cause.OVERLOADED, retry_after=20),
        ModelUnavailable(Cause.BAD_KEY),
        ModelUnavailable(Cause.NO_CREDIT),
        ModelBusy(Cause.EMPTY),
    ],
)
def test_when_the_chosen_model_fails_its_fallback_answers_and_one_line_says_so(
    bot: Assembled, spare: FakeModel, error: Exception
) -> None:
    bot.model.script = [error]
    before = bot.clock.now()
    bot.hears("茶好喝嗎？")
    assert bot.messenger.said() == ["echo: 茶好喝嗎？\n\n（Echo 現在沒空，這則由 Spare 回答。）"]
    assert (len(bot.model.asked), len(spare.asked)) == (1, 1)
    assert bot.clock.now() == before


def test_what_a_model_refuses_no_other_is_asked(bot: Assembled, spare: FakeModel) -> None:
    bot.model.script = [ModelRefused(Cause.FILTERED)]
    bot.hears("茶好喝嗎？")
    assert spare.asked == []
    assert bot.messenger.said() == ["這段話我沒辦法處理，請縮短或換個說法。"]


def test_after_a_call_that_took_the_tokens_time_there_is_none_for_another(
    bot: Assembled, spare: FakeModel
) -> None:
    hangs(bot)
    bot.hears("茶好喝嗎？")
    assert spare.asked == []
    assert [each["cause"] for each in bot.telemetry.named("answer_failed")] == [Cause.TIME_OUT]


def test_a_vendor_that_hung_leaves_the_next_model_time_until_it_answers_again(
    bot: Assembled, spare: FakeModel
) -> None:
    hangs(bot)
    bot.hears("茶好喝嗎？")
    bot.model.during = lambda: None
    bot.model.script = [ModelBusy(Cause.TIME_OUT)]
    for words in ("咖啡呢？", "水呢？", "酒呢？"):
        bot.hears(words)
    assert [given.total_seconds() for given in bot.model.given] == [120, 22.5, 22.5, 120]
    assert len(spare.asked) == 1


def test_who_says_at_once_that_it_takes_too_long_leaves_time_for_another(
    bot: Assembled, spare: FakeModel
) -> None:
    bot.model.script = [ModelBusy(Cause.TIME_OUT)]
    bot.hears("茶好喝嗎？")
    assert (len(bot.model.asked), len(spare.asked)) == (1, 1)


def test_when_all_of_them_fail_they_are_asked_again_while_the_token_lives(
    bot: Assembled, spare: FakeModel
) -> None:
    bot.model.script, spare.script = [DOWN, "好喝。"], [DOWN]
    bot.hears("茶好喝嗎？")
    assert bot.messenger.said() == ["好喝。"]
    assert (len(bot.model.asked), len(spare.asked)) == (2, 1)


def test_when_nobody_answers_the_person_may_try_again(bot: Assembled, spare: FakeModel) -> None:
    bot.model.script, spare.script = [DOWN] * 9, [DOWN] * 9
    bot.hears("茶好喝嗎？")
    ((_, (apology,)),) = bot.messenger.replies
    assert isinstance(apology, Buttons)
    assert apology.text == BUSY
    assert len(bot.model.asked) + len(spare.asked) <= 5


def test_no_fallback_is_asked_once_the_token_is_about_to_be_spent(
    bot: Assembled, spare: FakeModel
) -> None:
    bot.model.during = lambda: bot.clock.move(46)
    bot.model.script = [DOWN]
    bot.hears("茶好喝嗎？")
    assert spare.asked == []


def test_a_vendor_that_keeps_failing_is_asked_no_more_and_after_a_rest_again(
    bot: Assembled, spare: FakeModel
) -> None:
    bot.model.script = [DOWN] * 5
    for _ in range(6):
        bot.hears("茶好喝嗎？")
    assert (len(bot.model.asked), len(spare.asked)) == (5, 6)
    bot.clock.move(30)
    bot.hears("還在嗎？")
    assert bot.messenger.said()[-1] == "echo: 還在嗎？"


def test_where_every_vendor_rests_the_chosen_model_is_asked_once_a_message(
    bot: Assembled, spare: FakeModel
) -> None:
    bot.model.script, spare.script = [DOWN] * 6, [DOWN] * 6
    for _ in range(3):
        bot.hears("茶好喝嗎？")
    before = len(bot.model.asked), len(spare.asked)
    bot.model.script = []
    bot.taps("再試一次")
    assert (len(bot.model.asked), len(spare.asked)) == (before[0] + 1, before[1])
    assert bot.last() == ["echo: 茶好喝嗎？"]


def test_nobody_is_told_to_slow_down_because_a_vendor_is_down(tmp_path: Path) -> None:
    settings = {"LIAO_ANSWERS_PER_MINUTE": "2"}
    with assembled(tmp_path, settings=settings, models=(ECHO, SPARE)) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.model.script = [DOWN, DOWN]
        bot.hears("茶好喝嗎？")
        bot.hears("咖啡呢？")
        assert [text.partition("\n")[0] for text in bot.messenger.said()] == [
            "echo: 茶好喝嗎？",
            "echo: 咖啡呢？",
        ]
        bot.hears("水呢？")
        assert "有點快" in bot.messenger.said()[-1]


def test_a_bot_that_shows_no_models_names_none(tmp_path: Path) -> None:
    with assembled(tmp_path, models=(ECHO, SPARE), bot={"commands": ("help", "delete")}) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.model.script = [DOWN]
        bot.hears("茶好喝嗎？")
        assert bot.messenger.said() == [
            "echo: 茶好喝嗎？\n\n（現在有點忙，這則由代班的幫手回答。）"
        ]


def test_every_call_is_in_the_ledger_with_what_it_cost(bot: Assembled, spare: FakeModel) -> None:
    bot.model.script = [DOWN]
    spare.script = [Completion(text="好。", usage=Usage(tokens_in=1000, tokens_out=250))]
    bot.hears("茶好喝嗎？")
    assert spent(bot) == [("echo", 0, "unreachable"), ("spare", 2 * DOLLAR // 1000, "")]


def test_where_a_vendor_reports_no_usage_what_was_reserved_is_spent(bot: Assembled) -> None:
    bot.model.script = [Completion(text="好。")]
    bot.hears("茶好喝嗎？")
    ((_, cost, _),) = spent(bot)
    tokens_out = bot.parts.bot.max_output_tokens
    assert cost > tokens_out * 4 * DOLLAR // 1_000_000


def test_a_call_that_may_have_been_billed_is_taken_as_billed(bot: Assembled) -> None:
    hangs(bot)
    bot.hears("茶好喝嗎？")
    ((_, cost, failed),) = spent(bot)
    assert failed == "time_out"
    assert cost > 0


def test_a_failed_call_costs_what_its_vendor_reports(bot: Assembled, spare: FakeModel) -> None:
    empty = ModelBusy(Cause.EMPTY)
    empty.usage = Usage(tokens_in=1000)
    bot.model.script = [empty]
    bot.hears("茶好喝嗎？")
    assert ("echo", DOLLAR // 1000, "empty") in spent(bot)


def test_a_question_counts_once_however_many_calls_it_takes(tmp_path: Path) -> None:
    with assembled(tmp_path, models=(ECHO, SPARE)) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.model.script = [DOWN]
        bot.hears("茶好喝嗎？")
        bot.hears("/usage")
        assert "今天還能問 199 次" in bot.last()[0]


def test_sources_stand_below_the_answer_as_numbered_links(tmp_path: Path) -> None:
    with assembled(tmp_path, models=(EYES,), bot={"web": True}) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.vendors.model(EYES).script = [
            Completion(
                text="明天放晴。",
                usage=Usage(tokens_in=9, searches=1),
                sources=(
                    Source(title="中央氣象署", url="https://cwa.example/a"),
                    Source(title="", url="https://news.example/b"),
                ),
            )
        ]
        bot.hears("明天天氣？")
        assert bot.messenger.said() == [
            "明天放晴。\n\n參考資料：\n1. 中央氣象署\nhttps://cwa.example/a\n2. https://news.example/b"
        ]
        assert bot.vendors.model(EYES).asked[0].searches

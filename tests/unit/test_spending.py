"""The operator's money: what is reserved and settled for whom, and what people hear of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from chalicelib.adapters import shipped
from chalicelib.assistant.limits import LimitReached
from chalicelib.assistant.spending import CallPurpose, Spending
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import TextSent
from chalicelib.domain.ledger import EVERYONE, Budgets, Entry
from chalicelib.domain.money import DOLLAR
from chalicelib.domain.prices import Usage
from tests.assembled import AMY, ECHO, GROUP, Assembled, assembled

BEN = Chat(ChatKind.USER, "Uben")
CENT = DOLLAR // 100
#: Of the model "echo" this costs a cent.
A_CENT = Usage(tokens_in=2_000, tokens_out=2_000)
NONE = Budgets()


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Assembled]:
    with assembled(tmp_path) as made:
        yield made


def spending(bot: Assembled, **given: Any) -> Spending:
    """The bot's own, with other limits."""
    own = bot.worker.respond.route.converse.spending
    budgets = {name: given.pop(name) for name in list(given) if hasattr(NONE, name)}
    return replace(own, **{"budgets": replace(NONE, **budgets), **given})


def asked(*, user: str | None = "Uamy", chat: Chat = AMY) -> TextSent:
    return TextSent(id="e1", chat=chat, user=user, at=1, token="t1", message_id="m1", text="嗨")


def pays(money: Spending, event: TextSent | None = None, usage: Usage = A_CENT) -> None:
    """One call is made, and costs what it was expected to."""
    call = money.reserve(
        event or asked(), ECHO, A_CENT, purpose=CallPurpose.ANSWER, within=timedelta(seconds=60)
    )
    money.settle(call, usage)


def reached(money: Spending, event: TextSent | None = None) -> LimitReached:
    with pytest.raises(LimitReached) as raised:
        pays(money, event)
    return raised.value


def entries(bot: Assembled) -> list[Entry]:
    return list(bot.stores.ledger.entries([f"2026-11-{day:02}" for day in range(1, 31)]))


# --- calls -------------------------------------------------------------------------------------


def test_so_many_calls_a_day_and_no_more(bot: Assembled) -> None:
    money = spending(bot, a_day=3)
    for _ in range(3):
        pays(money)
    assert reached(money).key == "limit_day"


def test_a_day_ends_at_midnight_where_the_operator_lives(bot: Assembled) -> None:
    bot.clock.time = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)  # 23:59 in Taipei
    money = spending(bot, a_day=1)
    pays(money)
    bot.clock.move(59)
    assert reached(money).key == "limit_day"
    bot.clock.move(1)
    pays(money)


def test_midnight_in_utc_changes_nothing_in_taipei(bot: Assembled) -> None:
    bot.clock.time = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)  # 07:59 in Taipei
    money = spending(bot, a_day=1)
    pays(money)
    bot.clock.move(120)
    assert reached(money).key == "limit_day"


def test_so_many_calls_a_minute_and_no_more(bot: Assembled) -> None:
    money = spending(bot, a_minute=2)
    pays(money)
    bot.clock.move(30)
    pays(money)
    assert reached(money).key == "limit_minute"
    bot.clock.move(30)
    pays(money)


def test_nobody_is_asked_to_wait_a_minute_on_a_day_that_is_over(bot: Assembled) -> None:
    money = spending(bot, a_day=1, a_minute=1)
    pays(money)
    assert reached(money).key == "limit_day"


def test_nobody_is_told_of_tomorrow_in_a_month_that_is_used_up(bot: Assembled) -> None:
    money = spending(bot, a_day=1, person_day=CENT, person_month=CENT)
    pays(money)
    assert reached(money).key == "budget_person_month"


def test_what_is_refused_is_not_counted(bot: Assembled) -> None:
    money = spending(bot, a_day=2, a_minute=1)
    pays(money)
    for _ in range(20):
        reached(money)
    bot.clock.move(60)
    pays(money)
    assert len(entries(bot)) == 2


def test_each_person_has_limits_of_their_own_wherever_they_write(bot: Assembled) -> None:
    money = spending(bot, a_day=1)
    pays(money)
    pays(money, asked(user="Uben", chat=BEN))
    assert reached(money, asked(chat=GROUP)).key == "limit_day"


def test_the_nameless_people_of_a_group_share_one_limit(bot: Assembled) -> None:
    money = spending(bot, a_day=1)
    pays(money, asked(user=None, chat=GROUP))
    assert reached(money, asked(user=None, chat=GROUP)).key == "limit_day"
    pays(money, asked(user="Uben", chat=GROUP))


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (1, 59), (59, 1)])
def test_the_wait_is_never_less_than_a_second(bot: Assembled, second: int, wait: int) -> None:
    bot.clock.move(second)
    money = spending(bot, a_minute=1)
    pays(money)
    limit = reached(money)
    assert (limit.slots, limit.soon) == ({"seconds": wait}, True)


# --- budgets -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "chat", "told"),
    [
        ("person_day", AMY, "你今天的額度用完了，明天 00:00 再繼續聊。"),
        ("person_month", AMY, "你這個月的額度用完了，12 月 1 日再繼續聊。"),
        ("group_day", GROUP, "這個群組今天的額度用完了，明天 00:00 再繼續聊。"),
        ("group_month", GROUP, "這個群組這個月的額度用完了，12 月 1 日再繼續聊。"),
        ("all_day", AMY, "我今天的額度用完了，明天 00:00 再繼續聊。"),
        ("all_month", GROUP, "我這個月的額度用完了，12 月 1 日再繼續聊。"),
    ],
)
def test_what_is_used_up_is_told_with_when_it_goes_on(
    bot: Assembled, budget: str, chat: Chat, told: str
) -> None:
    money = spending(bot, **{budget: 2 * CENT})
    pays(money, asked(chat=chat))
    pays(money, asked(chat=chat))
    assert reached(money, asked(chat=chat)).told(shipped.texts().spoken("zh-Hant")) == told


def test_a_groups_budget_binds_nobody_elsewhere(bot: Assembled) -> None:
    money = spending(bot, group_day=CENT)
    pays(money, asked(chat=GROUP))
    reached(money, asked(chat=GROUP))
    pays(money)
    assert len(entries(bot)) == 2


def test_everyones_budget_binds_everyone(bot: Assembled) -> None:
    money = spending(bot, all_day=CENT)
    pays(money)
    assert reached(money, asked(user="Uben", chat=BEN)).key == "budget_all_day"


def test_a_new_month_begins_where_the_operator_lives(bot: Assembled) -> None:
    bot.clock.time = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    money = spending(bot, person_month=CENT)
    pays(money)
    reached(money)
    bot.clock.move(60)
    pays(money)
    assert len(list(bot.stores.ledger.entries(["2026-11-30", "2026-12-01"]))) == 2


def test_fifty_at_once_pass_a_budget_by_less_than_one_reservation(bot: Assembled) -> None:
    money = replace(spending(bot, person_day=5 * CENT), new_id=iter_ids())
    refused: list[LimitReached] = []

    def ask() -> None:
        try:
            pays(money)
        except LimitReached as limit:
            refused.append(limit)

    threads = [Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(entry.cost for entry in entries(bot)) == 5 * CENT
    assert len(refused) == 45


def test_what_a_call_really_cost_takes_the_reservations_place(bot: Assembled) -> None:
    money = spending(bot, person_day=2 * CENT, all_day=DOLLAR)
    for _ in range(10):
        pays(money, usage=Usage(tokens_in=1_000))
    (own, everyone) = bot.stores.ledger.spent(money.accounts(asked()))
    assert own.day == own.month == everyone.day == CENT
    assert own.answers == 10


def test_what_a_dead_worker_had_reserved_is_given_back(bot: Assembled) -> None:
    money = spending(bot, person_day=CENT)
    money.reserve(asked(), ECHO, A_CENT, purpose=CallPurpose.ANSWER, within=timedelta(seconds=60))
    reached(money)
    bot.clock.move(121)
    bot.worker.sweep()
    pays(money)
    assert bot.telemetry.named("reservations_healed") == [{"count": 1}]


def test_who_is_exempt_is_bound_by_nothing_and_counted_all_the_same(bot: Assembled) -> None:
    limits = {"a_day": 1, "a_minute": 1, "person_day": CENT, "all_day": CENT}
    money = spending(bot, **limits, exempts=lambda user: user == "Uamy")
    for _ in range(5):
        pays(money)
    (_, everyone) = bot.stores.ledger.spent(money.accounts(asked()))
    assert everyone.day == 5 * CENT
    assert reached(money, asked(user="Uben", chat=BEN)).key == "budget_all_day"


def test_the_record_names_nobody(bot: Assembled) -> None:
    pays(spending(bot), asked(chat=GROUP))
    (entry,) = entries(bot)
    told = repr(entry)
    assert "Uamy" not in told
    assert "Cfriends" not in told
    assert (entry.model, entry.purpose, entry.cost) == ("echo", "answer", CENT)
    assert entry.chat != entry.person


def test_a_call_counts_against_the_person_the_group_and_all_together(bot: Assembled) -> None:
    limited = spending(bot, all_month=CENT).accounts(asked(chat=GROUP))
    assert [account.key for account in limited] == ["user:Uamy", "group:Cfriends", EVERYONE]


def test_where_nothing_limits_all_together_nothing_is_kept_of_it(bot: Assembled) -> None:
    keys = [account.key for account in spending(bot).accounts(asked())]
    assert keys == ["user:Uamy"]


# --- what people hear --------------------------------------------------------------------------


def test_at_eighty_percent_a_person_hears_it_once(bot: Assembled) -> None:
    money = spending(bot, person_day=10 * CENT)
    told = []
    for _ in range(10):
        pays(money)
        told.append(money.nearly(asked()))
    assert told == [""] * 7 + ["nearly_person_day"] + [""] * 2


def test_a_group_hears_of_its_own_budget_alone(bot: Assembled) -> None:
    money = spending(bot, person_day=CENT * 11 // 10, group_day=10 * CENT)
    pays(money, asked(chat=GROUP))
    assert money.nearly(asked(chat=GROUP)) == ""
    pays(spending(bot, group_day=10 * CENT), asked(user="Uben", chat=GROUP), A_CENT)
    for number in range(6):
        pays(money, asked(user=f"U{number}", chat=GROUP))
    assert money.nearly(asked(chat=GROUP)) == "nearly_group_day"
    assert money.nearly(asked(user="U1", chat=GROUP)) == ""


def test_the_quiet_note_stands_below_the_answer(tmp_path: Path) -> None:
    settings = {"LIAO_BUDGET_PERSON_DAY": "0.0001"}
    with assembled(tmp_path, settings=settings, bot={"max_output_tokens": 10}) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.hears("茶好喝嗎？")
        assert bot.messenger.said() == ["echo: 茶好喝嗎？\n\n（今天的額度快用完了，剩不到兩成。）"]
        bot.hears("咖啡呢？")
        assert bot.messenger.said()[1:] == ["你今天的額度用完了，明天 00:00 再繼續聊。"]
        assert len(bot.model.asked) == 1


def test_a_group_hears_once_a_day_that_it_is_over(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_BUDGET_GROUP_DAY": "0"}) as bot:
        bot.stores.chats.mark_introduced(GROUP, now=bot.clock.now())
        for user in ("Uamy", "Uben", "Ucarol"):
            bot.hears("茶好喝嗎？", chat=GROUP, user=user)
        assert bot.messenger.said() == ["這個群組今天的額度用完了，明天 00:00 再繼續聊。"]
        bot.clock.move(timedelta(days=1).total_seconds())
        bot.hears("茶好喝嗎？", chat=GROUP)
        assert len(bot.messenger.replies) == 2
        assert bot.model.asked == []


def test_a_group_hears_of_each_limit_and_of_each_person_whose_it_is(tmp_path: Path) -> None:
    settings = {"LIAO_DAILY_ANSWERS": "1"}
    with assembled(tmp_path, settings=settings) as bot:
        bot.stores.chats.mark_introduced(GROUP, now=bot.clock.now())
        for user in ("Uamy", "Uben", "Uamy", "Uben", "Uamy", "Uben"):
            bot.hears("茶好喝嗎？", chat=GROUP, user=user)
        over = "今天的 1 次問答用完了，明天 00:00 再繼續聊。"
        assert bot.messenger.said() == ["echo: 茶好喝嗎？"] * 2 + [over] * 2
        assert len(bot.model.asked) == 2


def test_a_person_hears_it_every_time(tmp_path: Path) -> None:
    with assembled(tmp_path, settings={"LIAO_BUDGET_PERSON_DAY": "0"}) as bot:
        bot.stores.chats.mark_introduced(AMY, now=bot.clock.now())
        bot.hears("茶好喝嗎？")
        bot.hears("茶好喝嗎？")
        assert bot.messenger.said() == ["你今天的額度用完了，明天 00:00 再繼續聊。"] * 2


def test_admins_are_exempt_only_where_that_is_set(tmp_path: Path) -> None:
    settings = {"LIAO_BUDGET_PERSON_DAY": "0", "LIAO_ADMINS": "Uamy"}
    for exempt, answered in (("no", 0), ("yes", 1)):
        with assembled(
            tmp_path / exempt, settings={**settings, "LIAO_ADMINS_EXEMPT": exempt}
        ) as bot:
            bot.hears("茶好喝嗎？")
            assert len(bot.model.asked) == answered


def iter_ids() -> Callable[[], str]:
    """Ids for many threads."""
    numbers = itertools.count()
    return lambda: f"call-{next(numbers)}"

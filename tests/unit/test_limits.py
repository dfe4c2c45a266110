"""A person's limits: answers a day and a minute, counted before each call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.adapters import shipped
from chalicelib.assistant.limits import LimitReached, Limits
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.events import TextSent
from tests.fakes import FakeClock

AMY = Chat(ChatKind.USER, "Uamy")
GROUP = Chat(ChatKind.GROUP, "Cfriends")


@dataclass(slots=True)
class FakeCounters:
    """Counters in memory, all or none."""

    spent: dict[str, int] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)

    def spend(
        self,
        amounts: Mapping[str, int],
        limits: Mapping[str, int],
        *,
        until: Mapping[str, datetime],
    ) -> str | None:
        assert amounts.keys() == limits.keys() == until.keys()
        for key, amount in amounts.items():
            if self.spent.get(key, 0) + amount > limits[key]:
                return key
        for key, amount in amounts.items():
            self.spent[key] = self.spent.get(key, 0) + amount
        self.ends.update(until)
        return None


def limits(
    *, a_day: int = 200, a_minute: int = 10, clock: FakeClock, zone: str = "Asia/Taipei"
) -> Limits:
    return Limits(
        counters=FakeCounters(),
        a_day=a_day,
        a_minute=a_minute,
        timezone=ZoneInfo(zone),
        clock=clock,
    )


def asked(*, user: str | None = "Uamy", chat: Chat = AMY) -> TextSent:
    return TextSent(id="e1", chat=chat, user=user, at=1, token="t1", message_id="m1", text="嗨")


def reached(limit: Limits, event: TextSent) -> LimitReached:
    with pytest.raises(LimitReached) as raised:
        limit.spend(event)
    return raised.value


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_so_many_answers_a_day_and_no_more(clock: FakeClock) -> None:
    limit = limits(a_day=3, clock=clock)
    for _ in range(3):
        limit.spend(asked())
        clock.move(60)
    assert reached(limit, asked()).key == "limit_day"


def test_a_day_ends_at_midnight_where_the_operator_lives() -> None:
    clock = FakeClock(datetime(2026, 11, 22, 15, 59, tzinfo=UTC))  # 23:59 in Taipei
    limit = limits(a_day=1, clock=clock)
    limit.spend(asked())
    clock.move(59)
    assert reached(limit, asked()).key == "limit_day"
    clock.move(1)
    limit.spend(asked())


def test_midnight_in_utc_changes_nothing_in_taipei() -> None:
    clock = FakeClock(datetime(2026, 11, 22, 23, 59, tzinfo=UTC))  # 07:59 in Taipei
    limit = limits(a_day=1, clock=clock)
    limit.spend(asked())
    clock.move(120)
    assert reached(limit, asked()).key == "limit_day"


def test_so_many_answers_a_minute_and_no_more(clock: FakeClock) -> None:
    limit = limits(a_minute=2, clock=clock)
    limit.spend(asked())
    clock.move(30)
    limit.spend(asked())
    assert reached(limit, asked()).key == "limit_minute"
    clock.move(30)
    limit.spend(asked())


def test_nobody_is_asked_to_wait_a_minute_on_a_day_that_is_over(clock: FakeClock) -> None:
    limit = limits(a_day=1, a_minute=1, clock=clock)
    limit.spend(asked())
    assert reached(limit, asked()).key == "limit_day"


def test_what_is_refused_is_not_counted(clock: FakeClock) -> None:
    limit = limits(a_day=3, a_minute=1, clock=clock)
    limit.spend(asked())
    for _ in range(20):
        reached(limit, asked())
    clock.move(60)
    limit.spend(asked())
    clock.move(60)
    limit.spend(asked())


def test_each_person_has_limits_of_their_own_wherever_they_write(clock: FakeClock) -> None:
    limit = limits(a_day=1, clock=clock)
    limit.spend(asked())
    limit.spend(asked(user="Uben"))
    assert reached(limit, asked(chat=GROUP)).key == "limit_day"


def test_the_nameless_people_of_a_group_share_one_limit(clock: FakeClock) -> None:
    limit = limits(a_day=1, clock=clock)
    limit.spend(asked(user=None, chat=GROUP))
    assert reached(limit, asked(user=None, chat=GROUP)).key == "limit_day"


def test_a_person_is_told_when_it_goes_on(clock: FakeClock) -> None:
    texts = shipped.texts()
    clock.move(18)
    limit = limits(a_minute=1, clock=clock)
    limit.spend(asked())
    minute = reached(limit, asked())
    assert minute.told(texts.spoken("zh-Hant")) == "有點快，我跟不上了。請等 42 秒再傳。"
    assert "42 seconds" in minute.told(texts.spoken("en"))

    day = limits(a_day=1, clock=clock)
    day.spend(asked())
    sentence = reached(day, asked()).told(texts.spoken("zh-Hant"))
    assert sentence == "今天的 1 次問答用完了，明天 00:00 再繼續聊。"


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (1, 59), (59, 1)])
def test_the_wait_is_never_less_than_a_second(clock: FakeClock, second: int, wait: int) -> None:
    clock.move(second)
    limit = limits(a_minute=1, clock=clock)
    limit.spend(asked())
    assert reached(limit, asked()).slots == {"seconds": wait}


@pytest.mark.parametrize("zone", ["Asia/Taipei", "America/New_York", "Pacific/Kiritimati"])
def test_a_counter_may_be_forgotten_only_when_its_time_is_over(zone: str) -> None:
    clock = FakeClock(datetime(2026, 11, 1, 3, 30, tzinfo=UTC))  # New York's clocks go back
    counters = FakeCounters()
    limit = Limits(counters=counters, a_day=9, a_minute=9, timezone=ZoneInfo(zone), clock=clock)
    limit.spend(asked())
    local = clock.now().astimezone(ZoneInfo(zone))
    tomorrow = (local + timedelta(days=1)).date()
    for key, ends in counters.ends.items():
        if key.startswith("day:"):
            assert ends.astimezone(ZoneInfo(zone)).date() == tomorrow
        else:
            assert ends >= clock.now() + timedelta(minutes=1)

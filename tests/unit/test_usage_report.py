"""What was used and what it cost, summed up from the ledger's entries."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ledger import Entry
from chalicelib.domain.prices import Usage
from chalicelib.domain.usage_report import Total, days_so_far, dearest, projected, report

IDS = itertools.count(1)


def entry(**given: Any) -> Entry:
    """One call of 100 tokens in and 20 out that cost 1,000."""
    row: dict[str, Any] = {
        "id": f"r{next(IDS)}",
        "at": datetime(2026, 11, 22, 4, 0, tzinfo=UTC),
        "day": "2026-11-22",
        "chat": "c1",
        "person": "p1",
        "model": "echo",
        "purpose": "answer",
        "usage": Usage(tokens_in=100, tokens_out=20),
        "cost": 1_000,
    }
    return Entry(**{**row, **given})


def test_of_nothing_there_is_nothing() -> None:
    empty = report([])
    assert empty.total == Total()
    assert not empty.by_model
    assert (empty.total.late_share, empty.total.failed_share) == (0, 0)


def test_answers_tokens_and_money_add_up() -> None:
    total = report([entry(), entry(cost=500)]).total
    assert total == Total(answers=2, tokens_in=200, tokens_out=40, cost=1_500)
    assert total.tokens == 240


def test_a_voice_that_was_written_down_is_no_answer_but_costs() -> None:
    total = report([entry(), entry(purpose="hearing"), entry(purpose="hearing", failed="empty")])
    assert total.total == Total(answers=1, tokens_in=300, tokens_out=60, cost=3_000)


def test_a_question_without_an_answer_is_counted_apart_and_may_have_cost() -> None:
    total = report([entry(), entry(failed="time_out"), entry(failed="busy", late=True)]).total
    assert (total.answers, total.failed, total.late) == (1, 2, 0)
    assert total.cost == 3_000
    assert total.failed_share == pytest.approx(2 / 3)


def test_late_answers_are_a_share_of_those_given() -> None:
    total = report([entry(late=True), entry(), entry(), entry(), entry(failed="busy")]).total
    assert (total.answers, total.late, total.late_share) == (4, 1, 0.25)


def test_the_same_entries_are_summed_by_day_model_chat_and_person() -> None:
    entries = [
        entry(),
        entry(model="eyes", chat="c2", cost=5_000),
        entry(day="2026-11-21", person="p2"),
    ]
    sums = report(iter(entries))
    one = Total(answers=1, tokens_in=100, tokens_out=20, cost=1_000)
    dear = Total(answers=1, tokens_in=100, tokens_out=20, cost=5_000)
    assert sums.by_model == {"echo": one + one, "eyes": dear}
    assert sums.by_day == {"2026-11-22": one + dear, "2026-11-21": one}
    assert sums.by_chat == {"c1": one + one, "c2": dear}
    assert sums.by_person == {"p1": one + dear, "p2": one}
    assert sums.by_day_and_model == {
        ("2026-11-22", "echo"): one,
        ("2026-11-22", "eyes"): dear,
        ("2026-11-21", "echo"): one,
    }


ENTRIES = st.builds(
    entry,
    day=st.sampled_from(["2026-11-21", "2026-11-22"]),
    chat=st.sampled_from(["c1", "c2"]),
    person=st.sampled_from(["p1", "p2"]),
    model=st.sampled_from(["echo", "eyes", ""]),
    purpose=st.sampled_from(["answer", "hearing"]),
    cost=st.integers(0, 10**12),
    late=st.booleans(),
    failed=st.sampled_from(["", "busy"]),
)


@given(st.lists(ENTRIES))
def test_however_they_are_divided_the_parts_make_the_whole(entries: list[Entry]) -> None:
    sums = report(entries)
    parts = (sums.by_model, sums.by_day, sums.by_day_and_model, sums.by_chat, sums.by_person)
    for totals in parts:
        assert sum(totals.values(), start=Total()) == sums.total
    assert report(reversed(entries)) == sums


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 11, 15), 2_000),
        (date(2026, 11, 30), 1_000),
        (date(2026, 11, 1), 30_000),
        (date(2027, 2, 14), 2_000),
        (date(2028, 2, 29), 1_000),
    ],
)
def test_a_month_that_goes_on_like_this_costs_by_its_days(day: date, month: int) -> None:
    assert projected(1_000, day) == month


def test_a_projection_is_whole_nanodollars() -> None:
    assert projected(1_000, date(2026, 12, 7)) == 4_429


def test_the_days_of_a_month_so_far_are_written_as_entries_write_them() -> None:
    assert days_so_far(date(2026, 11, 3)) == ("2026-11-01", "2026-11-02", "2026-11-03")
    assert days_so_far(date(2026, 12, 1)) == ("2026-12-01",)


def test_the_dearest_come_first_and_what_is_free_by_its_tokens() -> None:
    totals = {
        "free": Total(tokens_in=5),
        "busy": Total(tokens_in=50),
        "dear": Total(cost=2),
        "cheap": Total(cost=1, tokens_in=1_000),
        "also": Total(tokens_in=5),
    }
    assert [name for name, _ in dearest(totals)] == ["dear", "cheap", "busy", "also", "free"]

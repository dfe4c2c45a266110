"""A load counts rightly, and goes to bots only: the values and the settings behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.bot_apart import UNLIMITED, apart, passing_folder
from simulator.channel import Channel
from simulator.load.columns import aligned
from simulator.load.figures import figure, percentile, too_many
from simulator.load.render import table
from simulator.load.summary import Asked, Attempt, Spread, Summary, summary
from simulator.load.target import CannotRun, checked, must_be_there
from simulator.server import Address
from simulator.webhooks import Outcome

TAKEN = Attempt(ms=4, status=200)


# --- figures -----------------------------------------------------------------------------------


def test_the_99th_percentile_of_a_hundred_values_is_the_last_but_one() -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], 99) == 99


def test_the_median_of_two_values_is_one_of_them() -> None:
    assert percentile([3.0, 1.0], 50) == 1.0


def test_no_measurement_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 50)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.floats(0.1, 100))
def test_a_percentile_is_a_measured_value_that_enough_others_do_not_exceed(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share / 100 * len(values) - 1e-9


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.00058, "0.000580"), (0.25, "0.250"), (4.032, "4.03"), (45.5, "45.5"),
     (377.9, "378"), (5012.4, "5,012"), (5, "5")],
)  # fmt: skip
def test_a_figure_shows_three_digits_that_count(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_only_what_comes_after_the_first_answer_is_too_many() -> None:
    assert too_many([[], [1.0], [1.0, 2.0, 3.0]]) == 2


def test_figures_stand_below_each_other_whatever_script_the_words_are_in() -> None:
    assert aligned([("一則", "1"), ("two", "20")]) == ["一則   1", "two   20"]


# --- a summary ---------------------------------------------------------------------------------


def summed(*asked: Asked, messages: int | None = None) -> Summary:
    return summary(asked, chats=1, messages=messages or len(asked), refused={})


def test_a_message_is_answered_lost_or_still_waited_for() -> None:
    found = summed(
        Asked(written=10, answers=[10.5]),
        Asked(written=11, given_up=True),
        Asked(written=12, given_up=True, answers=[99]),
        Asked(written=13),
        messages=6,
    )
    assert (found.messages, found.written) == (6, 4)
    assert (found.answered, found.lost, found.late, found.waiting) == (1, 2, 1, 1)
    assert found.doubled == 0
    assert not found.flawless


def test_one_answer_to_each_message_is_flawless_and_a_second_is_not() -> None:
    one, two = Asked(written=1, answers=[2]), Asked(written=1, answers=[2, 3])
    assert summed(one, one).flawless
    assert summed(one, two).doubled == 1
    assert not summed(one, two).flawless


def test_answers_are_timed_from_the_message_and_webhooks_only_where_the_bot_took_them() -> None:
    slow = Attempt(ms=2_000, status=0, error="no answer in time")
    again = Attempt(ms=8, status=200, redelivery=True)
    found = summed(
        Asked(written=1, answers=[1.25, 9], attempts=[TAKEN]),
        Asked(written=2, answers=[3], attempts=[slow, again]),
    )
    assert found.answering == Spread(min=250, p50=250, p90=1_000, p99=1_000, max=1_000)
    assert found.acknowledged == Spread(min=4, p50=4, p90=8, p99=8, max=8)
    assert found.failed == {"no answer in time": 1}
    assert found.redeliveries == 1
    assert found.a_second == 1


def test_a_run_in_which_nothing_was_measured_is_told_without_figures() -> None:
    found = summed(Asked(written=1, given_up=True, attempts=[Attempt(ms=1, status=500)]))
    assert found.acknowledged is found.answering is None
    lines = table(found).splitlines()
    assert ["status", "500", "1"] in [line.split() for line in lines]
    assert lines[-1].split() == ["message", "to", "its", "answer", *"-----"]


def test_a_part_of_a_figure_is_told_only_where_there_is_one() -> None:
    told = table(summed(Asked(written=1, answers=[2])))
    assert not any(line.startswith("  ") for line in told.splitlines())
    assert "waiting" not in told


# --- which bot ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["", "localhost:8000", "ftp://127.0.0.1/x", "http://", "http://[", "http://a:b/", "http://a:0"],
)
def test_what_is_no_web_address_cannot_be_driven(url: str) -> None:
    with pytest.raises(CannotRun, match="is no URL"):
        checked(url)


@pytest.mark.parametrize("host", ["api.line.me", "LINE.me", "api-data.line.me.", "x.line.me:80"])
def test_line_itself_is_never_driven(host: str) -> None:
    with pytest.raises(CannotRun, match="forbids load tests"):
        checked(f"https://{host}/callback")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "staging.example.com", "notline.me", "line.men"]
)
def test_any_bot_may_be_driven(host: str) -> None:
    assert checked(f"https://{host}/callback") == f"https://{host}/callback"


@pytest.mark.parametrize("status", [301, 401, 404])
def test_a_bot_that_refuses_line_s_own_check_cannot_be_driven(status: int) -> None:
    with pytest.raises(CannotRun, match=f"status {status}"):
        must_be_there("http://a", Outcome(status=status, reason="", ms=1))


@pytest.mark.parametrize(("status", "reason"), [(200, "OK"), (500, "no"), (0, "request_timeout")])
def test_a_bot_that_stumbles_over_the_check_may_still_answer_people(
    status: int, reason: str
) -> None:
    must_be_there("http://a", Outcome(status=status, reason=reason, ms=1))


def test_the_project_s_bot_stands_apart_from_its_operator_s_settings(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-real\nLIAO_PUSH=all\n")
    given = {"PATH": "/bin", "OPENAI_BASE_URL": "https://paid", "https_proxy": "http://proxy"}
    here = Address(url="http://127.0.0.1:8800")
    setup = apart(here, Channel(), data=tmp_path, environment=given, project=tmp_path)
    assert setup.demo
    assert setup.environment["DEMO_BASE_URL"] == here.openai
    assert "OPENAI_BASE_URL" not in setup.environment
    assert not setup.environment.get("OPENAI_API_KEY")
    assert setup.environment["LIAO_PUSH"] == ""
    assert setup.environment.items() >= UNLIMITED.items()
    assert setup.environment["PATH"] == "/bin"
    assert "https_proxy" not in setup.environment


def test_a_passing_folder_goes_with_all_that_is_in_it() -> None:
    with passing_folder() as folder:
        (folder / "data").write_text("x")
    assert not folder.exists()

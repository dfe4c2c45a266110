"""A vendor that keeps failing is left alone for a while."""

from __future__ import annotations

import pytest

from chalicelib.assistant.breaker import FAILURES, REST, Breaker
from chalicelib.domain.errors import (
    Cause,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    return Breaker(clock=clock)


def fails(breaker: Breaker, times: int, error: ModelError | None = None) -> None:
    for _ in range(times):
        breaker.failed("acme", error or ModelBusy(Cause.UNREACHABLE))


def test_a_vendor_that_fails_now_and_then_is_asked_on(breaker: Breaker) -> None:
    fails(breaker, FAILURES - 1)
    assert breaker.lets("acme")
    breaker.worked("acme")
    fails(breaker, FAILURES - 1)
    assert breaker.lets("acme")


def test_after_some_failures_in_a_row_it_rests_and_others_do_not(breaker: Breaker) -> None:
    fails(breaker, FAILURES)
    assert not breaker.lets("acme")
    assert breaker.lets("other")


def test_after_its_rest_one_call_may_try(breaker: Breaker, clock: FakeClock) -> None:
    fails(breaker, FAILURES)
    clock.move(REST.total_seconds() - 1)
    assert not breaker.lets("acme")
    clock.move(1)
    assert [breaker.lets("acme") for _ in range(3)] == [True, False, False]


def test_a_trial_that_works_ends_the_rest(breaker: Breaker, clock: FakeClock) -> None:
    fails(breaker, FAILURES)
    clock.move(REST.total_seconds())
    assert breaker.lets("acme")
    breaker.worked("acme")
    assert [breaker.lets("acme") for _ in range(3)] == [True, True, True]


def test_a_trial_that_fails_begins_another_rest(breaker: Breaker, clock: FakeClock) -> None:
    fails(breaker, FAILURES)
    clock.move(REST.total_seconds())
    assert breaker.lets("acme")
    fails(breaker, 1)
    clock.move(REST.total_seconds() - 1)
    assert not breaker.lets("acme")


@pytest.mark.parametrize(
    "error",
    [
        ModelRefused(Cause.FILTERED),
        ModelRefused(Cause.TOO_LONG),
        ModelBusy(Cause.EMPTY),
        ModelUnavailable(Cause.UNKNOWN_MODEL),
        ModelUnavailable(Cause.NO_KEY),
    ],
)
def test_what_says_nothing_about_the_vendor_makes_it_rest_never(
    breaker: Breaker, error: ModelError
) -> None:
    fails(breaker, 5 * FAILURES, error)
    assert breaker.lets("acme")

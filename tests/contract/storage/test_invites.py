"""What a code that lets somebody in promises: it works once, in its time, and is nowhere read."""

from __future__ import annotations

import pytest

from chalicelib.ports import Role, Stores
from tests.contract.storage.backends import Backend
from tests.contract.storage.desk import at_once, later

CODE, OTHER = "ZYMURGY8", "ZYMURGY9"


def redeem(stores: Stores, code: str = CODE, *, by: str = "event-1", at: float = 1) -> Role | None:
    return stores.invites.redeem(code, by=by, now=later(at))


def purge(stores: Stores, *, days: float) -> None:
    for store in stores.forgetful:
        store.purge(now=later(days=days))


@pytest.mark.parametrize("role", list(Role))
def test_a_code_lets_in_as_what_it_was_issued_for(stores: Stores, role: Role) -> None:
    stores.invites.issue(CODE, role, until=later(600))
    assert redeem(stores) is role


def test_a_code_lets_one_message_in_and_no_other(stores: Stores) -> None:
    stores.invites.issue(CODE, Role.GUEST, until=later(600))
    assert redeem(stores, by="event-1") is Role.GUEST
    assert redeem(stores, by="event-2") is None
    assert redeem(stores, by="event-1") is Role.GUEST


def test_of_twenty_who_bring_a_code_at_once_one_is_let_in(stores: Stores) -> None:
    stores.invites.issue(CODE, Role.ADMIN, until=later(600))
    found = at_once(20, lambda number: redeem(stores, by=f"event-{number}"))
    assert (found.count(Role.ADMIN), found.count(None)) == (1, 19)


def test_an_unknown_code_lets_nobody_in(stores: Stores) -> None:
    stores.invites.issue(CODE, Role.GUEST, until=later(600))
    assert redeem(stores, OTHER) is None
    assert redeem(stores, "") is None
    assert redeem(stores, OTHER) is None


def test_a_code_lets_nobody_in_when_its_time_is_over(stores: Stores) -> None:
    stores.invites.issue(CODE, Role.GUEST, until=later(600))
    stores.invites.issue(OTHER, Role.GUEST, until=later(600))
    assert redeem(stores, CODE, at=600) is None
    assert redeem(stores, OTHER, at=599.999) is Role.GUEST


def test_a_message_whose_worker_died_is_let_in_again_though_time_is_over(stores: Stores) -> None:
    stores.invites.issue(CODE, Role.GUEST, until=later(600))
    assert redeem(stores, at=599) is Role.GUEST
    purge(stores, days=1)
    assert redeem(stores, at=900) is Role.GUEST
    assert redeem(stores, by="event-2", at=900) is None


def test_a_code_that_is_issued_again_works_again(stores: Stores) -> None:
    stores.invites.issue(CODE, Role.GUEST, until=later(60))
    assert redeem(stores, by="event-1") is Role.GUEST
    stores.invites.issue(CODE, Role.ADMIN, until=later(600))
    assert redeem(stores, by="event-2", at=599) is Role.ADMIN


def test_no_code_can_be_read_in_what_is_stored(backend: Backend, stores: Stores) -> None:
    stores.invites.issue(CODE, Role.GUEST, until=later(600))
    stores.invites.issue(OTHER, Role.GUEST, until=later(600))
    redeem(stores, CODE, by="message")
    assert backend.holds("guest")
    assert not backend.holds("ZYMURGY")


def test_a_code_is_forgotten_a_week_after_it_is_over(backend: Backend, stores: Stores) -> None:
    stores.invites.issue(CODE, Role.GUEST, until=later(600))
    redeem(stores, by="esquipedalian")
    purge(stores, days=6.9)
    assert redeem(stores, by="esquipedalian", at=900) is Role.GUEST
    purge(stores, days=7.1)
    assert redeem(stores, by="esquipedalian", at=900) is None

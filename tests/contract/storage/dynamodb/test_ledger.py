"""The books on DynamoDB: what a call is billed, and where it lies."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.storage.dynamodb.items import SHARDS
from chalicelib.adapters.storage.dynamodb.values import Item
from chalicelib.domain.digests import digest
from chalicelib.domain.ledger import EVERYONE, Account, Spent
from chalicelib.domain.prices import Usage
from tests.contract.storage.bookkeeping import DAY, account, call, record, settled, spent
from tests.contract.storage.desk import later
from tests.contract.storage.dynamodb.watched import Place

TRANSACT = "TransactWriteItems"
#: DynamoDB bills a write by each of these many bytes.
UNIT = 1024


def everybody() -> tuple[Account, ...]:
    """Who is counted for a person's call, with every limit there is."""
    limits: dict[str, Any] = {"day_limit": 10**12, "month_limit": 10**13, "answers": 999}
    return account(**limits, a_minute=9), account(EVERYONE, day_limit=10**14, month_limit=10**15)


def size(item: Item) -> int:
    """What an item weighs, by DynamoDB's rules: a number is two digits a byte, and one more."""

    def weight(value: object) -> int:
        if isinstance(value, list):
            return 3 + sum(1 + weight(one) for one in value)
        if isinstance(value, bool):
            return 1
        return len(str(value)) // 2 + 2 if isinstance(value, int) else len(str(value).encode())

    return sum(len(name) + weight(value) for name, value in item.items())


# --- what it is billed -------------------------------------------------------------------------


def test_a_call_is_two_requests_and_seven_writes(place: Place) -> None:
    reservation = call("one", *everybody())
    assert place.stores.ledger.reserve(reservation) is None
    place.stores.ledger.settle(reservation, record(reservation, 7))
    assert place.watched.actions == [TRANSACT, TRANSACT]
    kinds = [
        (kind, (what.get("Key") or what["Item"])["sk"]["S"].partition("#")[0])
        for kind, what in place.watched.writes
    ]
    assert kinds == [
        ("Put", "entry"),
        ("Update", "month"),
        ("Update", "minute"),
        ("Update", "month"),
        ("Put", "entry"),
        ("Update", "month"),
        ("Update", "month"),
    ]


def test_a_call_that_costs_what_was_reserved_changes_no_account_again(place: Place) -> None:
    reservation = call("one", *everybody(), amount=0)
    place.stores.ledger.reserve(reservation)
    place.watched.forget()
    place.stores.ledger.settle(reservation, record(reservation, 0))
    assert len(place.watched.writes) == 1
    assert settled(place.stores) == {"one": 0}


def test_a_refusal_costs_one_read_more(place: Place) -> None:
    place.stores.ledger.reserve(call("one", account(answers=0)))
    assert place.watched.actions == [TRANSACT, "BatchGetItem"]


def test_no_item_is_billed_as_two(place: Place) -> None:
    used = Usage(
        tokens_in=10**6,
        cached=10**6,
        audio_in=10**6,
        tokens_out=10**6,
        reasoning=10**6,
        seconds=3600.123,
        images=9,
        searches=99,
    )
    told = {"model": "gpt-5.4-mini-2026-11-01", "failed": "unreachable", "usage": used}
    for number in range(1, 31):
        accounts = [
            Account(key=one.key, day=f"2026-11-{number:02}", minute=f"2026-11-{number:02}T12:00")
            for one in (*everybody(), account("group:Cfriends"))
        ]
        reservation = call(f"{number:032}", *accounts, amount=10**13)
        place.others.ledger.reserve(reservation)
        if number % 2:
            chats = {"chat": "c" * 64, "person": "p" * 64}
            kept = record(reservation, 10**12 + number, **told, **chats)
            place.others.ledger.settle(reservation, kept)
    assert max(size(item) for item in place.items()) < UNIT * 0.8


# --- where it lies -----------------------------------------------------------------------------


def held(place: Place) -> list[Item]:
    """What lies in the sweep's index until it is settled."""
    shards = (place.table.due(f"held#{number}") for number in range(SHARDS))
    return [item for shard in shards for item in shard]


def test_only_what_is_held_lies_in_an_index(place: Place) -> None:
    first, second, third = (call(name, *everybody()) for name in ("one", "two", "three"))
    for reservation in (first, second, third):
        place.stores.ledger.reserve(reservation)
    place.stores.ledger.settle(first, record(first, 7))
    assert {item["sk"] for item in held(place)} == {"entry#two", "entry#three"}
    place.stores.ledger.settle(second, record(second, 7))
    assert place.stores.ledger.heal(now=later(120)) == 1
    assert held(place) == []
    assert not [item for item in place.items() if "due" in item or "pending" in item]


def test_an_owner_of_a_month_is_one_item_that_names_nobody(place: Place) -> None:
    for day in ("2026-11-02", DAY, "2026-12-01"):
        place.stores.ledger.reserve(call(day, account(day=day)))
    months = {item["sk"]: item for item in place.items("month#")}
    november = months["month#2026-11"]
    assert sorted(months) == ["month#2026-11", "month#2026-12"]
    assert november["pk"] == f"account#{digest('user:Uamy')}"
    numbers = {name: november[name] for name in ("month", "d02", "n02", "d22", "n22")}
    assert numbers == {"month": 200, "d02": 100, "n02": 1, "d22": 100, "n22": 1}


def test_a_purge_and_a_list_of_failures_leave_what_is_held_alone(place: Place) -> None:
    place.stores.ledger.reserve(call("one", *everybody()))
    for store in place.stores.forgetful:
        store.purge(now=later(days=1))
    assert place.stores.failures.given_up() == ()
    assert place.stores.ledger.heal(now=later(days=1)) == 1


def test_much_that_is_overdue_is_given_back_bit_by_bit(place: Place) -> None:
    for number in range(60):
        place.others.ledger.reserve(call(f"{number:02}"))
    healed = [place.stores.ledger.heal(now=later(120)) for _ in range(4)]
    assert healed == [25, 25, 10, 0]
    assert spent(place.stores) == Spent(day=0, month=0, answers=60)

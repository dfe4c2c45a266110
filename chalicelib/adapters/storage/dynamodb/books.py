"""What somebody has spent: money in a day and in its month, calls in a day and in a minute.

DynamoDB bills a write by the item. So an owner's month is one item, of which each day is two
numbers: `d28` is the money of the 28th, `n28` its calls. A full month is half of the kilobyte that
is billed as one. A minute's calls are an item of their own, which is soon over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.storage.dynamodb.calls import Write
from chalicelib.adapters.storage.dynamodb.items import ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.domain.digests import digest
from chalicelib.domain.ledger import Account, Spent, UsedUp
from chalicelib.domain.money import Nano
from chalicelib.domain.retention import ACCOUNTS

#: Calls in a minute are counted no longer than it lasts, whatever the clocks of others say.
_MINUTE: Final = timedelta(hours=1)

Place = tuple[str, str]


def begin(table: Table, account: Account, amount: Nano, *, at: datetime) -> Iterator[Write]:
    """Count a call that begins, and what is reserved for it, unless something is used up."""
    day, calls = account.day[-2:], int(account.counts)
    limits = {
        "#month": account.month_limit,
        f"d{day}": account.day_limit,
        f"n{day}": account.answers,
    }
    condition, values = _below(limits)
    yield table.change(
        *_month(digest(account.key), account.day),
        f"SET #ttl = :ttl ADD #month :amount, d{day} :amount, n{day} :calls",
        {":ttl": ttl(at, ACCOUNTS), ":amount": amount, ":calls": calls, **values},
        condition=condition,
    )
    if account.a_minute is not None:
        condition, values = _below({"calls": account.a_minute})
        yield table.change(
            *_minute(account),
            "SET #ttl = :ttl ADD calls :begun",
            {":ttl": ttl(at, _MINUTE), ":begun": calls, **values},
            condition=condition,
        )


def add(table: Table, owner: str, day: str, amount: Nano, *, at: datetime) -> Write:
    """Add money to a day and its month, or take it away; owner: a digest."""
    return table.change(
        *_month(owner, day),
        f"SET #ttl = :ttl ADD #month :amount, d{day[-2:]} :amount",
        {":ttl": ttl(at, ACCOUNTS), ":amount": amount},
    )


def spent(table: Table, accounts: Sequence[Account]) -> tuple[Spent, ...]:
    """Tell what is spent, reservations included."""
    months = {account: _month(digest(account.key), account.day) for account in accounts}
    found = _read(table, months.values())
    return tuple(_spent(account, found.get(months[account], {})) for account in accounts)


def used_up(table: Table, accounts: Sequence[Account]) -> UsedUp | None:
    """Tell what keeps a call from beginning."""
    months = [_month(digest(account.key), account.day) for account in accounts]
    minutes = [_minute(account) for account in accounts]
    found = _read(table, [*months, *minutes])
    for account, month, minute in zip(accounts, months, minutes, strict=True):
        now = _spent(account, found.get(month, {}))
        this_minute = _number(found.get(minute, {}), "calls")
        if reached := account.used_up(now, this_minute=this_minute):
            return reached
    return None


def _month(owner: str, day: str) -> Place:
    return f"account#{owner}", f"month#{day[:7]}"


def _minute(account: Account) -> Place:
    return f"account#{digest(account.key)}", f"minute#{account.minute}"


def _below(limits: Mapping[str, Nano | None]) -> tuple[str, dict[str, Nano]]:
    """Say that each number is still below its limit; what was never counted is nothing."""
    told: list[str] = []
    values: dict[str, Nano] = {}
    for name, limit in limits.items():
        if limit is not None:
            value = f":{name.removeprefix('#')}"
            unless = f"attribute_not_exists({name}) OR " if limit > 0 else ""
            told.append(f"({unless}{name} < {value})")
            values[value] = limit
    return " AND ".join(told), values


def _read(table: Table, places: Iterable[Place]) -> dict[Place, Item]:
    return {place(item): item for item in table.get_many(places)}


def _spent(account: Account, month: Item) -> Spent:
    day = account.day[-2:]
    return Spent(
        day=_number(month, f"d{day}"),
        month=_number(month, "month"),
        answers=_number(month, f"n{day}"),
    )


def _number(item: Item, name: str) -> int:
    return int(str(item.get(name, 0)))

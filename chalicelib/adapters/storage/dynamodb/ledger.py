"""The operator's money: what may be spent, and what was. See `Ledger` for the promises.

A call is one item from its reservation to its record, and its `standing` is the condition of every
write, so that nothing is counted twice. As long as it is held it lies in the sweep's index, due
when it is given back; a record lies in no index, and costs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from chalicelib.adapters.storage.dynamodb import books
from chalicelib.adapters.storage.dynamodb.calls import TRIES, Refused, Write, pause
from chalicelib.adapters.storage.dynamodb.items import SHARDS, shard, ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, key, place
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.adapters.storage.usages import to_text, to_usage
from chalicelib.domain.chat import Chat
from chalicelib.domain.digests import digest
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.ledger import Account, Entry, Reservation, Spent, Standing, UsedUp
from chalicelib.domain.retention import LEDGER

#: How many of one shard are given back at once: the next sweep goes on. Tokens that die can't wait.
_STEP: Final = 25
#: How many of a day's partitions are read at once: a report mostly waits for DynamoDB.
_AT_ONCE: Final = 8
_KIND: Final = "entry#"
_IS_ABSENT: Final = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLedger:
    """`Ledger` in DynamoDB."""

    table: Table

    def reserve(self, reservation: Reservation) -> UsedUp | None:
        """Reserve in all accounts, or in none; see `Ledger.reserve`."""
        for number in range(TRIES):
            try:
                self.table.write(*self._beginning(reservation))
            except Refused as exc:
                if exc.at(0):
                    return None  # it is there already
                if reached := books.used_up(self.table, reservation.accounts):
                    return reached
                pause(number)  # something was given back meanwhile
            else:
                return None
        raise StorageUnavailable("dynamodb: others were always quicker")

    def settle(self, reservation: Reservation, entry: Entry) -> None:
        """Put the real cost in the reservation's place; see `Ledger.settle`."""
        standing: Standing | None = Standing.HELD
        for number in range(TRIES):
            try:
                self.table.write(*self._settling(reservation, entry, standing))
            except Refused:
                standing = self._standing(reservation)
                if standing is Standing.SETTLED:
                    return
                pause(number)
            else:
                return
        raise StorageUnavailable("dynamodb: others were always quicker")

    def heal(self, *, now: datetime) -> int:
        """Give back what was reserved until now and never settled; see `Ledger.heal`.

        Of very much only so much at once: the next sweep goes on.
        """
        overdue = [
            place(listed)
            for number in range(SHARDS)
            for listed in self.table.due(_held(number), until=to_micros(now), limit=_STEP)
        ]
        # The index lags: what it listed may be settled.
        held = (i for i in self.table.get_many(overdue) if i["standing"] == Standing.HELD)
        return sum(self._give_back(item, now=now) for item in held)

    def spent(self, accounts: Sequence[Account]) -> tuple[Spent, ...]:
        """What each account has spent, in the order given."""
        return books.spent(self.table, accounts)

    def entries(self, days: Sequence[str]) -> Iterator[Entry]:
        """Every settled entry of these local days; see `Ledger.entries`."""
        from concurrent.futures import ThreadPoolExecutor  # only a report needs it

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="entries") as pool:
            for day in dict.fromkeys(days):
                for found in pool.map(partial(self._query, day), range(SHARDS)):
                    yield from (_entry(item, day) for item in found)

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Leave the numbers: they name nobody, and budgets could be reset at will."""

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:
        """Leave the numbers, as when a person is forgotten."""

    def purge(self, *, now: datetime) -> None:
        """Leave it to DynamoDB's time to live: the ledger holds no words."""

    def _beginning(self, reservation: Reservation) -> Iterator[Write]:
        """Describe a call that begins: it is new, and nothing is used up."""
        yield self.table.put(_reserved(reservation), only_if=_IS_ABSENT)
        for account in reservation.accounts:
            yield from books.begin(self.table, account, reservation.amount, at=reservation.at)

    def _settling(
        self, reservation: Reservation, entry: Entry, standing: Standing | None
    ) -> Iterator[Write]:
        """Describe how a call is settled that stands so; None: nothing is known of it."""
        yield self._turn(_settled(reservation, entry), standing)
        held = reservation.amount if standing is Standing.HELD else 0
        if cost := entry.cost - held:
            for account in reservation.accounts:
                owner, day = digest(account.key), reservation.day
                yield books.add(self.table, owner, day, cost, at=reservation.at)

    def _give_back(self, item: Item, *, now: datetime) -> bool:
        """Give one back; False where another was quicker."""
        given_back: Item = {name: item[name] for name in ("pk", "sk", "at", "chat", "ttl")}
        given_back["standing"] = Standing.GIVEN_BACK.value
        day, amount = str(item["pk"]).split("#")[1], int(str(item["amount"]))
        owners = item["owners"] if isinstance(item["owners"], list) else []
        returns = [books.add(self.table, owner, day, -amount, at=now) for owner in owners]
        try:
            self.table.write(self._turn(given_back, Standing.HELD), *returns)
        except Refused:
            return False
        return True

    def _turn(self, item: Item, standing: Standing | None) -> Write:
        """Describe what becomes of a call, if it still stands so."""
        if standing is None:
            return self.table.put(item, only_if=_IS_ABSENT)
        return self.table.put(
            item, only_if="standing = :standing", values={":standing": standing.value}
        )

    def _standing(self, reservation: Reservation) -> Standing | None:
        item = self.table.get(*place(_place(reservation)))
        return Standing(str(item["standing"])) if item else None

    def _query(self, day: str, number: int) -> list[Item]:
        found = self.table.query(_partition(day, number), _KIND)
        return [item for item in found if item["standing"] == Standing.SETTLED]


def _partition(day: str, number: int) -> str:
    return f"ledger#{day}#{number}"


def _held(number: int) -> str:
    """A shard of the sweep's index in which calls are due to be given back."""
    return f"held#{number}"


def _place(reservation: Reservation) -> Item:
    number = shard(reservation.chat)
    return key(_partition(reservation.day, number), f"{_KIND}{reservation.id}")


def _reserved(reservation: Reservation) -> Item:
    return {
        **_place(reservation),
        "standing": Standing.HELD.value,
        "at": to_micros(reservation.at),
        "chat": reservation.chat,
        "amount": reservation.amount,
        "owners": [digest(account.key) for account in reservation.accounts],
        "sweep": _held(shard(reservation.chat)),
        "due": to_micros(reservation.until),
        "ttl": ttl(reservation.at, LEDGER),
    }


def _settled(reservation: Reservation, entry: Entry) -> Item:
    return {
        **_place(reservation),
        "standing": Standing.SETTLED.value,
        "at": to_micros(entry.at),
        "chat": entry.chat,
        "person": entry.person,
        "model": entry.model,
        "purpose": entry.purpose,
        "used": to_text(entry.usage),
        "cost": entry.cost,
        "late": entry.late,
        "failed": entry.failed,
        "ttl": ttl(reservation.at, LEDGER),
    }


def _entry(item: Item, day: str) -> Entry:
    return Entry(
        id=str(item["sk"]).removeprefix(_KIND),
        at=to_moment(int(str(item["at"]))),
        day=day,
        chat=str(item["chat"]),
        person=str(item["person"]),
        model=str(item["model"]),
        purpose=str(item["purpose"]),
        usage=to_usage(str(item["used"])),
        cost=int(str(item["cost"])),
        late=bool(item["late"]),
        failed=str(item["failed"]),
    )

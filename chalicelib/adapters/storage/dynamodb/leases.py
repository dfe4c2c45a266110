"""Who may change a lane of a chat; the rules are those of `Inbox.lease`.

A lease that was given back stays as an item, so that its fence is never given again; should it be
gone altogether, fences go on from the clock's nanoseconds, which are higher than any before.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import uuid4

from chalicelib.adapters.storage.dynamodb.calls import Unmet, Write
from chalicelib.adapters.storage.dynamodb.items import home, ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import place
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.chat import Chat
from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import Lane
from chalicelib.domain.retention import IDS
from chalicelib.domain.turns import Lease

_OWN = "fence = :fence AND held = :yes"


def grant(table: Table, chat: Chat, lane: Lane, *, until: datetime, now: datetime) -> Lease | None:
    """Give the lane to who asks, unless somebody's lease has not ended yet.

    `asked` names this very call: asked again after a time-out it finds what the first try got, and
    a try that comes late, its lease given back long ago, takes the lane from nobody.
    """
    asked = uuid4().hex
    try:
        found = table.change_one(
            home(chat),
            _sk(lane),
            "SET fence = if_not_exists(fence, :tick) + :one, ends = :ends, held = :yes,"
            " asked = :asked, #ttl = :ttl",
            {
                ":tick": table.tick(),
                ":one": 1,
                ":ends": to_micros(until),
                ":now": to_micros(now),
                ":yes": True,
                ":asked": asked,
                ":ttl": ttl(until, IDS),
            },
            condition="attribute_not_exists(pk) OR (ends <= :now AND asked <> :asked)",
        )
    except Unmet as unmet:
        found = unmet.item
    if found.get("asked") != asked:
        return None
    return Lease(chat=chat, lane=lane, fence=int(str(found["fence"])))


def give_back(table: Table, lease: Lease) -> None:
    """Free the lane, if it is still this lease's."""
    with suppress(Unmet):
        table.change_one(
            home(lease.chat),
            _sk(lease.lane),
            "SET ends = :zero, held = :no",
            {":zero": 0, ":no": False, ":fence": lease.fence},
            condition="fence = :fence",
        )


def held(table: Table, lease: Lease) -> Write:
    """Describe the condition that the lease is still its owner's."""
    values = {":fence": lease.fence, ":yes": True}
    return table.check(home(lease.chat), _sk(lease.lane), _OWN, values)


def check(table: Table, lease: Lease) -> None:
    """Let only the owner go on. Raises LeaseLost."""
    item = table.get(home(lease.chat), _sk(lease.lane))
    if item is None or item["fence"] != lease.fence or item["held"] is not True:
        raise lost(lease)


def lost(lease: Lease) -> LeaseLost:
    """Say that the lease has a new owner."""
    return LeaseLost(f"lane {lease.lane} has a new owner since fence {lease.fence}")


def break_all(table: Table) -> None:
    """Let every lease lapse; reads the whole table."""
    for item in table.scan("lease#"):
        with suppress(Unmet):
            table.change_one(
                *place(item),
                "SET ends = :zero",
                {":zero": 0},
                condition="attribute_exists(pk)",
            )


def _sk(lane: Lane) -> str:
    return f"lease#{lane}"

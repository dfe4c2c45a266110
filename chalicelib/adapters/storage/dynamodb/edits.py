"""Messages that say something else by now; the rules are those of `Door.edit`.

LINE delivers edits late, again and out of order, as it does everything. So a message's item keeps
which edit happened last, for as long as an older one, or the message itself, may still come.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from chalicelib.adapters.storage.dynamodb import incoming, items, overhearing, withdrawals
from chalicelib.adapters.storage.dynamodb.change import Change, atomically
from chalicelib.adapters.storage.dynamodb.items import home
from chalicelib.adapters.storage.dynamodb.redelivery import renew
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.domain.events import TextEdited


def edit(table: Table, event: TextEdited, *, asks: bool, origin: str, now: datetime) -> bool:
    """Put an edit in its message's place; True if it waits for a worker."""
    waits = atomically(table, partial(_edit, event=event, asks=asks, origin=origin, now=now))
    if waits is None:
        renew(table, event, origin=origin, now=now)
    return waits is True


def _edit(
    change: Change, *, event: TextEdited, asks: bool, origin: str, now: datetime
) -> bool | None:
    """Tell whether the edit waits; None where it is known."""
    table = change.table
    message = items.message(event.chat, event.message_id)
    read = table.get_many([(home(event.chat), f"event#{event.id}"), place(message)])
    found = {place(item): item for item in read}
    same = found.get((home(event.chat), f"event#{event.id}"))
    if same is not None and not _is_gone(same, now):
        return None
    kept = found.get(place(message))
    before = None if kept is None or _is_gone(kept, now) else kept
    if before is not None and _is_late(before, event):
        return False
    if before is not None and "lines" in before and not asks:
        change.put({**before, "lines": overhearing.lines(event), "edited": event.at})
        return False
    asked = withdrawals.erase(change, event.chat, event.message_id, before, now=now)
    if not asks and not asked:
        return False
    leads = incoming.pointer(event, event.message_id, now=now)
    change.put({**_revised(leads, kept), "edited": event.at})
    change.put(_revised(incoming.waiting(table, event, origin=origin, now=now), same))
    change.writes.extend(incoming.noted(table, event, now=now))
    return True


def _is_gone(item: Item, now: datetime) -> bool:
    """What is past its time to live counts as gone."""
    return int(str(item.get("ttl", 1 << 40))) <= now.timestamp()


def _is_late(before: Item, event: TextEdited) -> bool:
    """Tell whether the message was taken back, or edited once more since, or just so."""
    return bool(before["buried"]) or int(str(before.get("edited", -1))) >= event.at


def _revised(item: Item, there: Item | None) -> Item:
    """Write over what is there, as it was read."""
    return item if there is None else {**item, "rev": there["rev"]}

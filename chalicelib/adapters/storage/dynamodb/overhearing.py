"""What a group says among itself, where it lets the bot remember it: lines that no turn holds.

Such a line is the message's own item: so it is kept once, and whatever becomes of its message (it
is taken back, edited, or asks something after all) takes its place in one write. The index
`pending` has it in its order.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.adapters.storage.dynamodb import items
from chalicelib.adapters.storage.dynamodb.calls import Refused
from chalicelib.adapters.storage.dynamodb.incoming import IS_NEW, noted
from chalicelib.adapters.storage.dynamodb.items import HEARD, shard
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, written
from chalicelib.adapters.storage.moments import to_micros
from chalicelib.domain.events import TextSent
from chalicelib.domain.retention import HISTORY


def overhear(table: Table, event: TextSent, *, now: datetime) -> None:
    """Keep a message as a line, once; see `Door.overhear`."""
    line: Item = {
        **items.message(event.chat, event.message_id),
        "chat": event.chat.key,
        "buried": False,
        "lines": lines(event),
        "at": to_micros(now),
        "pending": f"{HEARD}{table.tick():020}",
        "sweep": f"due#{shard(event.chat.key)}",
        "due": to_micros(now + HISTORY),
        "rev": table.tick(),
    }
    new = table.put(line, only_if=IS_NEW, values={":now": int(now.timestamp())})
    try:
        table.write(new, *noted(table, event, now=now))
    except Refused:
        return  # it is known: overheard before, asked, taken back or edited


def lines(event: TextSent) -> str:
    """Write a message as the history reads lines; see `lines`, which a webhook doesn't load."""
    return written([[event.text, False, event.message_id, event.user]])

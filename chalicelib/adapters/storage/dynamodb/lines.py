"""Lines of a conversation, as the items of a table hold them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from chalicelib.adapters.storage.dynamodb.values import Item, written
from chalicelib.ports import Said

#: How the sort keys of turns' lines begin.
OF_TURNS: Final = "said#"


def sk(turn: Item) -> str:
    """The sort key of a turn's lines: they lie where the turn was taken."""
    return f"{OF_TURNS}{turn['tick']:020}#{turn['id']}"


def tick(item: Item) -> str:
    """When an item's lines came: of a turn or overheard, its key has it after the first hash."""
    return str(item.get("pending", item["sk"])).split("#")[1]


def put(item: Item, lines: Sequence[Said]) -> Item:
    """Put lines into an item."""
    rows = [[line.text, line.by_bot, line.message_id, line.user] for line in lines]
    return {**item, "lines": written(rows)}


def read(item: Item) -> list[Said]:
    """Read an item's lines, as `put` or `overhearing` wrote them."""
    return [
        Said(text=text, by_bot=by_bot, message_id=message_id, user=user)
        for text, by_bot, message_id, user in json.loads(str(item["lines"]))
    ]

"""Which message said what: a person's, or the bot's, so that a quoted one is understood.

LINE tells only the quoted message's id. A message of the bot's leads to the turn whose answer it
showed. Its words are the answer's while those are kept, then what the history remembers of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.adapters.storage.dynamodb import items, lines, turns
from chalicelib.adapters.storage.dynamodb.change import Change
from chalicelib.adapters.storage.dynamodb.items import home, ttl
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.dynamodb.values import Item, place
from chalicelib.adapters.storage.moments import to_moment
from chalicelib.domain.chat import Chat
from chalicelib.domain.events import TextSent
from chalicelib.domain.retention import HISTORY
from chalicelib.domain.spoken import said
from chalicelib.ports import Said, Shown


def keep(change: Change, chat: Chat, going: Iterable[Item], shown: Sequence[Shown]) -> None:
    """Keep which messages show the answers of turns that are being sent."""
    sent = {str(item["id"]): item for item in going}
    for one in shown:
        turn = sent.get(one.turn_id)
        if turn is not None:
            leads: Item = {"turn": one.turn_id, "place": one.place, "line": lines.sk(turn)}
            until = ttl(to_moment(int(str(turn["touched"]))), HISTORY)
            message = items.message(chat, one.message_id)
            change.replace({**message, **leads, "buried": False, "ttl": until})


def find(table: Table, chat: Chat, message_id: str) -> Said | None:
    """Find what a message said; see `History.message`."""
    item = table.get(*place(items.message(chat, message_id)))
    if item is not None and item["buried"]:
        return None
    if item is not None and "turn" in item:
        text = _answered(table, item)
        found: Said | None = Said(text=text, by_bot=True, message_id=message_id)
    else:
        found = _sent(table, item) or _line(table, chat, message_id, item)
    return found if found is not None and found.text.strip() else None


def _answered(table: Table, shown: Item) -> str:
    """Read a part of an answer; once it is erased, what the history remembers of the whole."""
    pk, line = str(shown["pk"]), str(shown["line"])
    read = table.get_many([(pk, f"turn#{shown['turn']}"), (pk, line)])
    kept = {str(item["sk"]): item for item in read}
    turn = kept.get(f"turn#{shown['turn']}")
    answer = None if turn is None else turns.answer(turn)
    if answer is not None:
        return "".join(said(one) for one in answer.messages[int(str(shown["place"])) :][:1])
    remembered = lines.read(kept[line]) if line in kept else []
    return "\n".join(one.text for one in remembered if one.by_bot)


def _sent(table: Table, pointer: Item | None) -> Said | None:
    """Read a message from the event that brought it, as long as that has its words."""
    if pointer is None or "event" not in pointer:
        return None
    item = table.get(str(pointer["pk"]), f"event#{pointer['event']}")
    arrival = None if item is None else turns.arrival(item)
    if arrival is None or not isinstance(arrival.event, TextSent):
        return None
    event = arrival.event
    return Said(text=event.text, by_bot=False, message_id=event.message_id, user=event.user)


def _line(table: Table, chat: Chat, message_id: str, known: Item | None) -> Said | None:
    """Find a message among the lines: its own, or those of a turn."""
    if known is not None and "lines" in known:
        read = [known]
    else:
        read = table.query(home(chat), lines.OF_TURNS, newest_first=True)
    found = (line for item in read for line in lines.read(item))
    return next((line for line in found if line.message_id == message_id), None)

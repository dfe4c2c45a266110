"""What lies where in the table, and in which index; `turns` reads what this files.

| partition     | sort key       | what it is                                        | until   |
|---------------|----------------|---------------------------------------------------|---------|
| chat#digest   | event#id       | what somebody sent, and what became of it         | 7 days  |
|               | message#id     | which event brought a message; or its tombstone;  | 7 days  |
|               |                | or what it said, where it was only overheard;     | 30 days |
|               |                | or which answer it shows, where it is the bot's   | 30 days |
|               | turn#id        | a question and its answer                         | 7 days  |
|               | said#tick#turn | what the history keeps of a turn                  | 30 days |
|               | button#id      | what a tap does                                   | its end |
|               | lease#lane     | who may change a lane, and the fence              | 7 days  |
|               | facts          | the chat's language, choices, role; introduced?   | 30 days |
|               | parted         | until when all of who left is kept                | its end |
| person#digest | chat#digest    | a chat of others that keeps something of a person | 31 days |
|               | keeper#chat#…  | a chat of others whose keeper they are            | as facts|
| token#token   | claim          | what a reply token was spent on                   | 7 days  |
| counter#digest| counter        | how much of a limit is spent                      | its end |
| account#digest| month#month    | what an owner spent in a month, and on each day   | 70 days |
|               | minute#minute  | how many calls began in it                        | an hour |
| ledger#day#n  | entry#id       | what a call may cost, then what it did            | 400 days|
| invite#digest | invite         | as what a code lets in, and whom it did           | 7 days  |

Facts with a choice stay 400 days, and with a role until their person is forgotten. An invite stays
7 days after its end. `books` and `ledger` tell what is in the accounts and in the ledger.

Two indexes hold only what somebody looks for. `pending`, in a chat's partition and consistent: what
waits, what is unfinished, parked or in doubt, what was overheard, in its order. `sweep`, over all
chats, in 16 shards: ``work#n`` in which something waits, ``due#n`` whose words are due to be
erased, ``held#n`` whose money is due to be given back; and ``parted``, whose person left, in one.
What is past its `ttl` counts as gone, though DynamoDB may take days to delete it.

Ids of people and chats are no keys: a partition is named by a digest, so that what stays of a
forgotten person (bare ids of events, for a week; counters and accounts, to their end) tells nothing
of them. The ledger has pseudonyms alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zlib import crc32

from chalicelib.adapters.storage.dynamodb.values import Item, key
from chalicelib.adapters.storage.moments import to_micros, to_moment
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.digests import digest
from chalicelib.domain.events import Lane
from chalicelib.domain.retention import HISTORY, IDS, WORDS

#: In how many parts the index of the sweep is divided, so that no part is too busy.
SHARDS = 16

#: Parts of the index `pending`: a lane's work, what of it is unfinished, and what is neither.
WORK = {Lane.TURNS: "t#", Lane.TAPS: "e#"}
UNFINISHED, TAPPED, PARKED, UNSURE = "t#0#", "s#", "p#", "u#"
#: And what was overheard: lines of the history that no turn holds.
HEARD = "h#"
#: From the first to the last of what is being sent, by either lane.
SENDING = ("s#", "t#0$")

#: The sort key of what a reply token was spent on.
CLAIM = "claim"


def home(chat: Chat) -> str:
    """The partition of a chat."""
    return f"chat#{digest(chat.key)}"


def person(user: str) -> str:
    """The partition that tells where something of a person is kept."""
    return f"person#{digest(user)}"


def message(chat: Chat, message_id: str) -> Item:
    """The key of what is known of a message."""
    return key(home(chat), f"message#{message_id}")


def claim(token: str) -> tuple[str, str]:
    """Where it lies what a reply token was spent on."""
    return f"token#{token}", CLAIM


def membership(user: str, chat: Chat, *, now: datetime, rev: int) -> Item:
    """Note that something of a person is kept in a chat that is not their own."""
    item = key(person(user), home(chat))
    until = ttl(now, HISTORY + timedelta(days=1))
    return {**item, "chat": chat.key, "ttl": until, "rev": rev}


def is_elsewhere(user: str | None, chat: Chat) -> bool:
    """Tell whether a person's things would not be found in their own chat."""
    return user is not None and chat != Chat(ChatKind.USER, user)


def ttl(start: datetime, life: timedelta) -> int:
    """When DynamoDB may delete an item, in seconds since the epoch."""
    return int((start + life).timestamp())


def waiting(lane: Lane) -> str:
    """How the index `pending` begins for what waits in a lane: after what is unfinished there."""
    return f"{WORK[lane]}1#"


def shard(chat_key: str) -> int:
    """Which part of the sweep's index a chat is in."""
    return crc32(chat_key.encode()) % SHARDS


# --- events ------------------------------------------------------------------------------------


def filed_event(item: Item) -> Item:
    """File an event by its state: in which indexes it is, and until when it is kept."""
    bare = unfiled(item)
    state, received = str(bare["state"]), to_moment(int(str(bare["received"])))
    if state == "waiting":
        place = f"{waiting(Lane(str(bare['lane'])))}{bare['at']:015}#{bare['tick']:020}"
        index = {"sweep": f"work#{shard(str(bare['chat']))}", "due": bare["received"]}
        return {**bare, **index, "pending": place}
    if state == "held":
        return bare
    kept: Item = {**bare, "ttl": ttl(received, IDS)}
    if "words" in bare:
        due = to_micros(received + WORDS)
        return {**kept, "sweep": f"due#{shard(str(bare['chat']))}", "due": due}
    return kept


def in_order(held: Iterable[Item]) -> list[Item]:
    """Sort events as they happened; what happened at the same moment, as it came."""
    return sorted(held, key=lambda item: (int(str(item["at"])), int(str(item["tick"]))))


def event_ids(item: Item) -> list[str]:
    """The ids of the events that a turn holds."""
    ids = item.get("events", [])
    return ids if isinstance(ids, list) else []


def without(item: Item, *names: str) -> Item:
    """Leave attributes out."""
    return {name: value for name, value in item.items() if name not in names}


def unfiled(item: Item) -> Item:
    """Take an item out of the indexes."""
    return without(item, "pending", "sweep", "due", "ttl")

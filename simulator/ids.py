"""Ids that look like LINE's, and never repeat, across restarts included.

A bot keeps what it saw in a database that outlives the simulator. An id used twice would be taken
for a redelivery, so ids carry the time.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import time
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHANCE = 16  # bytes
_counter = itertools.count()


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def user_id(name: str) -> str:
    """The id of a person of this name: the same name gives the same id, `U` and 32 hex digits."""
    return "U" + hashlib.blake2s(name.encode(), digest_size=16).hexdigest()


def group_id(kind: str) -> str:
    """A new group's (C) or room's (R) id."""
    return kind + secrets.token_hex(16)


def event_id() -> str:
    """A ULID: 48 bits of time, 80 of chance, in Crockford's base 32."""
    number = now_ms() << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))


def message_id() -> str:
    """A message's id: 18 digits, later ones larger."""
    return str(now_ms() * 100_000 + next(_counter) % 100_000)


def reply_token() -> str:
    """A reply token: 32 hex digits."""
    return secrets.token_hex(16)


def quote_token(chat: str) -> str:
    """A quote token of a message in this chat. LINE: it has no end, and is good there alone."""
    chance = secrets.token_hex(_CHANCE)
    return chance + _seal(chance, chat)


def quotes_in(chat: str, token: str) -> bool:
    """Tell whether a quote token is one of this chat's, whichever run made it."""
    chance = token[: 2 * _CHANCE]
    return token == chance + _seal(chance, chat)


def _seal(chance: str, chat: str) -> str:
    return hashlib.blake2s(f"{chance} {chat}".encode(), digest_size=_CHANCE).hexdigest()


def mark_as_read_token() -> str:
    """A token to mark messages as read."""
    return secrets.token_urlsafe(32)


def request_id() -> str:
    """What LINE puts into `x-line-request-id`."""
    return str(uuid.uuid4())

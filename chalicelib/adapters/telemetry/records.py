"""What one line of the log holds, whoever writes it: ids, counts and durations, nobody's words.

Ids of people and chats are replaced by a keyed hash, so that a log can be searched for one chat
but nobody is found in it. The words of errors that are not ours may quote what people wrote, or a
secret, so only their kind and place are told.
"""

from __future__ import annotations

import hashlib
import hmac
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Value = str | float | bool | None
Record = dict[str, Value]

_PRIVATE = frozenset({"chat", "user"})
_HASH_LENGTH = 12
_FRAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Makes the records of one process.

    key: the secret of the hashes. service: app and stage, such as ``liao-prod``; empty on a laptop,
    where there is only one.
    """

    key: bytes = field(repr=False)
    service: str = ""

    def record(
        self, level: str, name: str, ids: Mapping[str, Value], *, now: datetime, during: Record
    ) -> Record:
        """Make a record; `during` tells of the invocation it is of. A line's own names win."""
        own: Record = {
            "time": now.isoformat(timespec="milliseconds"),
            "level": level,
            "fact": name,
            **({"service": self.service} if self.service else {}),
            **during,
        }
        return own | {key: self._hidden(key, value) for key, value in ids.items()} | own

    def _hidden(self, name: str, value: Value) -> Value:
        if name not in _PRIVATE or not isinstance(value, str):
            return value
        return hashed(value, key=self.key)


def hashed(name: str, *, key: bytes) -> str:
    """What stands for a person or chat in every line, so that one is found in the other."""
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:_HASH_LENGTH]


def of_error(error: BaseException) -> Record:
    """Tell an error's kind and place, and our own errors' words."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    ours = type(error).__module__.startswith("chalicelib.")
    reason = str(error) if ours else ""
    return {"error": type(error).__name__, "reason": reason, "at": place}

"""Facts as structured log lines: one JSON object a line, on standard output.

A line carries ids, counts and durations. Ids of people and chats are replaced by a keyed hash, so
that a log can be searched for one chat but nobody is found in it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

_PRIVATE = frozenset({"chat", "user"})
_HASH_LENGTH = 12
_FRAMES = 4

Value = str | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLines:
    """Writes facts to a stream. `key` is the secret of the hashes."""

    key: bytes = field(repr=False)
    now: Callable[[], datetime]
    stream: TextIO | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fact(self, name: str, **ids: Value) -> None:
        """Log something that happened."""
        self._write("info", name, ids)

    def trouble(self, name: str, error: BaseException, **ids: Value) -> None:
        """Log something that went wrong: the error's kind and place, and our own errors' words.

        The words of other errors may quote what people wrote, so they are left out.
        """
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        ours = type(error).__module__.startswith("chalicelib.")
        reason = str(error) if ours else ""
        self._write(
            "warning", name, {**ids, "error": type(error).__name__, "reason": reason, "at": place}
        )

    def _write(self, level: str, name: str, ids: dict[str, Value]) -> None:
        shown = {key: self._hidden(key, value) for key, value in ids.items()}
        line = {"time": self.now().isoformat(timespec="milliseconds"), "level": level, "fact": name}
        # ASCII: no terminal's encoding can refuse it. The line's own names win over an id's.
        text = json.dumps(line | shown | line)
        stream = self.stream or sys.stdout
        with self.lock:
            stream.write(text + "\n")
            stream.flush()

    def _hidden(self, name: str, value: Value) -> Value:
        if name not in _PRIVATE or not isinstance(value, str):
            return value
        return hmac.new(self.key, value.encode(), hashlib.sha256).hexdigest()[:_HASH_LENGTH]

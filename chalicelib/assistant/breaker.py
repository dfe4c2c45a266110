"""Stops asking a vendor that keeps failing, for a while: a fuse for each, within this process.

Every call to a vendor that is down costs a person seconds of waiting, and its time-outs eat the
reply token. After some failures in a row the vendor rests, and whoever asks meanwhile gets the next
model at once. Then one call is let through; how it ends decides.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.errors import Cause, ModelError
from chalicelib.ports import Clock

#: So many failures in a row, without an answer between, make a vendor rest.
FAILURES = 5
REST = timedelta(seconds=30)
#: A vendor that is down fails like this; what only one question or one model met doesn't count.
_DOWN = frozenset(
    {
        Cause.OVERLOADED,
        Cause.UNREACHABLE,
        Cause.TIME_OUT,
        Cause.MALFORMED,
        Cause.BAD_KEY,
        Cause.NO_CREDIT,
    }
)


@dataclass(slots=True, kw_only=True)
class Breaker:
    """One fuse a vendor; safe for many threads."""

    clock: Clock
    _failures: dict[str, int] = field(default_factory=dict)
    _rests_until: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lets(self, vendor: str) -> bool:
        """Tell whether the vendor may be asked; after its rest one call at a time may try."""
        with self._lock:
            until = self._rests_until.get(vendor)
            now = self.clock.now()
            if until is None:
                return True
            if now < until:
                return False
            self._rests_until[vendor] = now + REST
            return True

    def doubts(self, vendor: str) -> bool:
        """Tell whether the vendor's last call failed as that of one that is down does."""
        with self._lock:
            return vendor in self._failures

    @contextmanager
    def over(self, vendor: str) -> Iterator[None]:
        """Note how the call inside ends."""
        try:
            yield
        except ModelError as exc:
            self.failed(vendor, exc)
            raise
        self.worked(vendor)

    def worked(self, vendor: str) -> None:
        """Note that the vendor answered."""
        with self._lock:
            self._failures.pop(vendor, None)
            self._rests_until.pop(vendor, None)

    def failed(self, vendor: str, error: ModelError) -> None:
        """Note how a call failed."""
        if error.cause not in _DOWN:
            return
        with self._lock:
            self._failures[vendor] = self._failures.get(vendor, 0) + 1
            if self._failures[vendor] >= FAILURES:
                self._rests_until[vendor] = self.clock.now() + REST

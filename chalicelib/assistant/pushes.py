"""What may be said unasked: pushes cost the operator's quota, so each is allowed and counted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.ports import Clock, Counters

#: A month's count may be forgotten after it.
_KEPT = timedelta(days=32)


def retry_key(name: str) -> str:
    """The retry key of a push: the same for the same one, however often it is tried."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushes:
    """Allows pushes, and counts them.

    late: late answers may be pushed. other: whatever else may be worth one, too. monthly: so many
    in a month, of all kinds together.
    """

    late: bool
    other: bool
    monthly: int
    counters: Counters
    clock: Clock

    def afford(self) -> bool:
        """Count one push more; False, and nothing is counted, where the month has none left."""
        now = self.clock.now()
        key = f"push:{now:%Y-%m}"
        spent = self.counters.spend({key: 1}, {key: self.monthly}, until={key: now + _KEPT})
        return spent is None

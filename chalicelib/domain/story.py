"""An answer's whole story, for one line of the log: when, by which model, how, at what cost.

What a later line needs must outlive a crash, and an answer may be sent by another worker than
made it: so how it was made is kept with the answer. Nothing here says what anybody said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.domain.turns import Turn

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How an answer was made.

    model: whose words it holds, empty where no model's. cost: US dollars, None where unknown.
    queue_ms: from receipt until the worker that made it took the turn. model_ms: all calls to the
    model and the pauses between them.
    """

    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    queue_ms: int = 0
    model_ms: int = 0

    def after(self, queued: int) -> Making:
        """The same, made after so many milliseconds in the queue."""
        return replace(self, queue_ms=queued)


def to_record(making: Making) -> dict[str, Any]:
    """Make a JSON-ready dictionary."""
    return asdict(making)


def from_record(record: Mapping[str, Any]) -> Making:
    """Read a record back; what it doesn't have is unknown, what it has too much is left out."""
    known = {field.name for field in fields(Making)}
    return Making(**{name: value for name, value in record.items() if name in known})


def waited(turn: Turn, now: datetime) -> int:
    """Milliseconds since the turn's newest message was received; 0 once that was erased."""
    if not turn.arrivals:
        return 0
    return max(milliseconds(now - turn.latest.received), 0)


def milliseconds(span: timedelta) -> int:
    """Whole milliseconds."""
    return span // _MILLISECOND


def told(turn: Turn, *, outcome: str, now: datetime) -> dict[str, str | float | bool | None]:
    """Tell a turn's story so far: ids, counts and durations.

    outcome: what became of its answer, such as `arrived`.
    """
    answer = turn.answer
    making = answer.made if answer else Making()
    story: dict[str, str | float | bool | None] = {
        "event": turn.latest.event.id if turn.arrivals else "",
        "turn": turn.id,
        "chat": turn.chat.key,
        "outcome": outcome,
        "cause": answer.cause if answer else "",
        "attempts": turn.attempts,
        "messages": len(turn.arrivals),
        **to_record(making),
        "total_ms": waited(turn, now),
    }
    if making.cost is None:
        del story["cost"]
    return story

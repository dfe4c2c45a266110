"""How the model behaves, what it was asked, and what it remembers of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from simulator.faults import BadScript
from simulator.journal import Entry, Journal, shortened
from simulator.silence import Silence

Json = dict[str, Any]

KEPT = 500
LONGEST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the model behaves, where it differs from the demo model's ordinary way.

    endpoint: the only one that behaves so, by its name, e.g. "embeddings"; None is every one.
    delay: seconds before it answers (of a stream: before its first words). status: an error
    instead of an answer, with `code`, `message` and perhaps `retry_after`. text: said or heard
    instead of the demo model's words; "" is an empty answer. hang: no answer at all.
    finish_reason: `stop` or `length` by itself.
    """

    endpoint: str | None = None
    delay: float = 0
    status: int | None = None
    code: str | None = None
    message: str = "A simulated error"
    retry_after: str | None = None
    text: str | None = None
    hang: bool = False
    finish_reason: str | None = None

    @classmethod
    def read(cls, body: Json) -> Self:
        """Read a behaviour from JSON. Raises BadScript."""
        if unknown := body.keys() - asdict(cls()).keys():
            raise BadScript(f"a behaviour has no {', '.join(sorted(unknown))}")
        return cls(**body)


def _to_nobody(_: Entry) -> None:
    """Tell nobody."""


@dataclass(slots=True, kw_only=True)
class Model:
    """The demo model: its usual behaviour, the next ones, and what it was asked.

    silence: who is kept waiting. told: called with each request when it begins and when it was
    answered. changed: called when a scripted behaviour was used up.
    """

    usual: Behaviour = field(default_factory=Behaviour)
    coming: deque[Behaviour] = field(default_factory=deque)
    requests: Journal = field(default_factory=lambda: Journal(deque(maxlen=KEPT)))
    responses: dict[str, Json] = field(default_factory=dict)
    silence: Silence = field(default_factory=Silence)
    told: Callable[[Entry], None] = _to_nobody
    changed: Callable[[], None] = lambda: None

    def take(self, endpoint: str) -> Behaviour:
        """The behaviour for this request."""
        for how in self.coming:
            if how.endpoint in (None, endpoint):
                self.coming.remove(how)
                self.changed()
                return how
        return self.usual if self.usual.endpoint in (None, endpoint) else Behaviour()

    def asked(self, entry: Entry) -> None:
        """Remember a request; long parts of it, such as pictures, are shortened."""
        entry["body"] = shortened(entry["body"], LONGEST)
        self.requests.add(entry)
        self.told(entry)

    def keep(self, response: Json) -> None:
        """Remember a response, so that another can go on from it."""
        self.responses[response["id"]] = response
        if len(self.responses) > KEPT:
            del self.responses[next(iter(self.responses))]

    def be_usual(self) -> None:
        """Be the ordinary demo model again; who was kept waiting is told that it failed."""
        self.usual = Behaviour()
        self.coming.clear()
        self.silence.end()

    def reset(self) -> None:
        """Be the ordinary demo model again, and forget what was asked."""
        self.be_usual()
        self.requests.clear()
        self.responses.clear()

"""The functions' way to AWS: where they are refused what their role's policies don't allow.

And where they may be stopped between any two of their writes:

    at.door.once("sending", bot.worker.kill, before=True).wait()

A gate's twin for what lies behind one address: here a write is known by a state that it sets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from tests.aws.accounts import within
from tests.aws.cloud import Cloud
from tests.aws.wsgi import Answer, Application, Environ, Unanswered, body_of, serving
from tests.production.permissions import Need, allowed, needs, signer

Json = dict[str, Any]
_JSON: Final = {"Content-Type": "application/x-amz-json-1.0"}
_DENIED: Final = b'{"__type":"com.amazon.coral.service#AccessDeniedException"}'
_WRITE: Final = "DynamoDB_20120810.TransactWriteItems"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One deed, waiting for its write; `before` it is carried out, or after."""

    state: str
    deed: Callable[[], None] = field(repr=False)
    before: bool
    done: threading.Event = field(default_factory=threading.Event)

    def is_here(self, environ: Environ) -> bool:
        """Whether this is a write of something that gets this state."""
        is_write = environ.get("HTTP_X_AMZ_TARGET") == _WRITE
        return is_write and f'"S":"{self.state}"' in body_of(environ).decode().replace(" ", "")

    def wait(self, timeout: float = 60) -> None:
        """Wait until the deed is done. Raises AssertionError."""
        assert self.done.wait(timeout), f"nothing ever became {self.state}"


@dataclass(slots=True, kw_only=True)
class Door:
    """The way; `url` stands for AWS towards the functions.

    policies: what each key id may do. refused: what was asked for and wasn't allowed.
    """

    aws: Application = field(repr=False)
    account: str
    url: str = ""
    stop: Stop | None = None
    policies: dict[str, list[Json]] = field(default_factory=dict, repr=False)
    refused: list[Need] = field(default_factory=list)

    def once(self, state: str, deed: Callable[[], None], *, before: bool) -> Stop:
        """Do a deed, once, when something is about to get a state, or just got it."""
        self.stop = Stop(state=state, deed=deed, before=before)
        return self.stop

    def ask(self, environ: Environ) -> Answer:
        """Pass a request on to AWS; who is stopped at it gets no answer."""
        documents = self.policies.get(signer(environ)[0], [])
        denied = [need for need in needs(environ, self.account) if not allowed(documents, need)]
        if denied:
            self.refused += denied
            return 400, dict(_JSON), _DENIED
        stop = self.stop
        if stop is None or not stop.is_here(environ):
            return self.aws(environ)
        self.stop = None
        if not stop.before:
            self.aws(environ)
        stop.deed()
        stop.done.set()
        raise Unanswered


@contextmanager
def door(aws: Cloud) -> Iterator[Door]:
    """Open a way to AWS on a free port."""
    made = Door(aws=within(aws.account, aws.queues), account=aws.account)
    with serving(made.ask) as made.url:
        yield made

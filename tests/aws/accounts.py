"""An AWS account for each stand-in.

moto keeps what it knows in this process. Two stand-ins in it, one of a whole test run and one of
a test's own, must not see each other's tables, nor forget them: each has an account.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from tests.aws.wsgi import Answer, Application, Environ

#: The account of AWS's own examples; further ones count from here.
FIRST: Final = 123_456_789_012
_HEADER: Final = "HTTP_X_MOTO_ACCOUNT_ID"

_taken: set[str] = set()
_lock = threading.Lock()


@contextmanager
def account() -> Iterator[str]:
    """Have an account that is empty, and nobody else's, until the block ends."""
    with _lock:
        free = next(n for n in map(str, itertools.count(FIRST)) if n not in _taken)
        _taken.add(free)
    forget(free)
    try:
        yield free
    finally:
        forget(free)
        with _lock:
            _taken.discard(free)


def forget(name: str) -> None:
    """Forget everything in an account."""
    every: list[Any] = getattr(BackendDict, "_instances")  # noqa: B009 - mypy can't read it
    for services in list(every):
        kept = services.pop(name, None)
        if kept is not None:
            kept.reset()
    reset_model_data()


def within(name: str, ask: Application) -> Application:
    """Let every request be one of this account's."""

    def asked(environ: Environ) -> Answer:
        return ask({**environ, _HEADER: name})

    return asked


def account_of(environ: Environ) -> str:
    """The account that a request is made in."""
    return str(environ[_HEADER])


def region_of(environ: Environ) -> str:
    """The region that a request was signed for."""
    return str(environ.get("HTTP_AUTHORIZATION", "////").split("/")[2])

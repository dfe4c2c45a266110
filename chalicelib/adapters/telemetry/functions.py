"""What Lambda tells of an invocation, and what a function's telemetry promises: types alone.

Apart from `invocation`, so that nothing of it is loaded where types are not looked at.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from chalicelib.domain.errors import LiaoError
from chalicelib.ports import Telemetry

#: Kinds of errors of ours.
Answered = tuple[type[LiaoError], ...]


class Context(Protocol):
    """What Lambda tells of an invocation."""

    @property
    def function_name(self) -> str:
        """The function's name."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id, which Lambda's own lines have as well."""


class FunctionTelemetry(Telemetry, Protocol):
    """A telemetry for a Lambda function: it knows where an invocation begins and ends."""

    def during(self, context: Context, *, answered: Answered = ()) -> AbstractContextManager[None]:
        """Log an invocation; see `invocation.during`."""

    def flush(self) -> None:
        """Write what was held back; never raises for having nothing."""

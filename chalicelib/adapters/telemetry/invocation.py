"""Which invocation of a Lambda function a line belongs to, and how an invocation ends.

A crash is shown by Lambda with the words of its error, and by Chalice with those of every error
behind it; both may quote what a person wrote. So nothing but our own words leaves an invocation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from chalicelib.adapters.telemetry.records import Record
from chalicelib.domain.errors import LiaoError

if TYPE_CHECKING:
    from chalicelib.adapters.telemetry.functions import Answered, Context, FunctionTelemetry

_current: ContextVar[Record | None] = ContextVar("invocation", default=None)


class Crashed(Exception):
    """An invocation ended by an error whose words are not shown; the log tells which and where."""


def current() -> Record:
    """What a line tells of the invocation it is of; empty outside of any.

    A thread belongs to the invocation whose context it was started in: see `contextvars`.
    """
    return _current.get() or {}


@contextmanager
def during(
    telemetry: FunctionTelemetry, context: Context, *, cold: bool, answered: Answered = ()
) -> Iterator[None]:
    """Log an invocation: every line names it, a crash is logged, and the end flushes.

    cold: it is this process's first. answered: errors that the caller answers, which are no crash.
    Raises what was raised, if it is an error of ours, without
    the errors behind it; else Crashed.
    """
    told: Record = {
        "function": context.function_name,
        "request_id": context.aws_request_id,
        "cold_start": cold,
    }
    reset = _current.set(told)
    try:
        if cold:
            telemetry.fact("cold_started")
        yield
    except answered:
        raise
    except LiaoError as exc:
        telemetry.trouble("invocation_failed", exc)
        raise exc from None
    except Exception as exc:  # noqa: BLE001 - it is logged, and raised without its words
        telemetry.trouble("invocation_failed", exc)
        raise Crashed(f"{type(exc).__name__}: see invocation_failed in the log") from None
    finally:
        telemetry.flush()
        _current.reset(reset)

"""A summary as a table for a terminal: pure functions of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.load.columns import aligned
from simulator.load.figures import figure
from simulator.load.summary import Spread, Summary

HEADS = ("min", "p50", "p90", "p99", "max")


def table(summary: Summary) -> str:
    """Everything, for a person: parts of a figure only where there are some."""
    counts = [(name, figure(value)) for name, value in _counts(summary)]
    times = [
        ("milliseconds", *HEADS),
        ("webhook to its 200", *_cells(summary.acknowledged)),
        ("message to its answer", *_cells(summary.answering)),
    ]
    return "\n".join([*aligned(counts), "", *aligned(times)])


def _counts(summary: Summary) -> Iterator[tuple[str, float]]:
    yield "chats", summary.chats
    yield "messages", summary.messages
    if summary.written < summary.messages:
        yield "  of which were written", summary.written
    yield "answered", summary.answered
    if summary.waiting:
        yield "still waiting", summary.waiting
    yield "lost", summary.lost
    if summary.late:
        yield "  of which answered too late", summary.late
    yield "double answers", summary.doubled
    yield from _by_reason("webhooks that failed", summary.failed)
    yield "redeliveries", summary.redeliveries
    yield from _by_reason("calls LINE refused", summary.refused)
    yield "messages a second", summary.a_second


def _by_reason(what: str, reasons: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    yield what, sum(reasons.values())
    for reason, count in reasons.items():
        yield f"  {reason}", count


def _cells(spread: Spread | None) -> tuple[str, ...]:
    if spread is None:
        return ("-",) * len(HEADS)
    return tuple(figure(getattr(spread, head)) for head in HEADS)

"""A month as rows for a spreadsheet: one an entry, oldest first, with every number as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields
from zoneinfo import ZoneInfo

from chalicelib.domain.ledger import Entry
from chalicelib.domain.money import DOLLAR, Nano
from chalicelib.domain.prices import Usage

_USED = tuple(field.name for field in fields(Usage))
COLUMNS = ("day", "time", "chat", "person", "model", "purpose", *_USED, "dollars", "late", "failed")


def sheet(entries: Iterable[Entry], *, timezone: ZoneInfo) -> str:
    """Write a month's entries as CSV; times are local, dollars have nine decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(entry, timezone) for entry in entries)
    return text.getvalue()


def _row(entry: Entry, timezone: ZoneInfo) -> Iterator[str]:
    yield entry.day
    yield f"{entry.at.astimezone(timezone):%H:%M:%S}"
    yield entry.chat
    yield entry.person
    yield entry.model
    yield entry.purpose
    yield from map(str, astuple(entry.usage))
    yield _dollars(entry.cost)
    yield "yes" if entry.late else "no"
    yield entry.failed


def _dollars(amount: Nano) -> str:
    """Write an amount exactly."""
    return f"{amount // DOLLAR}.{amount % DOLLAR:09}"

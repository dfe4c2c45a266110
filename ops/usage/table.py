"""A month as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table

from chalicelib.domain.money import Nano
from chalicelib.domain.usage_report import Total
from ops.usage.bill import Bill, share


def tables(bill: Bill) -> Iterator[Table]:
    """All of them, the sums of everything first."""
    yield _sums(bill)
    yield _listed(bill, "model", bill.models())
    yield _listed(bill, "day", bill.days())
    yield _listed(bill, "top chats", bill.top_chats())


def _sums(bill: Bill) -> Table:
    total = bill.report.total
    table = Table(title=bill.span, title_justify="left", title_style="bold")
    table.box, table.pad_edge, table.show_header = None, False, False
    table.add_column(style="dim")
    for currency in bill.currencies:
        table.add_column(currency.code, justify="right")
    table.add_row("spent", *_amounts(bill, total.cost))
    if bill.projected is not None:
        table.add_row("at this rate, the month", *_amounts(bill, bill.projected))
    table.add_row("answers", f"{total.answers:,}")
    table.add_row("of them late", share(total.late_share))
    table.add_row("calls that failed", share(total.failed_share))
    table.add_row("tokens in, out", f"{total.tokens_in:,}", f"{total.tokens_out:,}")
    return table


def _listed(bill: Bill, what: str, rows: Iterable[tuple[str, Total]]) -> Table:
    table = Table(box=None, pad_edge=False, title=" ", title_justify="left")
    table.add_column(what, overflow="fold")
    for name in ("answers", "late", "failed", "tokens in", "tokens out"):
        table.add_column(name, justify="right")
    for currency in bill.currencies:
        table.add_column(currency.code, justify="right")
    for name, total in rows:
        table.add_row(name, *counts(total), *_amounts(bill, total.cost))
    return table


def counts(total: Total) -> tuple[str, ...]:
    """Everything of a sum but its money: answers, late, failed, tokens in and out."""
    numbers = (total.answers, total.late, total.failed, total.tokens_in, total.tokens_out)
    return tuple(f"{number:,}" for number in numbers)


def _amounts(bill: Bill, amount: Nano) -> tuple[str, ...]:
    return tuple(currency.shown(amount) for currency in bill.currencies)

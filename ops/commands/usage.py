"""`ops usage`: what a month cost, by model, day and chat."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from chalicelib.adapters import shipped
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.money import Currency
from chalicelib.domain.usage_report import report
from ops import stores
from ops.commands import stage_option
from ops.show import GOOD, Steps, told_of
from ops.trouble import Trouble
from ops.usage.bill import Bill
from ops.usage.month import Month
from ops.usage.page import page
from ops.usage.sheet import sheet
from ops.usage.table import tables

_STDOUT = "-"


@click.command("usage")
@stage_option()
@stores.data_option()
@click.option("--month", default="", metavar="YYYY-MM", help="[default: this month]")
@click.option("--csv", "rows", metavar="FILE", help="Write a row an entry; - writes to the screen.")
@click.option("--html", "to", metavar="FILE", help="Write one page with charts.")
def command(*, stage: str, data: Path | None, month: str, rows: str | None, to: str | None) -> None:
    """Show what a month cost, by model, day and chat. Chats are hashed, as in the log."""
    with told_of() as shown, stores.opened(stage, data=data) as here:
        zone, now = here.settings.timezone, datetime.now(UTC)
        chosen = Month.of(month, today=now.astimezone(zone).date())
        found = sorted(here.stores.ledger.entries(chosen.days), key=lambda it: (it.at, it.id))
        bill = Bill(
            stage=stage,
            month=chosen,
            currency=_currency(here.settings.currency),
            dollars=_currency("USD"),
            report=report(found),
        )
        written = {}
        if to:
            made = f"{now.astimezone(zone):%Y-%m-%d %H:%M}"
            written[_written(to, page(bill, made=made))] = bill.span
        if rows == _STDOUT:
            click.echo(sheet(found, timezone=zone), nl=False)
            return
        if rows:
            written[_written(rows, sheet(found, timezone=zone))] = f"{len(found):,} rows"
        for file, what in written.items():
            shown.line(GOOD, file, f"{what}, from {here.place}")
        if not written:
            _show(shown, bill, here.place)


def _show(shown: Steps, bill: Bill, place: str) -> None:
    shown.line(GOOD, bill.month.name, " · ".join(filter(None, [place, bill.rate])))
    if bill.is_empty:
        shown.out.print(bill.nothing)
        return
    for table in tables(bill):
        shown.out.print(table)


def _currency(code: str) -> Currency:
    try:
        return shipped.currency(code)
    except SettingInvalid as exc:
        raise Trouble(str(exc), "Mend LIAO_CURRENCY.") from exc


def _written(name: str, text: str) -> str:
    path = Path(name).expanduser()
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise Trouble(f"{name} can't be written: {exc.strerror or exc}") from exc
    return str(path)

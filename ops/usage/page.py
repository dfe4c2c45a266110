"""A month as one page that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from chalicelib.domain.money import Nano
from ops.usage.bill import Bill, share
from ops.usage.charts import Chart, charts
from ops.usage.table import counts

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<header>
<h1>{title}</h1>
{lines}
</header>
"""
_FOOT = """</main>
</body>
</html>
"""


def page(bill: Bill, *, made: str) -> str:
    """Write the page; made: when, for its foot. Raises Trouble."""
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    lines = [bill.span, f"stage {bill.stage}", f"made {made}", *filter(None, [bill.rate])]
    head = _HEAD.format(
        title=f"Liao in {bill.month.name}", style=style, lines=f"<p>{escape(' · '.join(lines))}</p>"
    )
    body = [f"<p>{escape(bill.nothing)}</p>"] if bill.is_empty else _body(bill)
    return head + "\n".join(body) + "\n" + _FOOT


def _body(bill: Bill) -> Iterator[str]:
    yield _summary(bill)
    yield '<div class="charts">'
    yield from map(_chart, charts(bill))
    yield "</div>"
    yield _models(bill)


def _summary(bill: Bill) -> str:
    total = bill.report.total
    tiles = [("Spent", *_amounts(bill, total.cost))]
    if bill.projected is not None:
        tiles.append(("Month at this rate", *_amounts(bill, bill.projected)))
    tiles += [
        ("Answers", f"{total.answers:,}", f"in {len(bill.report.by_chat):,} chats"),
        ("Late", share(total.late_share), f"{total.late:,} answers"),
        ("Failed", share(total.failed_share), f"{total.failed:,} calls"),
        ("Tokens in", f"{total.tokens_in:,}", f"and {total.tokens_out:,} out"),
    ]
    return f"<dl>\n{_joined(_tile(*tile) for tile in tiles)}\n</dl>"


def _tile(name: str, *values: str) -> str:
    return f"<div><dt>{name}</dt>{''.join(f'<dd>{escape(value)}</dd>' for value in values)}</div>"


def _chart(chart: Chart) -> str:
    legend = "".join(
        f'<li><span style="color: var(--{mark.colour})" aria-hidden="true">{mark.sign}</span> '
        f"{escape(mark.name)}</li>"
        for mark in chart.legend
    )
    return _joined(
        [
            f"<section>\n<h2>{escape(chart.title)}</h2>",
            *([f"<ul>{legend}</ul>"] if legend else []),
            chart.svg,
            "<details><summary>The numbers</summary>",
            _table(chart.title, chart.head, chart.rows),
            "</details>\n</section>",
        ]
    )


def _models(bill: Bill) -> str:
    currencies = [currency.code for currency in bill.currencies]
    head = ("model", "answers", "late", "failed", "tokens in", "tokens out", *currencies)
    everything = ("all", bill.report.total)
    rows = [
        (name, *counts(total), *_amounts(bill, total.cost))
        for name, total in (*bill.models(), everything)
    ]
    title = "By model"
    return f"<section>\n<h2>{title}</h2>\n{_table(title, head, rows)}\n</section>"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = (
        f'<tr><th scope="row">{escape(name)}</th>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, *cells in rows
    )
    body = f"<thead><tr>{names}</tr></thead>\n<tbody>\n{_joined(lines)}\n</tbody>"
    # What is wider than a phone can be moved aside, by keys too.
    group = f'role="group" aria-label="{escape(title)}" tabindex="0"'
    return f'<div class="wide" {group}><table>\n{body}\n</table></div>'


def _amounts(bill: Bill, amount: Nano) -> tuple[str, ...]:
    return tuple(currency.shown(amount) for currency in bill.currencies)


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)

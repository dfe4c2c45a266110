"""The four charts of a month's page, each with its numbers in words and as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.domain.money import Nano, in_dollars
from chalicelib.domain.usage_report import Total, dearest
from ops.usage.bill import Bill, named, share
from ops.usage.drawing import CARD, SERIES, series, svg, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAR = 0.78
_MARKED = (1, 5, 10, 15, 20, 25, 30)
_ROOM = 1.06
_NONE = float("nan")
_LATE, _FAILED = series(1), series(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is drawn like this: a sign, in one of the page's colours."""

    name: str
    sign: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart. legend: what is drawn how, where there are several things.

    head, rows: what it shows as a table; a row's first cell names it.
    """

    title: str
    svg: str = field(repr=False)
    legend: tuple[Mark, ...] = ()
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def charts(bill: Bill) -> Iterator[Chart]:
    """Draw all four of a month in which something was used. Raises Trouble."""
    yield _cost(bill)
    yield _answers(bill)
    yield _shares(bill)
    yield _chats(bill)


def _cost(bill: Bill) -> Chart:
    shown, groups = bill.currency.shown, _groups(bill)
    whole = [total.cost for _, total in bill.days()]

    def draw(axes: Axes) -> None:
        bottom = [0.0] * len(whole)
        for number, costs in enumerate(groups.values()):
            values = [_value(bill, cost) for cost in costs]
            colour = series(number)
            axes.bar(_days(bill), values, _BAR, bottom, color=colour, edgecolor=CARD)
            bottom = [low + value for low, value in zip(bottom, values, strict=True)]
        _across_days(axes, bill, max(bottom))

    each = ", ".join(f"{name} {shown(sum(costs))}" for name, costs in groups.items())
    columns = zip(bill.month.days, *groups.values(), whole, strict=True)
    return Chart(
        title=f"Cost a day by model, in {bill.currency.code}",
        svg=svg("cost", f"Cost a day by model. {_told(bill, whole, shown)} {each}.", draw),
        legend=tuple(
            Mark(name=name, sign="■", colour=word(series(number)))
            for number, name in enumerate(groups)
        ),
        head=("day", *groups, "all"),
        rows=tuple((day, *map(shown, costs)) for day, *costs in columns),
    )


def _answers(bill: Bill) -> Chart:
    given = [total.answers for _, total in bill.days()]

    def draw(axes: Axes) -> None:
        axes.bar(_days(bill), given, _BAR, color=series(0))
        _across_days(axes, bill, max(given))

    return Chart(
        title="Answers a day",
        svg=svg("answers", f"Answers a day. {_told(bill, given, '{:,}'.format)}", draw),
        head=("day", "answers"),
        rows=tuple((day, f"{total.answers:,}") for day, total in bill.days()),
    )


def _shares(bill: Bill) -> Chart:
    days, whole = bill.days(), bill.report.total
    late = [it.late_share * 100 if it.answers else _NONE for _, it in days]
    failed = [it.failed_share * 100 if it.answers + it.failed else _NONE for _, it in days]

    def draw(axes: Axes) -> None:
        axes.plot(_days(bill), late, "o-", color=_LATE, clip_on=False)
        axes.plot(_days(bill), failed, "s--", color=_FAILED, clip_on=False)
        _across_days(axes, bill, max(0, *late, *failed), unit=" %")

    label = (
        f"Late and failed shares a day. In all, {share(whole.late_share)} of the answers came "
        f"late and {share(whole.failed_share)} of the calls for one failed."
    )
    return Chart(
        title="Late and failed shares",
        svg=svg("shares", label, draw),
        legend=(
            Mark(name="late, of the answers", sign="●", colour=word(_LATE)),
            Mark(name="failed, of the calls", sign="■", colour=word(_FAILED)),
        ),
        head=("day", "late", "failed"),
        rows=tuple(
            (day, *(f"{value:.1f}%" if value >= 0 else "–" for value in values))
            for day, *values in zip(bill.month.days, late, failed, strict=True)
        ),
    )


def _chats(bill: Bill) -> Chart:
    top, shown = bill.top_chats(), bill.currency.shown

    def draw(axes: Axes) -> None:
        places, costs = range(len(top)), [total.cost for _, total in top]
        bars = axes.barh(places, [_value(bill, cost) for cost in costs], color=series(0))
        words = [shown(cost).removeprefix(bill.currency.sign) for cost in costs]
        axes.bar_label(bars, words, padding=4)
        axes.set_yticks(places, [name for name, _ in top])
        axes.invert_yaxis()
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)

    each = ", ".join(f"{name} {shown(total.cost)}" for name, total in top)
    return Chart(
        title=f"Top chats by cost, in {bill.currency.code}",
        svg=svg("chats", f"Top chats by cost: {each}.", draw),
        head=("chat", "answers", "cost"),
        rows=tuple((name, f"{total.answers:,}", shown(total.cost)) for name, total in top),
    )


def _groups(bill: Bill) -> dict[str, list[Nano]]:
    """What each model cost a day, the dearest first; those without a colour are put together."""
    ranked = [model for model, _ in dearest(bill.report.by_model)]
    groups = {named(model): [model] for model in ranked[:SERIES]}
    if rest := ranked[SERIES:]:
        groups[named(rest[0]) if len(rest) == 1 else f"{len(rest)} others"] = rest
    sums, days = bill.report.by_day_and_model, bill.month.days
    return {
        name: [sum(sums.get((day, model), Total()).cost for model in models) for day in days]
        for name, models in groups.items()
    }


def _across_days(axes: Axes, bill: Bill, most: float, *, unit: str = "") -> None:
    """Let the whole month lie below, days to come too; and what is measured begin at nothing."""
    axes.set_xlim(0.4, bill.month.length + 0.6)
    axes.set_xticks([day for day in _MARKED if day <= bill.month.length])
    axes.set_ylim(0, most * _ROOM or 1)
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.10g}{unit}")
    axes.grid(axis="y")


def _days(bill: Bill) -> Sequence[int]:
    return range(1, len(bill.month.days) + 1)


def _value(bill: Bill, cost: Nano) -> float:
    return in_dollars(cost) * bill.currency.per_dollar


def _told(bill: Bill, numbers: Sequence[int], shown: Callable[[int], str]) -> str:
    most = max(numbers)
    day = bill.month.days[numbers.index(most)]
    return f"{bill.span}: {shown(sum(numbers))} in all, most on {day}, {shown(most)}."

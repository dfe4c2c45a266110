"""A month's sums and the words for them: what the table and the page both show."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.money import Currency, Nano
from chalicelib.domain.retention import LEDGER
from chalicelib.domain.usage_report import Report, Total, dearest, projected
from ops.usage.month import Month

#: Of a chat's pseudonym; as many as tell chats apart, and find one in the log.
_SHORT = 8
_TOP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A month of one stage. currency: the operator's. dollars: the vendors'."""

    stage: str
    month: Month
    currency: Currency
    dollars: Currency
    report: Report

    @property
    def is_empty(self) -> bool:
        """True where no model was asked."""
        return not self.report.by_day

    @property
    def nothing(self) -> str:
        """What to say of an empty month."""
        if not self.month.is_over:
            return f"Nothing was used in {self.month.name} so far: no model was asked."
        kept = f"Records are kept for {LEDGER.days} days."
        return f"Nothing was used in {self.month.name}: no model was asked. {kept}"

    @property
    def span(self) -> str:
        """Which days are in it, such as ``1–28 November 2026``."""
        return f"1–{self.month.last.day} {self.month.name}"

    @property
    def currencies(self) -> tuple[Currency, ...]:
        """What amounts are shown in: the operator's own first, then dollars."""
        return tuple(dict.fromkeys((self.currency, self.dollars)))

    @property
    def rate(self) -> str:
        """What a dollar is counted as; "" where all is in dollars."""
        if self.currency == self.dollars:
            return ""
        rate = f"{self.dollars.sign}1 is {self.currency.sign}{self.currency.per_dollar:,g}"
        return f"{rate}, as of {self.currency.as_of:%Y-%m-%d}"

    @property
    def projected(self) -> Nano | None:
        """What the month will have cost if it goes on like this; None where it is over."""
        if self.month.is_over:
            return None
        return projected(self.report.total.cost, self.month.today)

    def models(self) -> tuple[tuple[str, Total], ...]:
        """Every model's name and sums, the dearest first."""
        return tuple((named(model), total) for model, total in dearest(self.report.by_model))

    def days(self) -> tuple[tuple[str, Total], ...]:
        """Every day that has begun, with or without sums."""
        return tuple((day, self.report.by_day.get(day, Total())) for day in self.month.days)

    def top_chats(self) -> tuple[tuple[str, Total], ...]:
        """The ten dearest chats, by the beginnings of their pseudonyms."""
        ranked = dearest(self.report.by_chat)[:_TOP]
        return tuple((chat[:_SHORT], total) for chat, total in ranked)


def named(model: str) -> str:
    """A model's id, or words for there having been none."""
    return model or "no model"


def share(part: float) -> str:
    """A share of 0 to 1, for people."""
    return f"{part:.1%}"

"""What a month cost is shown as tables and written as rows: the same sums, wherever it is kept."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.ledger import Account, Entry, Reservation
from chalicelib.domain.money import DOLLAR
from chalicelib.domain.prices import Usage
from ops.commands import usage
from ops.trouble import Trouble
from ops.usage.month import Month
from ops.usage.sheet import COLUMNS
from tests.ops.places import Place

#: The month before this one, which has all its days and is still kept.
LAST = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
MONTH = f"{LAST:%Y-%m}"


def entry(number: int, **more: object) -> Entry:
    """An answer in chat `aaaa…` on the second day of the month, for 0.25 dollars."""
    at = datetime(LAST.year, LAST.month, 2, 4, number % 60, tzinfo=UTC)
    values: dict[str, object] = {
        "day": f"{MONTH}-02",
        "chat": "aaaa11112222",
        "person": "bbbb11112222",
        "model": "gpt-5.4-mini",
        "purpose": "answer",
        "usage": Usage(tokens_in=1000, cached=400, tokens_out=50, seconds=1.5),
        "cost": DOLLAR // 4,
    }
    return Entry(id=f"call-{number}", at=at, **{**values, **more})  # type: ignore[arg-type]


ENTRIES = (
    entry(1),
    entry(2, late=True, cost=1),
    entry(3, model="claude-sonnet-5", chat="cccc11112222", cost=3 * DOLLAR, day=f"{MONTH}-09"),
    entry(4, failed="busy", usage=Usage(), cost=0),
    entry(5, purpose="hearing", model="whisper", usage=Usage(seconds=61.5), cost=6_150_000),
)


def keep(place: Place, *entries: Entry) -> None:
    """Let calls have been made."""
    for it in entries:
        reservation = Reservation(
            id=it.id,
            chat=it.chat,
            accounts=(Account(key="everyone", day=it.day),),
            amount=it.cost,
            at=it.at,
            until=it.at + timedelta(minutes=3),
        )
        place.stores.ledger.reserve(reservation)
        place.stores.ledger.settle(reservation, it)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_month_is_shown_by_model_by_day_and_by_hashed_chat(place: Place) -> None:
    place.set("LIAO_CURRENCY", "USD")
    keep(place, *ENTRIES)
    told = place.ops(usage.command, "--month", MONTH)
    lines = [" ".join(line.split()) for line in told.splitlines()]
    for line in (
        "spent US$ 3.26",
        "answers 3",
        "of them late 33.3%",
        "calls that failed 25.0%",
        "claude-sonnet-5 1 0 0 1,000 50 US$ 3.00",
        "gpt-5.4-mini 2 1 1 2,000 100 US$ 0.25",
        f"{MONTH}-09 1 0 0 1,000 50 US$ 3.00",
        f"{MONTH}-03 0 0 0 0 0 US$ 0.00",
        "cccc1111 1 0 0 1,000 50 US$ 3.00",
    ):
        assert line in lines
    assert "11112222" not in told
    assert "at this rate" not in told
    assert place.name in told


def test_amounts_are_shown_in_the_operators_money_and_in_dollars(place: Place) -> None:
    place.set("LIAO_CURRENCY", "TWD")
    keep(place, *ENTRIES)
    told = place.ops(usage.command, "--month", MONTH)
    assert "TWD" in told
    assert "NT$" in told
    assert "US$ 3.26" in told
    assert "as of" in told


def test_another_months_entries_are_not_counted(here: Place) -> None:
    keep(here, *ENTRIES)
    assert "Nothing was used" in here.ops(usage.command)


def test_a_month_without_calls_is_one_clear_sentence(here: Place) -> None:
    told = here.ops(usage.command)
    assert "so far: no model was asked." in told
    assert "spent" not in told
    assert "so far" not in here.ops(usage.command, "--month", MONTH)


# --- rows --------------------------------------------------------------------------------------


def test_every_entry_is_a_row_from_which_it_can_be_read_back(place: Place, tmp_path: Path) -> None:
    place.set("LIAO_TIMEZONE", "Asia/Taipei")
    keep(place, *reversed(ENTRIES))
    file = tmp_path / "month.csv"
    told = place.ops(usage.command, "--month", MONTH, "--csv", str(file))
    assert f"{file}  5 rows, from {place.name}" in told
    rows = rows_of(file.read_text("utf-8"))
    assert [read(row) for row in rows] == [
        (
            f"12:0{number}:00",
            it.day,
            it.chat,
            it.person,
            it.model,
            it.purpose,
            it.failed,
            it.usage,
            it.cost,
            it.late,
        )
        for number, it in enumerate(ENTRIES, start=1)
    ]


def read(row: dict[str, str]) -> tuple[object, ...]:
    """What a row says."""
    words = ("time", "day", "chat", "person", "model", "purpose", "failed")
    used = {name: float(row[name]) for name in Usage.__dataclass_fields__}
    dollars, _, rest = row["dollars"].partition(".")
    return (
        *(row[name] for name in words),
        Usage(**used),  # type: ignore[arg-type]
        int(dollars) * DOLLAR + int(rest),
        row["late"] == "yes",
    )


def test_a_hyphen_writes_nothing_but_rows_to_the_screen(here: Place, tmp_path: Path) -> None:
    keep(here, *ENTRIES)
    page = str(tmp_path / "month.html")
    told = here.ops(usage.command, "--month", MONTH, "--csv", "-", "--html", page)
    assert len(rows_of(told)) == len(ENTRIES)
    assert tuple(rows_of(told)[0]) == COLUMNS


def test_an_empty_month_has_a_header_and_no_rows(here: Place) -> None:
    assert here.ops(usage.command, "--csv", "-") == ",".join(COLUMNS) + "\n"


def test_a_file_that_can_not_be_written_is_told(here: Place, tmp_path: Path) -> None:
    for option in ("--csv", "--html"):
        result = here.called(usage.command, option, str(tmp_path / "nowhere" / "file"))
        assert result.exit_code == 1
        assert "can't be written: No such file or directory" in result.output


def test_a_currency_nobody_knows_is_told(here: Place) -> None:
    here.set("LIAO_CURRENCY", "XXX")
    result = here.called(usage.command)
    assert result.exit_code == 1
    assert "LIAO_CURRENCY" in result.output


def test_a_page_and_rows_are_written_side_by_side(here: Place, tmp_path: Path) -> None:
    keep(here, *ENTRIES)
    files = [tmp_path / "month.csv", tmp_path / "month.html"]
    names = map(str, files)
    told = here.ops(usage.command, "--month", MONTH, "--csv", next(names), "--html", next(names))
    assert all(str(file) in told for file in files)
    assert files[1].read_text("utf-8").startswith("<!DOCTYPE html>")


# --- months ------------------------------------------------------------------------------------

NOON = date(2026, 11, 28)


def test_no_month_is_this_month_until_today() -> None:
    month = Month.of("", today=NOON)
    assert (month.days[0], month.days[-1], len(month.days)) == ("2026-11-01", "2026-11-28", 28)
    assert (month.name, month.length, month.is_over) == ("November 2026", 30, False)


def test_a_month_that_is_over_has_all_its_days() -> None:
    month = Month.of("2024-02", today=NOON)
    assert (month.days[-1], month.is_over) == ("2024-02-29", True)


def test_a_month_is_over_when_its_last_day_is() -> None:
    assert not Month.of("", today=date(2026, 11, 30)).is_over
    assert Month.of("2026-11", today=date(2026, 12, 1)).is_over


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "november", "2026-11-01", "２０２６-11"])
def test_what_is_no_month_is_told(text: str) -> None:
    with pytest.raises(Trouble, match="is no month"):
        Month.of(text, today=NOON)


def test_a_month_that_has_not_begun_is_told() -> None:
    with pytest.raises(Trouble, match="has not begun"):
        Month.of("2026-12", today=NOON)

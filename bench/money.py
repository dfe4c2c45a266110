"""What it costs in time that no message can cost too much: pricing, reserving and settling.

Each message is priced, reserved in the accounts of its person and of all together, and settled,
on the SQLite of a laptop, with nothing else going on. Beside it stands what a bot does that only
counts calls: one atomic write to two counters, of the person's day and minute.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import Stage
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.stores import stores
from chalicelib.assistant.spending import CallPurpose, Spending
from chalicelib.bootstrap.backends import new_id
from chalicelib.domain.catalogue import Dialect, ModelSpec, Vendor
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.digests import digest
from chalicelib.domain.events import TextSent
from chalicelib.domain.ledger import Budgets
from chalicelib.domain.money import DOLLAR
from chalicelib.domain.prices import Price, Usage
from chalicelib.ports import Stores
from simulator.load.figures import p50, p99

#: Milliseconds that a message may take, with the money that it costs.
MOST = 3.0
_PEOPLE = 50
_ENDLESS = 10**9
_ASKED = Usage(tokens_in=1_500, tokens_out=2_000)
_USED = Usage(tokens_in=1_480, cached=1_024, tokens_out=350)
_MODEL = ModelSpec(
    id="model",
    name="model",
    vendor=Vendor(
        id="vendor", name="", country="", base_url="", url_setting="", key_setting="", cap=""
    ),
    label="Model",
    good_for={"en": "measuring"},
    dialect=Dialect.CHAT,
    abilities=frozenset(),
    context=100_000,
    price=Price(tokens_in=0.75, cached=0.075, tokens_out=4.5, as_of=date(2026, 11, 28)),
)


def measure(stage: Stage, sizes: Sizes) -> Result:
    """Measure both, message by message."""
    with stage.new_folder() as folder:
        spent = _timed(folder / "spent.db", sizes.priced, _spending)
        counted = _timed(folder / "counted.db", sizes.priced, _counting)
    lines = (
        Line(
            what="money_p50",
            unit="ms",
            liao=p50(spent) * 1_000,
            plain=p50(counted) * 1_000,
            most=MOST,
        ),
        Line(what="money_p99", unit="ms", liao=p99(spent) * 1_000, plain=p99(counted) * 1_000),
    )
    return Result(name="money", lines=lines)


def _timed(
    path: Path, messages: int, made: Callable[[Stores], Callable[[TextSent], None]]
) -> list[float]:
    """Seconds that each message takes on a new file."""
    with closing(Database(path)) as database:
        pay = made(stores(database, new_id=new_id, is_command=lambda _event: False))
        events = [_event(number) for number in range(messages)]
        pay(events[0])  # the first one opens what all of them use
        seconds = []
        for event in events:
            begun = time.perf_counter()
            pay(event)
            seconds.append(time.perf_counter() - begun)
    return seconds


class _Silence:
    """A log that nobody reads."""

    def fact(self, name: str, **ids: str | float | bool | None) -> None:
        pass

    def trouble(self, name: str, error: BaseException, **_ids: str | float | bool | None) -> None:
        raise RuntimeError(name) from error


def _spending(kept: Stores) -> Callable[[TextSent], None]:
    ample = 1_000_000 * DOLLAR
    spending = Spending(
        ledger=kept.ledger,
        counters=kept.counters,
        budgets=Budgets(**dict.fromkeys(Budgets.__dataclass_fields__, ample)),
        a_day=_ENDLESS,
        a_minute=_ENDLESS,
        timezone=ZoneInfo("Asia/Taipei"),
        clock=SystemClock(),
        exempts=lambda _user: False,
        pseudonym=digest,
        new_id=lambda: os.urandom(16).hex(),
        telemetry=_Silence(),
    )

    def pay(event: TextSent) -> None:
        call = spending.reserve(
            event, _MODEL, _ASKED, purpose=CallPurpose.ANSWER, within=timedelta(seconds=60)
        )
        spending.settle(call, _USED)
        spending.nearly(event)

    return pay


def _counting(kept: Stores) -> Callable[[TextSent], None]:
    ends = datetime.now(tz=UTC) + timedelta(days=1)

    def pay(event: TextSent) -> None:
        keys = (f"day:{event.user}", f"minute:{event.user}")
        kept.counters.spend(
            dict.fromkeys(keys, 1), dict.fromkeys(keys, _ENDLESS), until=dict.fromkeys(keys, ends)
        )

    return pay


def _event(number: int) -> TextSent:
    user = f"U{number % _PEOPLE:032x}"
    chat = Chat(ChatKind.USER, user)
    return TextSent(
        id=f"e{number}", chat=chat, user=user, at=1, token="t", message_id="m", text="hello"
    )

"""What a thousand messages cost on AWS, from what was measured and AWS's list prices.

    python -m bench costs

The model's tokens are left out: they are the same whoever asks. Prices stand in `prices.toml`, with
their region and date; no free tier is taken off. Beside Liao: the tutorial's handler on Lambda, and
Liao on small servers of one's own.

Assumed: one invocation in a hundred starts cold; five pollers ask the queue every 20 seconds;
Lambda logs 300 bytes an invocation itself; 5 KB leave for each message; a server has 20 GB of disk,
and one more is bought where what it may compute all the time is used up. A month has 730 hours.

The stand-in for AWS answers within some 5 ms; DynamoDB takes a little longer, which a function is
billed for as well: 10 ms more a call are $0.0034 more of a thousand messages.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.costs_measured import Billed, Measured, measured
from bench.results import Line, Result
from bench.sizes import Sizes
from bench.stage import Stage
from chalicelib.adapters.telemetry.measures import TABLE
from simulator.bot import REPOSITORY

PRICES = Path(__file__).with_name("prices.toml")
#: Messages a second.
RATES = (1, 10, 100)
COLD = 0.01
POLLS_A_SECOND = 5 / 20
OWN_LOG = 300
OUT = 5_000
DISK_GB = 20
HOURS = 730
MILLION, GB, THOUSAND = 1e6, 1e9, 1_000

Prices = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What a stage has whatever comes: metrics and alarms, and one dashboard."""

    metrics: int
    alarms: int


def measure(stage: Stage, sizes: Sizes) -> Result:
    """Measure what a message needs, and price it."""
    return priced(measured(stage, sizes.billed), prices(), fixed())


def priced(needs: Measured, price: Prices, has: Fixed) -> Result:
    """Work out a thousand messages, at each rate."""
    lines, parts = [], []
    for rate in RATES:
        given = {"rate": float(rate)}
        shares = liao(needs, price, has, rate)
        plain = sum(tutorial(needs, price).values())
        lines.append(_dollars("cost", given, sum(shares.values()), plain))
        parts.append(_dollars("cost_server", given, server(needs, price, rate)))
        if rate == RATES[0]:
            parts += [_dollars(f"cost_{name}", given, each) for name, each in shares.items()]
    parts += [
        Line(what="cost_writes", unit="", liao=needs.units.writes),
        Line(what="cost_reads", unit="", liao=needs.units.reads),
        *(_billed(f"cost_ms_{name}", each, price) for name, each in _functions(needs).items()),
    ]
    return Result(name="costs", lines=tuple(lines), parts=tuple(parts))


def liao(needs: Measured, price: Prices, has: Fixed, rate: float) -> dict[str, float]:
    """Dollars of a thousand messages, by service."""
    # A worker's wake is received and deleted by Lambda, beside what we ask ourselves.
    sqs = needs.units.requests + 2 + POLLS_A_SECOND / rate
    table, watch = price["dynamodb"], price["cloudwatch"]
    written = needs.units.writes * table["million_writes"]
    read = needs.units.reads * table["million_reads"]
    logged = needs.webhook.logged + needs.worker.logged + 2 * OWN_LOG
    a_month = (
        has.metrics * watch["metric_a_month"]
        + has.alarms * watch["alarm_a_month"]
        + watch["dashboard_a_month"]
    )
    return {
        "lambda": _function(needs.webhook, price) + _function(needs.worker, price),
        "api": THOUSAND * price["api_gateway"]["million_requests"] / MILLION,
        "sqs": THOUSAND * sqs * price["sqs"]["million_requests"] / MILLION,
        "table": THOUSAND * (written + read) / MILLION,
        "watch": THOUSAND * logged / GB * watch["gb_of_logs"] + _of_a_month(a_month, rate),
        "out": _out(price),
    }


def tutorial(needs: Measured, price: Prices) -> dict[str, float]:
    """Dollars of a thousand messages with the tutorial's handler: it stores and watches nothing."""
    logged = needs.tutorial.logged + OWN_LOG
    return {
        "lambda": _function(needs.tutorial, price),
        "api": THOUSAND * price["api_gateway"]["million_requests"] / MILLION,
        "watch": THOUSAND * logged / GB * price["cloudwatch"]["gb_of_logs"],
        "out": _out(price),
    }


def server(needs: Measured, price: Prices, rate: float) -> float:
    """Dollars of a thousand messages on as many small servers as they need."""
    own = price["server"]
    computed = needs.webhook.computed + needs.worker.computed
    servers = math.ceil(rate * computed / own["sustained_cores"])
    a_month = servers * (
        HOURS * (own["hour"] + own["address_hour"]) + DISK_GB * own["disk_gb_month"]
    )
    return _of_a_month(a_month, rate) + _out(price)


def prices() -> Prices:
    """Read AWS's list prices."""
    return tomllib.loads(PRICES.read_text("utf-8"))


def fixed() -> Fixed:
    """Count what the stack watches, and what the functions measure."""
    stack = (REPOSITORY / "infra" / "stack.yaml").read_text("utf-8")
    return Fixed(
        metrics=len({(row.metric, row.by) for row in TABLE}),
        alarms=len(re.findall(r"Type: AWS::CloudWatch::(?:Composite)?Alarm\b", stack)),
    )


def _functions(needs: Measured) -> dict[str, Billed]:
    return {"webhook": needs.webhook, "worker": needs.worker, "tutorial": needs.tutorial}


def _function(billed: Billed, price: Prices) -> float:
    own = price["lambda"]
    seconds = billed.seconds(own["memory_of_a_core"], cold=COLD)
    computing = seconds * billed.memory / 1_024 * float(own["arm_gb_second"])
    return THOUSAND * (computing + float(own["million_requests"]) / MILLION)


def _out(price: Prices) -> float:
    return THOUSAND * OUT / GB * float(price["data"]["gb_out"])


def _of_a_month(dollars: float, rate: float) -> float:
    """The share that a thousand messages have in what is paid by the month."""
    return dollars / (rate * HOURS * 3_600) * THOUSAND


def _dollars(what: str, given: dict[str, float], liao: float, plain: float | None = None) -> Line:
    return Line(what=what, given=given, unit="$", liao=liao, plain=plain)


def _billed(what: str, billed: Billed, price: Prices) -> Line:
    seconds = billed.seconds(price["lambda"]["memory_of_a_core"], cold=COLD)
    return Line(what=what, unit="ms", liao=seconds * 1_000)

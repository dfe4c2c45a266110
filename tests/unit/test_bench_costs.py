"""The cost model prices what was measured, part by part, and counts units as DynamoDB does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.costs import Fixed, fixed, liao, priced, prices, server, tutorial
from bench.costs_measured import Billed, Measured
from bench.costs_units import Units
from bench.words import words

PRICES: dict[str, Any] = {
    "lambda": {"arm_gb_second": 0.00001, "million_requests": 0.2, "memory_of_a_core": 2_048},
    "api_gateway": {"million_requests": 3.0},
    "sqs": {"million_requests": 0.5},
    "dynamodb": {"million_writes": 1.0, "million_reads": 0.1},
    "cloudwatch": {
        "gb_of_logs": 1.0,
        "metric_a_month": 0.3,
        "alarm_a_month": 0.1,
        "dashboard_a_month": 3.0,
    },
    "data": {"gb_out": 0.1},
    "server": {"hour": 0.01, "sustained_cores": 0.5, "disk_gb_month": 0.1, "address_hour": 0.01},
}
BILLED = Billed(
    memory=1_024, waited=2.0, computed=0.1, cold_waited=2.0, cold_computed=1.0, logged=400
)
NEEDS = Measured(
    webhook=replace(BILLED, memory=512, waited=0.01, computed=0.01),
    worker=BILLED,
    tutorial=BILLED,
    units=Units(writes=10, reads=20, requests=1),
)
HAS = Fixed(metrics=10, alarms=20)


def test_what_a_function_computes_takes_longer_on_its_share_of_a_core() -> None:
    assert BILLED.seconds(2_048, cold=0) == pytest.approx(2.0 + 0.1 * 2)
    assert BILLED.seconds(1_024, cold=0) == pytest.approx(2.1)
    assert BILLED.seconds(512, cold=0) == pytest.approx(2.1)  # one thread, one core


def test_a_start_is_billed_as_often_as_it_happens() -> None:
    assert BILLED.seconds(1_024, cold=1) == pytest.approx(3.0)
    assert BILLED.seconds(1_024, cold=0.5) == pytest.approx((2.1 + 3.0) / 2)


def test_each_service_has_its_share_of_a_thousand_messages() -> None:
    shares = liao(NEEDS, PRICES, HAS, rate=1)
    assert shares["api"] == pytest.approx(0.003)
    assert shares["table"] == pytest.approx(1_000 * (10 * 1.0 + 20 * 0.1) / 1e6)
    assert shares["sqs"] == pytest.approx(1_000 * (1 + 2 + 0.25) * 0.5 / 1e6)
    assert shares["lambda"] > 1_000 * 2.2 * 0.00001


def test_what_is_paid_by_the_month_weighs_less_the_more_messages_there_are() -> None:
    one, hundred = (liao(NEEDS, PRICES, HAS, rate=rate)["watch"] for rate in (1, 100))
    a_month = (10 * 0.3 + 20 * 0.1 + 3.0) / (730 * 3_600) * 1_000
    assert one - hundred == pytest.approx(a_month * 0.99)


def test_the_tutorial_pays_for_no_store_and_no_queue() -> None:
    assert tutorial(NEEDS, PRICES).keys() == {"lambda", "api", "watch", "out"}


def test_a_server_is_added_where_what_it_may_always_compute_is_used_up() -> None:
    one = server(NEEDS, PRICES, rate=1)  # 0.11 s of a core in each second, of 0.5
    assert server(NEEDS, PRICES, rate=4) < one / 3
    assert server(NEEDS, PRICES, rate=5) > server(NEEDS, PRICES, rate=4)


def test_every_part_of_the_bill_has_a_name_in_every_language() -> None:
    result = priced(NEEDS, PRICES, HAS)
    for told in words().values():
        assert [told.label(line) for line in (*result.lines, *result.parts)]


def test_the_shipped_prices_have_all_that_the_model_asks_for_and_a_date() -> None:
    shipped = prices()
    assert shipped["region"]
    assert shipped["day"] in words()["en"].title["costs"]
    assert shipped["region"] in words()["en"].title["costs"]
    for name, table in PRICES.items():
        assert shipped[name].keys() == table.keys()


def test_metrics_and_alarms_are_counted_where_they_stand() -> None:
    found = fixed()
    assert found.metrics > 10
    assert found.alarms > 5


# --- units -------------------------------------------------------------------------------------


def put(size: int, **more: str) -> dict[str, Any]:
    item = {"pk": "a", "sk": "b", "x": "x" * size, **more}
    return {"Put": {"Item": {name: {"S": value} for name, value in item.items()}}}


def test_a_write_counts_by_the_kilobyte_and_twice_in_a_transaction() -> None:
    units = Units()
    units.count("DynamoDB.TransactWriteItems", {"TransactItems": [put(10)]}, {})
    assert units.writes == 2
    units.count("DynamoDB.TransactWriteItems", {"TransactItems": [put(1_500)]}, {})
    assert units.writes == 2 + 4
    units.count("DynamoDB.PutItem", put(10)["Put"], {})
    assert units.writes == 2 + 4 + 2  # what it replaces is the larger of the two


def test_an_index_is_written_when_an_item_enters_moves_or_leaves() -> None:
    units = Units()
    for more, writes in (
        ({"pending": "e#1"}, 2 + 1),
        ({"pending": "e#2"}, 2 + 2),
        ({}, 2 + 1),
        ({}, 2),
    ):
        before = units.writes
        units.count("DynamoDB.TransactWriteItems", {"TransactItems": [put(10, **more)]}, {})
        assert units.writes - before == writes


def test_a_read_counts_by_four_kilobytes_and_half_where_it_may_lag() -> None:
    units = Units()
    item = put(5_000)["Put"]["Item"]
    units.count("DynamoDB.GetItem", {}, {"Item": item})
    assert units.reads == 2
    units.count("DynamoDB.GetItem", {}, {})
    assert units.reads == 3
    units.count("DynamoDB.Query", {"ConsistentRead": True}, {"Items": [item, item]})
    assert units.reads == 6
    units.count("DynamoDB.Query", {}, {"Items": []})
    assert units.reads == 6.5


def test_every_request_to_the_queue_counts() -> None:
    units = Units()
    units.count("AmazonSQS.SendMessageBatch", {}, {})
    assert (units.requests, units.writes, units.reads) == (1, 0, 0)

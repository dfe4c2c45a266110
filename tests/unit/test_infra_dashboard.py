"""The dashboard shows what is sick first, and everything that is measured."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.adapters.telemetry.measures import NAMESPACE, TABLE
from chalicelib.domain.names import Names
from tests.template import ACCOUNT, REGION, Template

NAMES = Names(stage="prod")
prod = Template.read(Stage="prod")
widgets = prod.widgets

#: All that the bot measures of itself: as a whole, and by model.
MEASURED = {row.metric for row in TABLE if not row.by}
BY_MODEL = {row.metric for row in TABLE if row.by == ("model",)}
PERCENTILES = {"p50", "p95", "p99"}
#: Words by which the first rows are known: what an operator looks for at 3 a.m.
SICK = ("sick", "right now", "dead letters", "oldest wake", "errors and throttles", "troubles")

Metric = tuple[str, str, dict[str, str], str]


def shown(kind: str) -> list[Any]:
    return [widget for widget in widgets if widget["type"] == kind]


def title(widget: Any) -> str:
    return str(widget["properties"].get("title", ""))


def metrics(widget: Any) -> list[Metric]:
    """Namespace, name, dimensions and statistic of each metric; searches are left out."""
    found = []
    for namespace, *rest in widget["properties"]["metrics"]:
        if isinstance(namespace, dict):
            continue
        *path, options = rest
        name, *pairs = path
        stat = options.get("stat", widget["properties"]["stat"])
        found.append((namespace, name, dict(zip(pairs[::2], pairs[1::2], strict=True)), stat))
    return found


def searches(widget: Any) -> list[str]:
    return [
        each[0]["expression"]
        for each in widget["properties"]["metrics"]
        if isinstance(each[0], dict)
    ]


every = [metric for widget in shown("metric") for metric in metrics(widget)]


def test_widgets_fit_the_grid_without_covering_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert taken.isdisjoint(cells)
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))
    assert len(taken) == 24 * (1 + max(y for _, y in taken))  # no holes


def test_every_widget_has_a_title_of_its_own_in_plain_words() -> None:
    titles = [title(widget) for widget in widgets if widget["type"] != "text"]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    # No metric's name stands for an explanation.
    assert not [each for each in titles if re.search(r"[a-z][A-Z]|Approximate", each)]


def test_the_first_thing_seen_is_which_alarm_rings() -> None:
    first = widgets[0]
    assert (first["type"], first["x"], first["y"]) == ("alarm", 0, 0)
    assert first["properties"]["sortBy"] == "stateUpdatedTimestamp"  # those in alarm come first
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:"
    declared = [alarm["AlarmName"] for alarm in prod.of("AWS::CloudWatch::Alarm").values()]
    listed = first["properties"]["alarms"]
    assert len(listed) == len(declared)
    assert set(listed) == {f"{arn}{name}" for name in declared}


def test_what_is_sick_stands_above_what_is_well() -> None:
    sick = [each for each in widgets if any(word in title(each).lower() for word in SICK)]
    assert len(sick) == len(SICK)
    beside = [each for each in widgets if title(each) in ("", "In the time shown")]
    well = [each["y"] for each in widgets if each not in sick and each not in beside]
    assert well
    assert max(each["y"] for each in sick) < min(well)


def test_commands_that_help_stand_beside_the_alarms() -> None:
    (said,) = shown("text")
    assert said["y"] == 0
    for command in ("doctor", "failed list", "logs --follow"):
        assert f"`python -m ops {command} --stage prod`" in said["properties"]["markdown"]


def test_all_that_the_bot_measures_is_shown() -> None:
    ours = [
        (name, dimensions) for namespace, name, dimensions, _ in every if namespace == NAMESPACE
    ]
    assert {name for name, _ in ours} == MEASURED
    assert {row.by for row in TABLE} == {(), ("model",)}  # each of them has its widgets
    assert all(dimensions == {"service": NAMES.prefix} for _, dimensions in ours)


def test_latency_is_split_into_its_four_parts_and_their_sum() -> None:
    parts = {
        "acknowledge": ("AWS/ApiGateway", "Latency", {"ApiName": NAMES.app, "Stage": "api"}),
        "queue": ("Liao", "QueueMs", {"service": NAMES.prefix}),
        "model": ("Liao", "ModelMs", {"service": NAMES.prefix}),
        "send": ("Liao", "SendMs", {"service": NAMES.prefix}),
        "whole way": ("Liao", "AnswerMs", {"service": NAMES.prefix}),
    }
    for word, part in parts.items():
        (widget,) = [
            each
            for each in shown("metric")
            if all(m[:3] == part for m in metrics(each)) and metrics(each)
        ]
        assert word in title(widget).lower()
        assert title(widget).endswith("(ms)")
        assert {stat for *_, stat in metrics(widget)} == PERCENTILES


def test_calls_tokens_and_money_are_found_by_model() -> None:
    found = {}
    for widget in shown("metric"):
        for each in searches(widget):
            asked = re.fullmatch(
                r"SEARCH\('\{Liao,service,model\} service=\"([^\"]+)\" MetricName=\"(\w+)\"',"
                r" 'Sum', (\d+)\)",
                each,
            )
            assert asked, each
            assert asked[1] == NAMES.prefix
            assert int(asked[3]) == widget["properties"]["period"]
            assert "model" in title(widget)
            found[asked[2]] = widget
    assert found.keys() == BY_MODEL
    for widget in found.values():
        labels = [each[0]["label"] for each in widget["properties"]["metrics"]]
        assert all("${PROP('Dim.model')}" in label for label in labels)


def test_queues_and_functions_are_watched_by_their_names() -> None:
    def of(namespace: str, name: str) -> list[str]:
        return [
            next(iter(dimensions.values()), "")
            for space, metric, dimensions, _ in every
            if (space, metric) == (namespace, name)
        ]

    visible = "ApproximateNumberOfMessagesVisible"
    assert set(of("AWS/SQS", visible)) == {NAMES.queue, NAMES.dead_letters}
    assert set(of("AWS/SQS", "ApproximateAgeOfOldestMessage")) == {NAMES.queue}
    functions = set(NAMES.functions.values())
    assert set(of("AWS/Lambda", "ConcurrentExecutions")) == {*functions, ""}  # "": the account's
    for name in ("Errors", "Throttles", "Invocations", "Duration"):
        assert set(of("AWS/Lambda", name)) == functions
    assert of("AWS/ApiGateway", "5XXError")
    for name in ("ReadThrottleEvents", "WriteThrottleEvents"):
        assert set(of("AWS/DynamoDB", name)) == {NAMES.table}


def test_troubles_are_looked_for_in_the_logs_of_every_function() -> None:
    (logs,) = shown("log")
    groups = [group["LogGroupName"] for group in prod.of("AWS::Logs::LogGroup").values()]
    assert re.findall(r"SOURCE '([^']+)'", logs["properties"]["query"]) == groups


def test_the_lines_of_alarms_are_drawn_where_they_ring() -> None:
    given = {"SpendPerHour": "0.25", "SlowAnswerMs": "12000", "QuotaNearlyUsed": "500"}
    stack = Template.read(Stage="prod", **given)
    lines = [
        each["value"]
        for widget in stack.widgets
        for each in widget["properties"].get("annotations", {}).get("horizontal", [])
    ]
    assert sorted(lines) == [0.25, 60, 500, 12000]


def test_every_widget_reads_the_stacks_own_region() -> None:
    for widget in [*shown("metric"), *shown("log")]:
        assert widget["properties"]["region"] == REGION

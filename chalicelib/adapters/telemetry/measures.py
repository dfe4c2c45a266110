"""Which fact counts towards which metric: a table, so that a new metric is a row.

CloudWatch bills every metric by each set of its dimensions, so there are few: the service, and
the model where it matters whose tokens they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.adapters.telemetry.records import Value

#: Where CloudWatch files our metrics.
NAMESPACE = "Liao"

_COUNT, _MILLISECONDS, _NO_UNIT = "Count", "Milliseconds", "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One row. Facts named in `facts` count, or all of `level` where none is named.

    of: the id whose value counts; empty counts one a fact. when: ids and the values of them with
    which the fact counts. by: ids that are dimensions, beside the service.
    """

    metric: str
    unit: str = _COUNT
    facts: tuple[str, ...] = ()
    level: str = ""
    of: str = ""
    when: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A value of a metric, with its dimensions in order."""

    metric: str
    unit: str
    value: float
    dimensions: tuple[tuple[str, str], ...]


_TOLD, _CALLED = ("answer_told",), ("model_called",)
_SENT: Mapping[str, tuple[Value, ...]] = {"outcome": ("arrived", "unsure")}

TABLE: tuple[Measure, ...] = (
    Measure(metric="Messages", facts=("event_accepted",), when={"new": (True,)}),
    Measure(metric="Answers", facts=_TOLD, when=_SENT),
    Measure(metric="LateAnswers", facts=("note_arrived", "note_unsure")),
    Measure(metric="Pushes", facts=_TOLD, when={**_SENT, "by": ("push",)}),
    Measure(metric="Failures", facts=_TOLD, when={"outcome": ("failed", "refused")}),
    Measure(metric="Stumbles", level="warning"),
    Measure(metric="ColdStart", facts=("cold_started",)),
    Measure(metric="ModelCalls", facts=_CALLED, by=("model",)),
    Measure(metric="TokensIn", facts=_CALLED, of="tokens_in", by=("model",)),
    Measure(metric="TokensOut", facts=_CALLED, of="tokens_out", by=("model",)),
    Measure(metric="Spend", unit=_NO_UNIT, facts=_CALLED, of="cost", by=("model",)),
    Measure(metric="Spend", unit=_NO_UNIT, facts=_CALLED, of="cost"),
    # An answer that waited for a tap, or for the chat's next reply, took the person's time.
    Measure(
        metric="AnswerMs",
        unit=_MILLISECONDS,
        facts=_TOLD,
        of="total_ms",
        when={**_SENT, "by": ("reply", "push")},
    ),
    # Later attempts would count the time that the earlier ones took.
    Measure(
        metric="QueueMs",
        unit=_MILLISECONDS,
        facts=("turn_taken",),
        of="queue_ms",
        when={"state": ("working",), "attempts": (1,)},
    ),
    Measure(metric="ModelMs", unit=_MILLISECONDS, facts=_CALLED, of="ms"),
    Measure(metric="SendMs", unit=_MILLISECONDS, facts=_TOLD, of="send_ms", when=_SENT),
    Measure(metric="QuotaLeft", facts=("quota_checked",), of="left"),
)


def measured(
    level: str, name: str, ids: Mapping[str, Value], *, service: str
) -> tuple[Measurement, ...]:
    """Measure a fact by the table; a value that is missing or no number measures nothing."""
    found = []
    for row in TABLE:
        value = ids.get(row.of) if row.of else 1
        dimensions = (("service", service), *((key, str(ids.get(key) or "")) for key in row.by))
        if (
            _is_meant(row, level, name, ids)
            and isinstance(value, int | float)
            and not isinstance(value, bool)
            and all(content for _, content in dimensions)
        ):
            found.append(
                Measurement(metric=row.metric, unit=row.unit, value=value, dimensions=dimensions)
            )
    return tuple(found)


def _is_meant(row: Measure, level: str, name: str, ids: Mapping[str, Value]) -> bool:
    named = name in row.facts if row.facts else level == row.level
    return named and all(ids.get(key) in values for key, values in row.when.items())

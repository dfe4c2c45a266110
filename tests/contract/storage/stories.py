"""Stories that hypothesis makes up: anything that may happen to a store, in any order."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

#: A stand-in for AWS takes ten times as long as a file: few stories in the gate, all of them with
#: `make aws`.
OF_THE_SLOW_ONE = int(os.environ.get("LIAO_TEST_STORIES", "2"))


def tell(machine: type[RuleBasedStateMachine], backend: str, *, stories: int, steps: int) -> None:
    """Tell so many stories of so many steps on a backend; the slow one has its own number."""
    run_state_machine_as_test(
        type("Machine", (machine,), {"backend": backend}),
        settings=settings(
            max_examples=OF_THE_SLOW_ONE if backend == "dynamodb" else stories,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""One stand-in for AWS for all the tests of a module; each begins with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws.cloud import Cloud, Wakes, cloud, queue, table


@pytest.fixture(scope="module")
def running_cloud() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def aws(running_cloud: Cloud) -> Cloud:
    running_cloud.reset()
    return running_cloud


@pytest.fixture
def table_name(aws: Cloud) -> Iterator[str]:
    with table(aws, "liao-test") as name:
        yield name


@pytest.fixture
def wakes(aws: Cloud) -> Iterator[Wakes]:
    with queue(aws, "liao-test-wakes.fifo") as made:
        yield made

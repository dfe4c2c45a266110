"""A watched table in a stand-in for AWS, for the tests that look at the requests themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws.cloud import Cloud, cloud
from tests.contract.storage.desk import Desk
from tests.contract.storage.dynamodb.watched import Place, place_in


@pytest.fixture(scope="module")
def aws() -> Iterator[Cloud]:
    with cloud() as running:
        yield running


@pytest.fixture
def place(aws: Cloud) -> Iterator[Place]:
    with place_in(aws) as made:
        yield made


@pytest.fixture
def desk(place: Place) -> Desk:
    return place.desk()

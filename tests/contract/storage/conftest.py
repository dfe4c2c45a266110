"""Every contract in this folder is held by every backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chalicelib.ports import Stores
from tests.contract.storage.backends import BACKENDS, Backend
from tests.contract.storage.desk import Desk


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with ExitStack() as cleanup:
        yield BACKENDS[request.param](tmp_path, cleanup)


@pytest.fixture
def stores(backend: Backend) -> Stores:
    return backend.open()


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)

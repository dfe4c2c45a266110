"""One stage, deployed once with `python -m ops deploy`, for every test that only uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.production.place import Site, site
from tests.production.stage import Stage, stage_of

#: moto says so of each resource of the stack that it can't make.
_UNKNOWN_TO_MOTO = pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first meets what the deployment warns of."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(_UNKNOWN_TO_MOTO)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A stage that the operator deployed; LINE's own test of the webhook went to its very zip."""
    with site(tmp_path_factory.mktemp("operator")) as made:
        told = made.deploys()
        assert "✓ Webhook test  LINE got 200" in told
        yield made


@pytest.fixture
def stage(deployed: Site) -> Iterator[Stage]:
    with stage_of(deployed) as made:
        yield made

"""How the tests are shared out among the processes that run them side by side.

Those of a file stay together. So do those of a folder that begin with something dear: a browser,
and a whole system behind it; each such folder goes to one process, and first, for while one waits
for its browser another has the processor.
"""

from __future__ import annotations

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

#: Folders whose tests one process runs.
TOGETHER: Final = ("tests/e2e/chat/", "tests/e2e/page/")


class ByFileOrFolder(LoadFileScheduling):  # type: ignore[misc]
    """Gives each process a file after the other, or a whole folder."""

    def _split_scope(self, nodeid: str) -> str:
        return next(filter(nodeid.startswith, TOGETHER), super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFileOrFolder:
    """Share out by these rules, without a `--dist`."""
    return ByFileOrFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest."""
    items.sort(key=lambda item: not item.nodeid.startswith(TOGETHER))

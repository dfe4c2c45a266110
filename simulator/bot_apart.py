"""A bot that is measured stands apart: no setting of the operator's reaches it, nobody is told to
slow down, and its data is removed with it.

Above all no key of a real model: ten thousand questions cost nothing here.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from simulator.bot import Setup, behind_simulator, dotenv, model_settings
from simulator.channel import Channel
from simulator.server import Address

#: /tmp is memory on many machines, where a durable write costs nothing; this is a disk.
DISK = Path("/var/tmp")  # noqa: S108 - the folder made in it has a name of its own

#: No person is ever told to slow down here.
UNLIMITED = {
    "LIAO_ANSWERS_PER_MINUTE": "999999999",
    "LIAO_DAILY_ANSWERS": "999999999",
    "LIAO_BUDGET_PERSON_DAY": "none",
    "LIAO_BUDGET_PERSON_MONTH": "none",
    "LIAO_BUDGET_GROUP_DAY": "none",
    "LIAO_BUDGET_GROUP_MONTH": "none",
    "LIAO_BUDGET_DAY": "none",
    "LIAO_BUDGET_MONTH": "none",
}
_OURS = ("LIAO_", "LINE_", "DEMO_", "AWS_")


def apart(
    address: Address,
    channel: Channel,
    *,
    data: Path,
    environment: Mapping[str, str],
    project: Path,
) -> Setup:
    """The settings of a project's bot behind the simulator, on its defaults.

    Of the environment neither a bot's settings nor proxies are left; an empty value hides the one
    of the project's `.env`.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_OURS)
        and name not in model_settings()
        and not name.lower().endswith("_proxy")
    }
    return behind_simulator(
        address,
        secret=channel.secret,
        token=channel.access_token,
        data=data,
        environment={**kept, **dict.fromkeys(dotenv(project), ""), **UNLIMITED},
        in_file={},
    )


@contextmanager
def passing_folder() -> Iterator[Path]:
    """A folder on a disk that is removed in the end."""
    within = DISK if os.access(DISK, os.W_OK) else None
    with tempfile.TemporaryDirectory("-liao", dir=within, ignore_cleanup_errors=True) as folder:
        yield Path(folder)

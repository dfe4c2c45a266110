"""An operator's place: a project of one's own, AWS on this machine, and the simulator as LINE."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.aws import Aws
from ops.show import Told
from simulator.channel import Channel
from tests.aws.cloud import Cloud, cloud
from tests.ops.places import PLACES, Place, folder
from tests.running import PROJECT
from tests.simulated import Simulated, simulated

CHANNEL = Channel()


@pytest.fixture(scope="module")
def running_cloud() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def cloud_here(running_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """An empty AWS that the SDK finds in the environment."""
    running_cloud.reset()
    for name, value in running_cloud.environment().items():
        monkeypatch.setenv(name, value)
    return running_cloud


@pytest.fixture
def aws(cloud_here: Cloud) -> Iterator[Aws]:
    """Signed in."""
    made = Aws.connect()
    yield made
    made.close()


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulated]:
    with simulated(id=CHANNEL.id) as made:
        yield made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What of a project the commands read, without the code that ships."""
    folder = tmp_path / "project"
    (folder / ".chalice").mkdir(parents=True)
    for path in (PROJECT / ".chalice").glob("*.json"):
        shutil.copy(path, folder / ".chalice")
    (folder / "infra").mkdir()
    shutil.copy(PROJECT / "infra" / "stack.yaml", folder / "infra")
    (folder / "chalicelib").mkdir()
    shutil.copy(PROJECT / "chalicelib" / "bot.toml", folder / "chalicelib")
    return folder


@dataclass(slots=True)
class Heard:
    """What a step said while it went on."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def told() -> Told:
    return Heard()


def dotenv(sim: Simulated, **more: str) -> str:
    """An `.env` with everything a stage needs, on the simulator's channel."""
    values = {
        "LINE_CHANNEL_SECRET": sim.secret,
        "LINE_CHANNEL_ACCESS_TOKEN": sim.token,
        "LINE_API_BASE_URL": sim.line_url,
        "OPENAI_API_KEY": "sk-of-nobody",
        **more,
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


@pytest.fixture
def called() -> Callable[..., Result]:
    """Call a command in this process, with a wide terminal."""

    def call(command: object, *arguments: str, typed: str = "") -> Result:
        runner = CliRunner(env={"COLUMNS": "300"})
        return runner.invoke(command, arguments, input=typed)  # type: ignore[arg-type]

    return call


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Wherever a stage keeps things."""
    with PLACES[request.param](request) as made:
        yield made


@pytest.fixture
def here(request: pytest.FixtureRequest) -> Iterator[Place]:
    """For what is the same wherever it is kept."""
    with folder(request) as made:
        yield made

"""Where a deployed stage lives: an account, a channel, a project, and what runs of it.

with site(tmp_path) as at:
    at.deploys()
    at.ops("failed", "list")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Final

from chalicelib.adapters.storage.dynamodb.items import home
from chalicelib.domain.chat import Chat, ChatKind
from simulator.channel import Channel
from tests.aws.cloud import Cloud, cloud
from tests.faults.gate import Gate, gate
from tests.ops.conftest import dotenv
from tests.ops.whole import Operator, copied
from tests.production.door import Door, door
from tests.production.live import NAMES, Live, live
from tests.simulated import Simulated, simulated

Json = dict[str, Any]
CHANNEL: Final = Channel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What stays from test to test: AWS, LINE, the operator's project, and what runs of it."""

    aws: Cloud = field(repr=False)
    sim: Simulated = field(repr=False)
    gate: Gate = field(repr=False)
    door: Door = field(repr=False)
    bot: Live
    operator: Operator

    def chat(self, user: str) -> list[Json]:
        """Everything that the table holds of somebody's chat."""
        found = self.aws.client("dynamodb").query(
            TableName=NAMES.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": home(Chat(ChatKind.USER, user))}},
        )
        return list(found["Items"])

    def deploys(self) -> str:
        """Deploy with `ops`; returns what was said."""
        return self.ops("deploy", "--architecture", "here")

    def ops(self, *arguments: str) -> str:
        """Run `python -m ops …`, which must go well; returns what was said."""
        return _well(self.operator.calls(*arguments))


@contextmanager
def site(folder: Path, *, like: Site | None = None, **settings: str) -> Iterator[Site]:
    """Have an account in which nothing is deployed, a channel, and a project.

    like: whose zips are taken over. settings: of the stage, beside the simulator's own.
    """
    with (
        cloud() as aws,
        simulated(id=CHANNEL.id) as sim,
        gate(sim.url) as between,
        door(aws) as way,
    ):
        # What the functions say to anybody passes the gate or the door; the operator doesn't.
        ways = {
            "LINE_API_BASE_URL": f"{between.url}/line",
            "LINE_DATA_API_BASE_URL": f"{between.url}/line",
            "OPENAI_BASE_URL": f"{between.url}/openai/v1",
        }
        with live(aws, way, folder / "tasks", **ways) as bot:
            project = copied(folder / "project", *([like.operator.project] if like else []))
            made = {
                "LIAO_URL": bot.url,
                "LIAO_MODEL": "gpt-5.4-nano",
                "LIAO_ANSWERS_PER_MINUTE": "1000",
                **settings,
            }
            (project / ".env.prod").write_text(dotenv(sim, **made), encoding="utf-8")
            if like:
                take_zips(like.operator.project, project)
            operator = Operator(project=project, environment=aws.environment())
            yield Site(aws=aws, sim=sim, gate=between, door=way, bot=bot, operator=operator)


def take_zips(source: Path, project: Path) -> None:
    """Spare a project the packing of what is the same in another one."""
    folder = project / ".chalice" / "deployments"
    folder.mkdir()
    for made in (source / ".chalice" / "deployments").glob("*.zip"):
        (folder / made.name).write_bytes(made.read_bytes())


def _well(done: CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

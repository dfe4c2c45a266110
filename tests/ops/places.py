"""Where a stage's stores can be: in a folder of this machine, or in a table on AWS.

A new backend is one function that opens it and one line in `PLACES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from click import Command
from click.testing import CliRunner, Result

from chalicelib.adapters.aws.client import WORKER, Account
from chalicelib.adapters.aws.client import dynamodb as dynamodb_client
from chalicelib.adapters.storage.dynamodb import stores as dynamodb
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.sqlite import stores as sqlite
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.domain.names import Names
from chalicelib.ports import Stores
from tests.aws.cloud import Cloud, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A stage whose stores are open, as its bot has them. name: as commands tell it."""

    stores: Stores
    name: str
    stage: str
    set: Callable[[str, str], None] = field(repr=False)

    def ops(self, command: Command, *arguments: str) -> str:
        """Call a command on this stage; it must go well. Returns what it wrote."""
        result = self.called(command, *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def called(self, command: Command, *arguments: str) -> Result:
        """Call a command on this stage."""
        runner = CliRunner(env={"COLUMNS": "200"})
        return runner.invoke(command, ["--stage", self.stage, *arguments])


@contextmanager
def folder(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Stage dev, in a folder of its own."""
    environment: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    path: Path = request.getfixturevalue("tmp_path") / "data"
    environment.setenv("LIAO_DATA_DIR", str(path))
    with closing(Database(path / "liao.db")) as database:
        yield Place(
            stores=sqlite.stores(database, new_id=_new_id, is_command=lambda _: False),
            name=str(path / "liao.db"),
            stage="dev",
            set=environment.setenv,
        )


@contextmanager
def on_aws(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Stage prod, in an AWS of its own."""
    cloud: Cloud = request.getfixturevalue("cloud_here")
    names = Names(stage="prod")
    account = Account.read(cloud.environment())
    made = Table(client=dynamodb_client(account, WORKER), name=names.table)

    def put(name: str, value: str) -> None:
        cloud.client("ssm").put_parameter(
            Name=names.parameters + name, Value=value, Type="SecureString"
        )

    with table(cloud, names.table), closing(made):
        yield Place(
            stores=dynamodb.stores(made, new_id=_new_id, is_command=lambda _: False),
            name=f"table liao-prod, {cloud.region}",
            stage=names.stage,
            set=put,
        )


def _new_id() -> str:
    return uuid4().hex


PLACES = {"folder": folder, "aws": on_aws}

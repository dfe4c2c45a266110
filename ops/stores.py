"""A stage's stores, wherever they are: in its table on AWS, or in a data folder on this machine.

Commands read and write beside the bot, which may be running: a table has room for many, and a
folder's file is not claimed, for only who takes turns has to be alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from chalicelib.adapters.aws.client import WORKER, Account
from chalicelib.adapters.aws.client import dynamodb as dynamodb_client
from chalicelib.adapters.aws.signer import Credentials
from chalicelib.adapters.storage.dynamodb import stores as dynamodb
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.adapters.storage.sqlite import stores as sqlite
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.bootstrap import source
from chalicelib.bootstrap.backends import new_id
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable
from chalicelib.domain.events import TextSent
from chalicelib.domain.names import Names
from chalicelib.ports import Stores
from chalicelib.settings import Settings
from ops import parameters
from ops.aws import Aws
from ops.site import PROJECT
from ops.stages import on_this_machine, stage_config
from ops.trouble import Trouble

_FILE = "liao.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A stage's stores. settings: those that its bot runs with. place: where it all is kept."""

    stores: Stores = field(repr=False)
    settings: Settings
    place: str


def data_option() -> Callable[[Any], Any]:
    """`--data`, of every command that opens a stage's stores."""
    return click.option(
        "--data",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The data folder of a stage on this machine.  [default: LIAO_DATA_DIR]",
    )


@contextmanager
def opened(stage: str, *, data: Path | None = None) -> Iterator[Opened]:
    """Open a stage's stores; data: its folder, for a stage on this machine. Raises Trouble."""
    local = on_this_machine(PROJECT, stage)
    if local is not None:
        with _here(local, data) as found:
            yield found
        return
    fixed = stage_config(PROJECT, stage).get("environment_variables", {})
    if data is not None:
        raise Trouble(f"stage {stage!r} is on AWS and has no data folder", "Add --stage dev.")
    with _on_aws(Names(stage=stage), fixed) as found:
        yield found


@contextmanager
def table(aws: Aws, names: Names) -> Iterator[Table]:
    """Open a stage's table; whether it is there shows when it is first read."""
    with closing(Table(client=dynamodb_client(account(aws), WORKER), name=names.table)) as made:
        yield made


def account(aws: Aws) -> Account:
    """The operator's own credentials, for the adapters that functions use."""
    frozen = aws.session.get_credentials().get_frozen_credentials()
    return Account(
        region=aws.region,
        credentials=Credentials(
            key_id=frozen.access_key, secret=frozen.secret_key, token=frozen.token or ""
        ),
        endpoint=aws.endpoint,
    )


@contextmanager
def readable() -> Iterator[None]:
    """Turn what a stage's own stores say into Trouble."""
    try:
        yield
    except StorageUnavailable as exc:
        raise Trouble(str(exc), "Is the stage deployed? `python -m ops doctor` tells.") from exc


@contextmanager
def _on_aws(names: Names, fixed: Mapping[str, str]) -> Iterator[Opened]:
    with closing(Aws.connect()) as aws:
        settings = _settings({**parameters.read(aws, names).values, **fixed})
        with readable(), table(aws, names) as made:
            yield Opened(
                stores=dynamodb.stores(made, new_id=new_id, is_command=_never),
                settings=settings,
                place=f"table {names.table}, {aws.region}",
            )


@contextmanager
def _here(fixed: Mapping[str, str], data: Path | None) -> Iterator[Opened]:
    settings = _settings({**source.environment(), **fixed})
    file = _file((data or settings.data_dir).expanduser())
    try:
        with closing(Database(file)) as database:
            yield Opened(
                stores=sqlite.stores(database, new_id=new_id, is_command=_never),
                settings=settings,
                place=str(file),
            )
    except (StorageUnavailable, SettingInvalid) as exc:
        raise Trouble(str(exc)) from exc


def _settings(values: Mapping[str, str]) -> Settings:
    try:
        return Settings.read(values)
    except SettingInvalid as exc:
        raise Trouble(str(exc), "`python -m ops doctor` looks at all settings.") from exc


def _file(folder: Path) -> Path:
    """The file of a data folder. Raises Trouble where no bot has ever run on it."""
    file = folder / _FILE
    if file.is_file():
        return file
    do = "Start the bot once (`make run`, `make line` or `chalice local`)"
    others = [str(each.parent) for each in sorted(folder.parent.glob(f"*/{_FILE}"))]
    named = f", or name its folder with --data: {', '.join(others)}." if others else "."
    raise Trouble(f"no bot has kept anything in {folder} yet", do + named)


def _never(_event: TextSent) -> bool:
    """No command is taken here, nor anything else."""
    return False

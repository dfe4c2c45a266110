"""Where things are kept and how workers are woken: on a laptop, or on AWS.

Each backend imports what it is made of when it is opened, so that a function on AWS never loads
SQLite, nor a laptop what speaks to AWS.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.source import names
from chalicelib.domain.names import Names

if TYPE_CHECKING:
    from pathlib import Path

    from chalicelib.adapters.aws.client import Account, Client, Patience
    from chalicelib.adapters.queue.sqs import SqsQueue
    from chalicelib.adapters.storage.dynamodb.table import Table
    from chalicelib.domain.bursts import IsCommand
    from chalicelib.ports import ChatBook, Clock, Door, Media, Queue, Staff, Stores, Telemetry
    from chalicelib.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """What a backend brings. `opened` closes it.

    door: all of the stores that a webhook mostly needs; book: what is known of a chat, which it
    needs for groups. stores: makes all of them; who forgets there,
    forgets in media too. media: makes what keeps pictures and voices, which a webhook seldom needs.
    staff: makes what tells people that they are wanted. poll: seconds between two looks at what
    another worker may have stored: reads may cost.
    """

    door: Door
    book: Callable[[], ChatBook]
    stores: Callable[[], Stores]
    queue: Queue
    media: Callable[[], Media]
    staff: Callable[[Clock, Telemetry], Staff]
    poll: float
    opened: ExitStack = field(default_factory=ExitStack)


def local(settings: Settings, is_command: IsCommand) -> Backend:
    """Open the data folder. Raises SettingInvalid, StorageUnavailable."""
    from chalicelib.adapters.media.files import FileMedia
    from chalicelib.adapters.queue.local import LocalQueue
    from chalicelib.adapters.staff.log import LogStaff
    from chalicelib.adapters.storage.sqlite.database import Database
    from chalicelib.adapters.storage.sqlite.stores import stores

    opened = ExitStack()
    folder = data_folder(settings.data_dir)
    database = opened.enter_context(closing(Database(folder / "liao.db")))
    made = stores(database, new_id=new_id, is_command=is_command)
    key = hmac.digest(settings.needed_channel_secret().encode(), b"links to media", "sha256")
    media = FileMedia(folder=folder / "media", key=key)
    return Backend(
        door=made.inbox,
        book=lambda: made.chats,
        stores=lambda: _forgetting(made, media),
        queue=LocalQueue(),
        media=lambda: media,
        staff=lambda _clock, telemetry: LogStaff(telemetry=telemetry),
        poll=0.2,
        opened=opened,
    )


def aws(settings: Settings, is_command: IsCommand, env: Mapping[str, str]) -> Backend:
    """Set up the stage's table, queue, bucket and topic; AWS is asked nothing.

    Raises SettingInvalid.
    """
    from chalicelib.adapters.storage.dynamodb.incoming import DynamoDoor

    opened = ExitStack()
    account, patience = _caller(env)
    own = Names(stage=settings.stage)
    _, table, queue = _of_stage(account, patience, own)
    opened.enter_context(closing(table))
    opened.enter_context(closing(queue))

    @cache
    def media() -> Media:
        from chalicelib.adapters.aws.s3 import bucket
        from chalicelib.adapters.media.s3 import S3Media

        made = S3Media(bucket=bucket(account, patience, settings.media_bucket))
        return opened.enter_context(closing(made))

    def staff(clock: Clock, telemetry: Telemetry) -> Staff:
        from chalicelib.adapters.aws.sns import topic
        from chalicelib.adapters.staff.sns import PATIENCE, SnsStaff

        about = topic(account, PATIENCE, settings.people_topic)
        made = SnsStaff(topic=about, bot=own.prefix, clock=clock, telemetry=telemetry)
        return opened.enter_context(closing(made))

    def book() -> ChatBook:
        from chalicelib.adapters.storage.dynamodb.chats import DynamoChats

        return DynamoChats(table=table)

    def every() -> Stores:
        from chalicelib.adapters.storage.dynamodb.stores import stores

        made = stores(table, new_id=new_id, is_command=is_command)
        return _forgetting(made, media())

    door = DynamoDoor(table=table)
    return Backend(
        door=door,
        book=book,
        stores=every,
        queue=queue,
        media=media,
        staff=staff,
        poll=1.0,
        opened=opened,
    )


def connect(env: Mapping[str, str]) -> None:
    """Connect to the stage's table ahead of its first use. Raises SettingInvalid, OSError."""
    dynamodb, _, _ = _of_stage(*_caller(env), names(env))
    dynamodb.connect()


def find_queue(env: Mapping[str, str]) -> None:
    """Ask for the address of the stage's queue ahead of its first use.

    Raises SettingInvalid, StorageUnavailable.
    """
    _, _, queue = _of_stage(*_caller(env), names(env))
    queue.connect()


def _caller(env: Mapping[str, str]) -> tuple[Account, Patience]:
    from chalicelib.adapters.aws import client

    return client.Account.read(env), client.WEBHOOK if is_webhook(env) else client.WORKER


def is_webhook(env: Mapping[str, str]) -> bool:
    """Tell whether this is the function that has to wake fast."""
    return env.get("LIAO_ROLE") == "webhook"


@cache
def _of_stage(account: Account, patience: Patience, own: Names) -> tuple[Client, Table, SqsQueue]:
    """Give a process's only table, with its client, and queue: what `connect` opened is used."""
    from chalicelib.adapters.aws import client
    from chalicelib.adapters.queue.sqs import SqsQueue
    from chalicelib.adapters.storage.dynamodb.table import Table

    dynamodb = client.dynamodb(account, patience)
    table = Table(client=dynamodb, name=own.table)
    queue = SqsQueue(client=client.sqs(account, patience), name=own.queue, new_id=new_id)
    return dynamodb, table, queue


OPENED: Mapping[str, Callable[[Settings, IsCommand, Mapping[str, str]], Backend]] = {
    "local": lambda settings, is_command, _env: local(settings, is_command),
    "aws": aws,
}


def _forgetting(stores: Stores, media: Media) -> Stores:
    """Forget in media too: after the turns, which fetch them, and before what leads to a person."""
    turns, *others = stores.forgetful
    return replace(stores, forgetful=(turns, media, *others))


def data_folder(path: Path) -> Path:
    """Make the data folder. Raises SettingInvalid where it can't be, or lies in the project."""
    from chalicelib.bootstrap.source import project
    from chalicelib.domain.errors import SettingInvalid

    folder = path.expanduser().resolve()
    if folder == project() or project() in folder.parents:
        raise SettingInvalid(
            f"LIAO_DATA_DIR={str(path)!r} lies inside the project, where `chalice local` restarts "
            "at every write; name a folder outside it"
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise SettingInvalid(f"LIAO_DATA_DIR={str(path)!r} can't be made: {exc}") from exc
    return folder


def new_id() -> str:
    """A name that nothing else has: for turns and buttons."""
    return os.urandom(16).hex()  # a UUID is as rare, and its module takes 2 ms to import

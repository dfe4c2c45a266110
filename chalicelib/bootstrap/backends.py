"""Where things are kept and how workers are woken: on a laptop, or on AWS.

Each backend imports what it is made of when it is opened, so that a function on AWS never loads
SQLite, nor a laptop what speaks to AWS.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from chalicelib.bootstrap.source import PROJECT
from chalicelib.domain.bursts import IsCommand
from chalicelib.domain.errors import SettingInvalid
from chalicelib.ports import Media, Queue, Stores
from chalicelib.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """What a backend brings. `opened` closes it.

    stores: who forgets there, forgets in `media` too. media: None in a function that wakes fast and
    has no use for them. poll: seconds between two looks at what
    another worker may have stored: reads may cost.
    """

    stores: Stores
    queue: Queue
    media: Media | None
    poll: float
    opened: ExitStack = field(default_factory=ExitStack)


def local(settings: Settings, is_command: IsCommand) -> Backend:
    """Open the data folder. Raises SettingInvalid, StorageUnavailable."""
    from chalicelib.adapters.media.files import FileMedia
    from chalicelib.adapters.queue.local import LocalQueue
    from chalicelib.adapters.storage.sqlite.database import Database
    from chalicelib.adapters.storage.sqlite.stores import stores

    opened = ExitStack()
    folder = data_folder(settings.data_dir)
    database = opened.enter_context(closing(Database(folder / "liao.db")))
    made = stores(database, new_id=new_id, is_command=is_command)
    key = hmac.digest(settings.needed_channel_secret().encode(), b"links to media", "sha256")
    media = FileMedia(folder=folder / "media", key=key)
    return Backend(
        stores=_forgetting(made, media), queue=LocalQueue(), media=media, poll=0.2, opened=opened
    )


def aws(settings: Settings, is_command: IsCommand, env: Mapping[str, str]) -> Backend:
    """Set up the stage's table, queue and bucket; AWS is asked nothing. Raises SettingInvalid."""
    from chalicelib.adapters.aws import client
    from chalicelib.adapters.queue.sqs import SqsQueue
    from chalicelib.adapters.storage.dynamodb.stores import stores
    from chalicelib.adapters.storage.dynamodb.table import Table
    from chalicelib.domain.names import Names

    opened = ExitStack()
    names, account = Names(stage=settings.stage), client.Account.read(env)
    is_webhook = env.get("LIAO_ROLE") == "webhook"
    patience = client.WEBHOOK if is_webhook else client.WORKER
    table = Table(client=client.dynamodb(account, patience), name=names.table)
    queue = SqsQueue(client=client.sqs(account, patience), name=names.queue, new_id=new_id)
    opened.enter_context(closing(table))
    opened.enter_context(closing(queue))
    made = stores(table, new_id=new_id, is_command=is_command)
    if is_webhook:
        return Backend(stores=made, queue=queue, media=None, poll=1.0, opened=opened)
    from chalicelib.adapters.aws.s3 import bucket
    from chalicelib.adapters.media.s3 import S3Media

    media = S3Media(bucket=bucket(account, patience, settings.media_bucket))
    opened.enter_context(closing(media))
    return Backend(
        stores=_forgetting(made, media), queue=queue, media=media, poll=1.0, opened=opened
    )


OPENED: Mapping[str, Callable[[Settings, IsCommand, Mapping[str, str]], Backend]] = {
    "local": lambda settings, is_command, _env: local(settings, is_command),
    "aws": aws,
}


def _forgetting(stores: Stores, media: Media) -> Stores:
    return replace(stores, forgetful=(*stores.forgetful, media))


def data_folder(path: Path) -> Path:
    """Make the data folder. Raises SettingInvalid where it can't be, or lies in the project."""
    folder = path.expanduser().resolve()
    if folder == PROJECT or PROJECT in folder.parents:
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
    return uuid4().hex

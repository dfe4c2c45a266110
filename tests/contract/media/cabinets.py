"""Where media are kept, for the contract that each of them is held to.

A new one is one function and one line in `CABINETS`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.request import urlopen

from chalicelib.adapters.aws.client import WORKER, Account
from chalicelib.adapters.aws.s3 import bucket
from chalicelib.adapters.media.files import FileMedia
from chalicelib.adapters.media.s3 import S3Media
from chalicelib.domain.media import Medium
from chalicelib.ports import Media
from tests.aws.cloud import Cloud, cloud
from tests.fakes import FakeClock

ORIGIN = "https://bot.example/api"
BUCKET = "liao-test-media-123456789012-ap-northeast-1"


class Cabinet(Protocol):
    """One place for media."""

    @property
    def media(self) -> Media:
        """It."""

    @property
    def clock(self) -> FakeClock:
        """The time that links are opened at."""

    def names(self) -> list[str]:
        """The names under which anything lies."""

    def opened(self, link: str) -> Medium | None:
        """What somebody outside gets by a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A folder, and the bot's own route."""

    media: FileMedia
    clock: FakeClock

    def names(self) -> list[str]:
        folder = self.media.folder
        return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]

    def opened(self, link: str) -> Medium | None:
        path, _, ticket = link.rpartition("/")
        assert path == f"{ORIGIN}/media"
        return self.media.shown(ticket, now=self.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """A bucket in a stand-in for AWS."""

    aws: Cloud
    media: S3Media
    client: Any
    clock: FakeClock

    def names(self) -> list[str]:
        told = self.client.list_objects_v2(Bucket=BUCKET)
        return [found["Key"] for found in told.get("Contents", ())]

    def opened(self, link: str) -> Medium | None:
        with urlopen(link, timeout=5) as answer:  # noqa: S310 - it is the stand-in's
            return Medium(content=answer.read(), content_type=answer.headers["content-type"])


def files(folder: Path, _cleanup: ExitStack) -> Cabinet:
    """Files in a folder that is not there yet."""
    return Files(media=FileMedia(folder=folder / "data" / "media", key=b"a key"), clock=FakeClock())


def s3(_folder: Path, cleanup: ExitStack) -> Objects:
    """A bucket of its own."""
    aws = cleanup.enter_context(cloud())
    client = aws.client("s3")
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    account = Account.read(aws.environment())
    media = cleanup.enter_context(closing(S3Media(bucket=bucket(account, WORKER, BUCKET))))
    return Objects(aws=aws, media=media, client=client, clock=FakeClock())


CABINETS: dict[str, Callable[[Path, ExitStack], Cabinet]] = {"files": files, "s3": s3}

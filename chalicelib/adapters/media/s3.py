"""Media in a bucket of S3, behind presigned links; the bucket itself is private.

The bucket's lifecycle deletes what is 30 days old, some hours late: it is not read any more then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.adapters.aws.client import AwsRefused
from chalicelib.adapters.aws.s3 import Bucket
from chalicelib.adapters.media import places
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable
from chalicelib.domain.media import Medium
from chalicelib.domain.retention import MEDIA

_KEPT: Final = "x-amz-meta-kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Media:
    """`Media` in a bucket. Without its name only forgetting works: nothing was ever kept."""

    bucket: Bucket

    def keep(
        self, chat: Chat, media_id: str, medium: Medium, *, user: str | None, now: datetime
    ) -> None:
        """Keep it; see `Media`."""
        kept = {_KEPT: str(int(now.timestamp()))}
        with self._told():
            if user and not chat.is_private:
                self.bucket.put(places.mark(user, chat, media_id), b"", kept)
            headers = {**kept, "content-type": medium.content_type}
            self.bucket.put(places.place(chat, media_id), medium.content, headers)

    def read(self, chat: Chat, media_id: str, *, now: datetime) -> Medium | None:
        """Read it back; see `Media`."""
        with self._told():
            found = self.bucket.get(places.place(chat, media_id))
        if found is None or int(found.headers.get(_KEPT, "0")) <= (now - MEDIA).timestamp():
            return None
        content_type = found.headers.get("content-type", "application/octet-stream")
        return Medium(content=found.body, content_type=content_type)

    def link(
        self,
        chat: Chat,
        media_id: str,
        *,
        origin: str,  # noqa: ARG002 - S3 is reached by itself
        seconds: int,
        now: datetime,
    ) -> str:
        """Presign a link; see `Media`. It ends with the function's credentials at the latest."""
        with self._told():
            return self.bucket.link(places.place(chat, media_id), seconds=seconds, now=now)

    def shown(self, ticket: str, *, now: datetime) -> Medium | None:  # noqa: ARG002 - links lead to S3
        """None: no link leads here."""
        return None

    def forget(self, chat: Chat, media_id: str) -> None:
        """Erase one; its mark, if it has one, names what is no more, and goes after 30 days."""
        if self.bucket.name:
            with self._told():
                self.bucket.delete([places.place(chat, media_id)])

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:  # noqa: ARG002 - no turn is media
        """Erase everything of a chat; see `Media`."""
        self._erase(places.of_chat(chat))

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Erase what a person sent, wherever, and everything of the private chat with them."""
        self.forget_chat(Chat(ChatKind.USER, user), keep_turn=keep_turn)
        if self.bucket.name:
            with self._told():
                marks = list(self.bucket.keys(places.of_person(user)))
                # The marks last: whoever comes again after a crash still finds the rest by them.
                self.bucket.delete([places.marked(mark) for mark in marks])
                self.bucket.delete(marks)

    def purge(self, *, now: datetime) -> None:
        """Leave it to the bucket's lifecycle."""

    def close(self) -> None:
        """Close the connections."""
        self.bucket.close()

    def _erase(self, prefix: str) -> None:
        if self.bucket.name:
            with self._told():
                self.bucket.delete(list(self.bucket.keys(prefix)))

    @contextmanager
    def _told(self) -> Iterator[None]:
        if not self.bucket.name:
            raise SettingInvalid(
                "LIAO_MEDIA_BUCKET is missing: the stack stores it among the stage's parameters; "
                "a function whose settings stand in its own environment needs it there too"
            )
        try:
            yield
        except AwsRefused as exc:
            raise StorageUnavailable(f"s3 refused {self.bucket.name}: {exc.code}") from exc

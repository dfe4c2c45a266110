"""Media in files of the data folder, behind links that the bot itself serves.

A file is the content's type on a line, then the content; when it was kept is its time of change. A
link holds the medium's place and the link's end, signed: there is nothing to guess, and nothing to
look up.
"""

from __future__ import annotations

import hmac
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from chalicelib.adapters.media import places
from chalicelib.domain.chat import Chat, ChatKind
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.media import Medium
from chalicelib.domain.retention import MEDIA

_TRIES: Final = 3
_TICKET: Final = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})-([0-9]{1,12})-([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMedia:
    """`Media` under a folder, which is made when it is needed. key: signs links."""

    folder: Path
    key: bytes = field(repr=False)

    def keep(
        self, chat: Chat, media_id: str, medium: Medium, *, user: str | None, now: datetime
    ) -> None:
        """Keep it; see `Media`."""
        with _told():
            if user and not chat.is_private:
                self._write(places.mark(user, chat, media_id), b"", now)
            head = medium.content_type.encode() + b"\n"
            self._write(places.place(chat, media_id), head + medium.content, now)

    def read(self, chat: Chat, media_id: str, *, now: datetime) -> Medium | None:
        """Read it back; see `Media`."""
        return self._read(places.place(chat, media_id), now)

    def link(self, chat: Chat, media_id: str, *, origin: str, seconds: int, now: datetime) -> str:
        """Make an address at the bot's own `/media`; see `Media`."""
        ends = int((now + timedelta(seconds=seconds)).timestamp())
        name = f"{places.place(chat, media_id).removeprefix('chats/').replace('/', '-')}-{ends}"
        return f"{origin}/media/{name}-{self._signed(name)}"

    def shown(self, ticket: str, *, now: datetime) -> Medium | None:
        """Read what is behind a link; see `Media`."""
        found = _TICKET.fullmatch(ticket)
        if found is None:
            return None
        chat, name, ends, signature = found.groups()
        expected = self._signed(ticket.rpartition("-")[0])
        if not hmac.compare_digest(signature, expected) or now.timestamp() >= int(ends):
            return None
        return self._read(f"chats/{chat}/{name}", now)

    def forget(self, chat: Chat, media_id: str) -> None:
        """Erase one; its mark, if it has one, names what is no more, and goes after 30 days."""
        with _told():
            (self.folder / places.place(chat, media_id)).unlink(missing_ok=True)

    def forget_chat(self, chat: Chat, *, keep_turn: str) -> None:  # noqa: ARG002 - no turn is media
        """Erase everything of a chat; see `Media`."""
        with _told():
            self._erase_folder(places.of_chat(chat))

    def forget_person(self, user: str, *, keep_turn: str) -> None:
        """Erase what a person sent, wherever, and everything of the private chat with them."""
        self.forget_chat(Chat(ChatKind.USER, user), keep_turn=keep_turn)
        with _told():
            folder = places.of_person(user)
            for path in _files(self.folder / folder):
                (self.folder / places.marked(path.name)).unlink(missing_ok=True)
            self._erase_folder(folder)

    def purge(self, *, now: datetime) -> None:
        """Erase what was kept for 30 days."""
        oldest = (now - MEDIA).timestamp()
        with _told():
            for path in _files(self.folder):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime <= oldest:
                        path.unlink()
                with suppress(OSError):  # somebody else's file is in it, or it is gone
                    path.parent.rmdir()

    def _write(self, place: str, content: bytes, now: datetime) -> None:
        """Write a file whole, or none: under another name first."""
        path = self.folder / place
        draft = path.with_name(f"draft-{uuid4().hex}")
        try:
            with os.fdopen(_created(draft), "wb") as to:
                to.write(content)
                to.flush()
                os.fsync(to.fileno())
            os.utime(draft, (now.timestamp(), now.timestamp()))
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def _read(self, place: str, now: datetime) -> Medium | None:
        with _told():
            try:
                with (self.folder / place).open("rb") as file:
                    kept, whole = os.fstat(file.fileno()).st_mtime, file.read()
            except FileNotFoundError:
                return None
        if kept <= (now - MEDIA).timestamp():
            return None
        content_type, _, content = whole.partition(b"\n")
        return Medium(content=content, content_type=content_type.decode())

    def _erase_folder(self, place: str) -> None:
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder / place)

    def _signed(self, name: str) -> str:
        return hmac.digest(self.key, name.encode(), "sha256").hex()


@contextmanager
def _told() -> Iterator[None]:
    """Tell a disk's trouble in our words; its own name the path."""
    try:
        yield
    except OSError as exc:
        raise StorageUnavailable(f"media: {exc.strerror or type(exc).__name__}") from exc


def _created(path: Path) -> int:
    """Create a file for its owner alone; a purge may take its empty folder away meanwhile."""
    for _ in range(_TRIES):
        for folder in reversed(path.parents):
            folder.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    raise FileNotFoundError(path)


def _files(folder: Path) -> Iterator[Path]:
    """Every file under a folder, which need not be there."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())

"""What people send beside words: pictures, voices, videos and files, for the bot to fetch.

LINE keeps them for a while, and not all at once: a video or a long voice message is prepared first,
and its content answers 202 until then. A message taken back takes its content with it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.faults import BadScript

Json = dict[str, Any]
Raw = bytes
Kind = Literal["image", "video", "audio", "file"]

KINDS: tuple[Kind, ...] = ("image", "video", "audio", "file")
KEPT_BYTES = 256 * 1024 * 1024
LARGEST = 64 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Media:
    """One message's content.

    type: its MIME type. ready_at: when it is prepared, in seconds of the store's clock.
    failed: it never will be. unsent: the person took it back, and the bytes are gone.
    """

    kind: Kind
    bytes: Raw = field(repr=False)
    type: str
    name: str
    ready_at: float
    failed: bool = False
    unsent: bool = False
    preview: Raw | None = field(default=None, repr=False)

    def content(self, *, duration: int | None) -> Json:
        """A webhook's message for it; duration is in milliseconds."""
        if self.kind == "file":
            return {"type": "file", "fileName": self.name, "fileSize": len(self.bytes)}
        length = {"duration": duration} if duration is not None and self.kind != "image" else {}
        return {"type": self.kind, **length, "contentProvider": {"type": "line"}}


def piece(header: str, size: int) -> range | None:
    """Which bytes a Range header wants: a player that seeks asks for some.

    None is all of them, also where the header asks for what nobody needs here (several pieces).
    Empty where it begins behind the end.
    """
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1 if last else size, size))


@dataclass(slots=True, kw_only=True)
class MediaStore:
    """Every content that can still be fetched, by message id; the oldest makes room."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, Media] = field(default_factory=dict)

    def make(self, kind: str, raw: bytes, *, type: str, name: str, preparing: float) -> Media:  # noqa: A002 - the field's name
        """Make a content that is ready after `preparing` seconds. Raises BadScript."""
        known = next((one for one in KINDS if one == kind), None)
        if known is None:
            raise BadScript(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
        if not raw:
            raise BadScript("there is nothing in it")
        if len(raw) > LARGEST:
            raise BadScript(f"the simulator takes at most {LARGEST // 1024 // 1024} MB")
        ready = self.clock() + preparing
        return Media(kind=known, bytes=raw, type=type, name=name, ready_at=ready)

    def keep(self, message_id: str, media: Media) -> None:
        """Keep a message's content."""
        self._kept[message_id] = media
        total = sum(len(kept.bytes) for kept in self._kept.values())
        for oldest in tuple(self._kept)[:-1]:
            if total <= KEPT_BYTES:
                return
            total -= len(self._kept.pop(oldest).bytes)

    def find(self, message_id: str) -> Media | None:
        """The content of this message, if there is one."""
        return self._kept.get(message_id)

    def is_ready(self, media: Media) -> bool:
        """True once it is prepared."""
        return self.clock() >= media.ready_at

    def unsend(self, message_id: str) -> None:
        """Drop what a message held, and remember that it was taken back."""
        if media := self._kept.get(message_id):
            media.unsent, media.bytes, media.preview = True, b"", None

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

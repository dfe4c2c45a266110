"""Pictures, voices and files, as they go in and out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A picture, a voice or a file. content_type: as HTTP writes it, such as ``image/png``."""

    content: bytes = field(repr=False)
    content_type: str


def words_of(message_id: str) -> str:
    """The media id of what was said in a voice message, beside the voice itself."""
    return f"{message_id}-words"


def all_of(message_id: str) -> tuple[str, ...]:
    """Every media id under which something of a message may be kept."""
    return (message_id, words_of(message_id))


#: How files of each kind begin. MPEG-4 holds pictures, voices and films alike.
_BEGINNINGS = (
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb".{4}ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", "image/heic"),
    (rb".{4}ftypM4[AB] ", "audio/mp4"),
    (rb".{4}ftyp(?=.*hdlr.{8}vide)", "video/mp4"),
    (rb".{4}ftyp", "audio/mp4"),
    (rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", "audio/mpeg"),
    (rb"\xff[\xf0\xf1\xf8\xf9]", "audio/aac"),
    (rb"RIFF.{4}WAVE", "audio/wav"),
    (rb"OggS", "audio/ogg"),
    (rb"#!AMR\n", "audio/amr"),
)
_KINDS = tuple((re.compile(begins, re.DOTALL), kind) for begins, kind in _BEGINNINGS)


def kind_of(content: bytes) -> str:
    """Tell a content type by how the bytes begin; "" where they are of no kind known here."""
    return next((kind for begins, kind in _KINDS if begins.match(content)), "")

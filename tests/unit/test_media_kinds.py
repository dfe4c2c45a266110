"""What kind of file some bytes are, by how they begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.media import Medium, kind_of
from simulator.model_api.audio import tone, wav
from simulator.model_api.images import paint

#: The boxes in which MPEG-4 tells that it holds a film, and that it holds sound.
FILM = b"\0\0\0\x20hdlr\0\0\0\0\0\0\0\0vide"
SOUND = b"\0\0\0\x20hdlr\0\0\0\0\0\0\0\0soun"


def mpeg4(brand: bytes, *boxes: bytes) -> bytes:
    return b"\0\0\0\x1cftyp" + brand + b"\0\0\2\0isomiso2" + b"".join(boxes)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
        (b"\xff\xd8\xff\xe1\0\x10Exif\0", "image/jpeg"),
        (paint("x", 64, 64), "image/png"),
        (b"GIF87a\1\0\1\0", "image/gif"),
        (b"GIF89a\1\0\1\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (mpeg4(b"heic"), "image/heic"),
        (mpeg4(b"mif1"), "image/heic"),
        (mpeg4(b"M4A ", SOUND), "audio/mp4"),
        (mpeg4(b"mp42", SOUND), "audio/mp4"),
        (mpeg4(b"isom", b"mdat" * 1_000, SOUND), "audio/mp4"),
        (mpeg4(b"isom", SOUND, b"mdat" * 1_000, FILM), "video/mp4"),
        (b"ID3\4\0\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf3\x44\xc4", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (wav(tone(0.1)), "audio/wav"),
        (b"OggS\0\2", "audio/ogg"),
        (b"#!AMR\n\x3c", "audio/amr"),
    ],
)
def test_bytes_tell_what_they_are(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"RIFF\x24\0\0\0AVI ",
        b" \x89PNG\r\n\x1a\n",
        b"ftypM4A ",
        b"\xff\xff\xff\xff",
        b"%PDF-1.7",
        b"PK\3\4",
        "你好".encode(),
    ],
)
def test_what_is_not_known_is_nothing(content: bytes) -> None:
    assert kind_of(content) == ""


@given(st.binary(max_size=64))
def test_any_bytes_can_be_looked_at(content: bytes) -> None:
    assert isinstance(kind_of(content), str)


def test_a_large_file_is_looked_at_quickly() -> None:
    # Without a film's box, all of it has to be searched for one.
    assert kind_of(mpeg4(b"isom", b"hdlr" * 2_500_000)) == "audio/mp4"


def test_a_medium_does_not_show_what_it_holds() -> None:
    assert "secret" not in repr(Medium(content=b"secret", content_type="text/plain"))

"""Messages that people sent, kind by kind, as events.

A kind is one row of a table. What every message may have beside its content (tokens that quote it
and show it as read) is read in one place, and a kind's reader adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from chalicelib.adapters.line.fields import (
    Json,
    Skipped,
    clean,
    count,
    degrees,
    inner,
    kind_of,
    needed,
    string,
    strings,
)
from chalicelib.adapters.line.mentions import without_own
from chalicelib.domain.events import (
    AudioSent,
    Event,
    ImageSent,
    LocationSent,
    OtherSent,
    Sent,
    StickerSent,
    TextEdited,
    TextSent,
)

#: LINE: a sticker has at most 15.
_KEYWORDS: Final = 15
_NORTH: Final = 90
_EAST: Final = 180


def message(content: Json, base: Json) -> Event:
    """Read a message that was sent; base: what every event has. Raises Skipped."""
    kind = f"message.{kind_of(content, 'message')}"
    if kind not in _KINDS:
        raise Skipped(f"{kind}: unknown kind")
    return _KINDS[kind](content, {**base, **_any(content, kind)})


def edited(content: Json, base: Json) -> TextEdited:
    """Read the new words of a message. LINE: only texts are edited, and only in groups."""
    kind = f"messageEdited.{kind_of(content, 'messageEdited')}"
    if kind != "messageEdited.text":
        raise Skipped(f"{kind}: unknown kind")
    return TextEdited(**base, **_any(content, kind), **_words(content, base, kind))


def _any(content: Json, kind: str) -> Json:
    """What every message may have; an edited one, a voice or a file has less of it."""
    return {
        "message_id": needed(content, "id", kind),
        "quote_token": string(content.get("quoteToken")) or "",
        "read_token": string(content.get("markAsReadToken")) or "",
    }


def _words(content: Json, base: Json, kind: str) -> Json:
    text = content.get("text")
    if not isinstance(text, str):
        raise Skipped(f"{kind}: no text")
    words, is_called = without_own(clean(text), content.get("mention"))
    return {
        "text": words,
        "to_bot": is_called and not base["chat"].is_private,
        "quotes": string(content.get("quotedMessageId")) or "",
    }


def _text(content: Json, base: Json) -> TextSent:
    return TextSent(**base, **_words(content, base, "message.text"))


def _image(content: Json, base: Json) -> ImageSent:
    images = inner(content.get("imageSet"))
    set_id, total = string(images.get("id")), count(images.get("total"))
    if not set_id or not total:
        return ImageSent(**base)
    return ImageSent(**base, set_id=set_id, set_total=total)


def _audio(content: Json, base: Json) -> AudioSent:
    return AudioSent(**base, duration=count(content.get("duration")) or 0)


def _sticker(content: Json, base: Json) -> StickerSent:
    """Read a sticker; what a person wrote on it says more of it than its last keyword."""
    written = strings([content.get("text")])
    keywords = strings(content.get("keywords"))[: _KEYWORDS - len(written)]
    return StickerSent(**base, keywords=(*keywords, *written))


def _location(content: Json, base: Json) -> LocationSent:
    return LocationSent(
        **base,
        latitude=degrees(content, "latitude", "message.location", most=_NORTH),
        longitude=degrees(content, "longitude", "message.location", most=_EAST),
        title=string(content.get("title")) or "",
        address=string(content.get("address")) or "",
    )


def _other(content: Json, base: Json) -> OtherSent:
    return OtherSent(**base, what=content["type"])


_KINDS: Mapping[str, Callable[[Json, Json], Sent]] = {
    "message.text": _text,
    "message.image": _image,
    "message.audio": _audio,
    "message.sticker": _sticker,
    "message.location": _location,
    "message.video": _other,
    "message.file": _other,
}

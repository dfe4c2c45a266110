"""Message objects: what a bot may say in one bubble. LINE counts texts in UTF-16 code units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.limits.actions import CHIP, HTTPS, TYPE, URI
from simulator.limits.flex import CONTAINER
from simulator.limits.templates import TEMPLATES
from simulator.rules import Each, Items, Kind, OneOf, Path, Problem, Rule, Text, Thing, Whole

NUMBER = Kind((int, float), "a number")


def _substituted(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """In textV2 each `{key}` must be in `substitution`; `{{` and `}}` are plain braces."""
    plain = re.sub(r"\{\{|\}\}", "", str(value.get("text")))
    known = value.get("substitution") or {}
    for key in re.findall(r"\{([^{}]*)\}", plain):
        if key not in known:
            yield Problem((*path, "text"), f"the key '{key}' is not in substitution")
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", plain)):
        yield Problem((*path, "text"), "braces must be escaped")


COMMON: Mapping[str, Rule] = {
    "quickReply": Thing(
        must={
            "items": Items(
                of=Thing(
                    must={"action": CHIP}, may={"type": Text(pattern="action"), "imageUrl": HTTPS}
                ),
                high=13,
            )
        }
    ),
    "sender": Thing(may={"name": Text(high=20), "iconUrl": HTTPS}),
}
WORDS = Text(high=5_000)
ALT = Text(high=1_500)
MEDIA: Mapping[str, Rule] = {"originalContentUrl": HTTPS, "previewImageUrl": HTTPS}
WHERE = Whole(low=0, high=2**31 - 1)
PIXELS = Whole(low=1, high=2**31 - 1)
AREA = Thing(must={"x": WHERE, "y": WHERE, "width": PIXELS, "height": PIXELS})
MAP_LABEL: Mapping[str, Rule] = {"label": Text(high=100)}
MAP_ACTION = OneOf(
    of={
        "uri": Thing(must={"type": TYPE, "linkUri": URI, "area": AREA}, may=MAP_LABEL),
        "message": Thing(must={"type": TYPE, "text": Text(high=400), "area": AREA}, may=MAP_LABEL),
        "clipboard": Thing(
            must={"type": TYPE, "clipboardText": Text(high=1_000), "area": AREA}, may=MAP_LABEL
        ),
    }
)
MAP_VIDEO = Thing(
    must={**MEDIA, "area": AREA},
    may={"externalLink": Thing(must={"linkUri": URI, "label": Text(high=30)})},
)
EMOJIS = Items(of=Thing(must={"index": NUMBER, "productId": TYPE, "emojiId": TYPE}), high=20)


def _message(must: Mapping[str, Rule], may: Mapping[str, Rule] | None = None, **more: Any) -> Thing:
    return Thing(must={"type": TYPE, **must}, may={**COMMON, **(may or {})}, **more)


SUBSTITUTE = OneOf(
    of={
        "mention": Thing(
            must={
                "type": TYPE,
                "mentionee": OneOf(
                    of={
                        "user": Thing(must={"type": TYPE, "userId": Text()}),
                        "all": Thing(must={"type": TYPE}),
                    }
                ),
            }
        ),
        "emoji": Thing(must={"type": TYPE, "productId": TYPE, "emojiId": TYPE}),
    }
)


def _emojis(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """LINE: each emoji's index is where a `$` stands in the text, in UTF-16 code units."""
    text = value.get("text")
    units = text.encode("utf-16-le", "surrogatepass") if isinstance(text, str) else b""
    for number, emoji in enumerate(value.get("emojis") or ()):
        index = emoji.get("index") if isinstance(emoji, Mapping) else None
        if not isinstance(index, int) or units[2 * index : 2 * index + 2] != b"$\0":
            yield Problem((*path, "emojis", number, "index"), "must point at a $ of the text")


MESSAGES: Mapping[str, Rule] = {
    "text": _message({"text": WORDS}, {"emojis": EMOJIS, "quoteToken": TYPE}, also=_emojis),
    "textV2": _message(
        {"text": WORDS},
        {"substitution": Each(of=SUBSTITUTE, high=100), "quoteToken": TYPE},
        also=_substituted,
    ),
    "sticker": _message(
        {"packageId": Text(pattern=r"\d+"), "stickerId": Text(pattern=r"\d+")},
        {"quoteToken": TYPE},
    ),
    "image": _message(MEDIA),
    "video": _message(MEDIA, {"trackingId": Text(high=100)}),
    "audio": _message({"originalContentUrl": HTTPS, "duration": Whole(low=1, high=86_400_000)}),
    "location": _message(
        {
            "title": Text(high=100),
            "address": Text(high=100),
            "latitude": NUMBER,
            "longitude": NUMBER,
        }
    ),
    "imagemap": _message(
        {
            "baseUrl": HTTPS,
            "altText": ALT,
            "baseSize": Thing(must={"width": Whole(low=1_040, high=1_040), "height": PIXELS}),
            "actions": Items(of=MAP_ACTION, low=0, high=50),
        },
        {"video": MAP_VIDEO},
    ),
    "template": _message({"altText": ALT, "template": OneOf(of=TEMPLATES)}),
    "flex": _message({"altText": ALT, "contents": CONTAINER}),
}


SOME_MESSAGES = Items(of=OneOf(of=MESSAGES), low=1, high=5)

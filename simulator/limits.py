"""LINE's limits, as tables: what a request to the Messaging API may hold.

Source: LINE's Messaging API reference and its OpenAPI file. A new kind of message, template or
action is a row here. What a Flex message holds inside is measured in bytes only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.rules import Items, Kind, OneOf, Path, Problem, Rule, Sized, Text, Thing, Whole
from simulator.rules import graphemes as seen

ANY_TEXT = Text(low=0)
FLAG = Kind(bool, "a boolean")
NUMBER = Kind((int, float), "a number")
ANYTHING = Kind(object, "anything")
HTTPS = Text(high=2_000, pattern=r"https://.+")
URI = Text(high=1_000, pattern=r"(?:https?|line|tel|sms|mailto):.+")
LABEL = Text(high=20, count=seen)
DATA = Text(high=300)
TYPE = Text()


def _action(must: Mapping[str, Rule], may: Mapping[str, Rule] | None = None) -> Mapping[str, Any]:
    return {"must": {"type": TYPE, **must}, "may": may or {}}


ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "postback": _action(
        {"data": DATA},
        {
            "displayText": Text(high=300),
            "text": Text(high=300),
            "inputOption": Text(pattern="closeRichMenu|openRichMenu|openKeyboard|openVoice"),
            "fillInText": Text(high=300),
        },
    ),
    "message": _action({"text": Text(high=300)}),
    "uri": _action({"uri": URI}, {"altUri": Thing(may={"desktop": URI})}),
    "datetimepicker": _action(
        {"data": DATA, "mode": Text(pattern="date|time|datetime")},
        {"initial": ANY_TEXT, "max": ANY_TEXT, "min": ANY_TEXT},
    ),
    "clipboard": _action({"clipboardText": Text(high=1_000)}),
    "camera": _action({}),
    "cameraRoll": _action({}),
    "location": _action({}),
    "richmenuswitch": _action({"richMenuAliasId": Text(high=32), "data": DATA}),
}
ONLY_IN_QUICK_REPLIES = frozenset({"camera", "cameraRoll", "location"})


def _labelled(*, quick: bool) -> OneOf:
    """Rules for actions that must have a label."""
    return OneOf(
        of={
            name: Thing(must={**parts["must"], "label": LABEL}, may=parts["may"])
            for name, parts in ACTIONS.items()
            if quick or name not in ONLY_IN_QUICK_REPLIES
        }
    )


BUTTON = _labelled(quick=False)
CHIP = _labelled(quick=True)
TAP_ANYWHERE = OneOf(
    of={
        name: Thing(must=parts["must"], may={**parts["may"], "label": LABEL})
        for name, parts in ACTIONS.items()
        if name not in ONLY_IN_QUICK_REPLIES
    }
)

PICTURED = {"thumbnailImageUrl", "title"}
LOOKS: Mapping[str, Rule] = {
    "imageAspectRatio": Text(pattern="rectangle|square"),
    "imageSize": Text(pattern="cover|contain"),
}
CARD: Mapping[str, Rule] = {
    "thumbnailImageUrl": HTTPS,
    "imageBackgroundColor": Text(pattern="#[0-9A-Fa-f]{6}"),
    "title": Text(high=40),
    "defaultAction": TAP_ANYWHERE,
}


def _by_picture(value: Mapping[str, Any]) -> str:
    return "pictured" if any(value.get(name) for name in PICTURED) else "plain"


def _buttons(words: int) -> Thing:
    return Thing(
        must={"type": TYPE, "text": Text(high=words), "actions": Items(of=BUTTON, high=4)},
        may={**CARD, **LOOKS},
    )


def _column(words: int) -> Thing:
    return Thing(must={"text": Text(high=words), "actions": Items(of=BUTTON, high=3)}, may=CARD)


TEMPLATES: Mapping[str, Rule] = {
    "buttons": OneOf(of={"plain": _buttons(160), "pictured": _buttons(60)}, by=_by_picture),
    "confirm": Thing(
        must={"type": TYPE, "text": Text(high=240), "actions": Items(of=BUTTON, low=2, high=2)}
    ),
    "carousel": Thing(
        must={
            "type": TYPE,
            "columns": Items(
                of=OneOf(of={"plain": _column(120), "pictured": _column(60)}, by=_by_picture),
                high=10,
            ),
        },
        may=LOOKS,
    ),
    "image_carousel": Thing(
        must={
            "type": TYPE,
            "columns": Items(of=Thing(must={"imageUrl": HTTPS, "action": TAP_ANYWHERE}), high=10),
        }
    ),
}


def _flex_carousel(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """A carousel of Flex bubbles: at most 12, each within a bubble's size."""
    columns = Items(of=Sized(bytes=30 * 1024), high=12)
    yield from columns.problems(value.get("contents"), (*path, "contents"))
    yield from Sized(bytes=50 * 1024).problems(value, path)


FLEX = OneOf(
    of={
        "bubble": Sized(bytes=30 * 1024),
        "carousel": Thing(must={"type": TYPE, "contents": ANYTHING}, also=_flex_carousel),
    }
)


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
EMOJIS = Items(of=Thing(must={"index": NUMBER, "productId": TYPE, "emojiId": TYPE}), high=20)


def _message(must: Mapping[str, Rule], may: Mapping[str, Rule] | None = None, **more: Any) -> Thing:
    return Thing(must={"type": TYPE, **must}, may={**COMMON, **(may or {})}, **more)


MESSAGES: Mapping[str, Rule] = {
    "text": _message({"text": WORDS}, {"emojis": EMOJIS, "quoteToken": TYPE}),
    "textV2": _message(
        {"text": WORDS},
        {"substitution": Kind(dict, "an object"), "quoteToken": TYPE},
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
    "template": _message({"altText": ALT, "template": OneOf(of=TEMPLATES)}),
    "flex": _message({"altText": ALT, "contents": FLEX}),
}

SOME_MESSAGES = Items(of=OneOf(of=MESSAGES), low=1, high=5)
REPLY = Thing(
    must={"replyToken": Text(), "messages": SOME_MESSAGES}, may={"notificationDisabled": FLAG}
)
PUSH = Thing(
    must={"to": Text(), "messages": SOME_MESSAGES},
    may={
        "notificationDisabled": FLAG,
        "customAggregationUnits": Items(of=Text(high=30, pattern="[a-zA-Z0-9_]+"), low=0, high=1),
    },
)
LOADING = Thing(must={"chatId": Text()}, may={"loadingSeconds": Whole(low=5, high=60, step=5)})
MARK_AS_READ = Thing(must={"markAsReadToken": Text()})
ENDPOINT = Thing(must={"endpoint": Text(high=500, pattern=r"https?://.+")})
TEST_ENDPOINT = Thing(may={"endpoint": Text(high=500, pattern=r"https?://.+")})

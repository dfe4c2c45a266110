"""What a tap may do: LINE's action objects.

LINE counts labels and the words of an action in graphemes; a label has at most 20, inside a Flex
message 40.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.rules import OneOf, Rule, Text, Thing
from simulator.rules import graphemes as seen

ANY_TEXT = Text(low=0)
HTTPS = Text(high=2_000, pattern=r"https://.+", otherwise="must begin with https://")
URI = Text(high=1_000, pattern=r"(?:https?|line|tel|sms|mailto):.+")
LABEL = Text(high=20, count=seen)
FLEX_LABEL = Text(high=40, count=seen)
SAID = Text(high=300, count=seen)
DATA = Text(high=300)
TYPE = Text()


def _action(must: Mapping[str, Rule], may: Mapping[str, Rule] | None = None) -> Mapping[str, Any]:
    return {"must": {"type": TYPE, **must}, "may": may or {}}


ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "postback": _action(
        {"data": DATA},
        {
            "displayText": SAID,
            "text": SAID,
            "inputOption": Text(pattern="closeRichMenu|openRichMenu|openKeyboard|openVoice"),
            "fillInText": SAID,
        },
    ),
    "message": _action({"text": SAID}),
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


def labelled(label: Text, *, quick: bool = False) -> OneOf:
    """Rules for actions that must have a label."""
    return OneOf(
        of={
            name: Thing(must={**parts["must"], "label": label}, may=parts["may"])
            for name, parts in ACTIONS.items()
            if quick or name not in ONLY_IN_QUICK_REPLIES
        }
    )


def unlabelled(label: Text) -> OneOf:
    """Rules for actions on what needs no label: a picture, a box, an area."""
    return OneOf(
        of={
            name: Thing(must=parts["must"], may={**parts["may"], "label": label})
            for name, parts in ACTIONS.items()
            if name not in ONLY_IN_QUICK_REPLIES
        }
    )


BUTTON = labelled(LABEL)
CHIP = labelled(LABEL, quick=True)
TAP_ANYWHERE = unlabelled(LABEL)
FLEX_BUTTON = labelled(FLEX_LABEL)
FLEX_TAP = unlabelled(FLEX_LABEL)

"""Flex messages: every component, what it may hold, and which values its properties take.

LINE: a bubble has at most 30 KB, a carousel 50 KB and 12 bubbles; a baseline box holds texts,
icons and fillers only, and icons stand nowhere else; spans stand in texts; a video is the hero of
a bubble that is large and stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.limits.actions import FLEX_BUTTON, FLEX_TAP, HTTPS, TYPE
from simulator.rules import (
    Items,
    Kind,
    Later,
    OneOf,
    Path,
    Problem,
    Rule,
    Sized,
    Text,
    Thing,
    Whole,
)

KILO = 1_024
MOST = 2**31 - 1

# -- values ----------------------------------------------------------------------------------

STEPS = "none|xs|sm|md|lg|xl|xxl"
SIZES = "xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
PX = r"\d+(?:\.\d+)?px"
PERCENT = r"\d+(?:\.\d+)?%"
FLAG = Kind(bool, "a boolean")
FLEX = Whole(low=0, high=MOST)
COLOUR = Text(pattern="#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
SPACE = Text(pattern=f"{STEPS}|{PX}")
INSET = Text(pattern=f"{STEPS}|{PX}|{PERCENT}")
OFFSET = Text(pattern=f"{STEPS}|-?{PX}|-?{PERCENT}")
LENGTH = Text(pattern=f"{PX}|{PERCENT}")
FONT = Text(pattern=f"{SIZES}|{PX}")
PICTURE_SIZE = Text(pattern=f"{SIZES}|full|{PX}|{PERCENT}")
ALIGN = Text(pattern="start|end|center")
GRAVITY = Text(pattern="top|bottom|center")
WEIGHT = Text(pattern="regular|bold")
STYLE = Text(pattern="normal|italic")
DECORATION = Text(pattern="none|underline|line-through")
SHRINK = Text(pattern="shrink-to-fit")
ANGLE = Text(pattern=r"(?:[0-9]|[1-9]\d|[12]\d\d|3[0-5]\d)(?:\.\d+)?deg")
STOP = Text(pattern=r"(?:\d|[1-9]\d|100)(?:\.\d+)?%")
LIST = Kind(list, "an array")
TALLEST = 3
MOST_RATIO = 100_000


class Ratio:
    """`width:height`, each from 1 to 100,000, at most three times as high as wide."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Yield what is wrong."""
        parts = value.split(":") if isinstance(value, str) else []
        sides = [float(part) for part in parts if part.replace(".", "", 1).isdecimal()]
        whole = len(parts) == len(sides) == 2
        if not whole or not all(1 <= side <= MOST_RATIO for side in sides):
            yield Problem(path, "must be a ratio, width:height")
        elif sides[1] > TALLEST * sides[0]:
            yield Problem(path, "must not be higher than three times its width")


RATIO = Ratio()
PLACE: Mapping[str, Rule] = {
    "margin": SPACE,
    "position": Text(pattern="relative|absolute"),
    **{f"offset{side}": OFFSET for side in ("Top", "Bottom", "Start", "End")},
}
BACKGROUND = OneOf(
    of={
        "linearGradient": Thing(
            must={"type": TYPE, "angle": ANGLE, "startColor": COLOUR, "endColor": COLOUR},
            may={"centerColor": COLOUR, "centerPosition": STOP},
        )
    }
)

# -- components ------------------------------------------------------------------------------


def _part(must: Mapping[str, Rule], may: Mapping[str, Rule], **more: Any) -> Thing:
    return Thing(must={"type": TYPE, **must}, may=may, **more)


def _worded(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if value.get("text") is None and not value.get("contents"):
        yield Problem((*path, "text"), "text or contents must be specified")


SPAN = _part(
    {"text": Text()},
    {"color": COLOUR, "size": FONT, "weight": WEIGHT, "style": STYLE, "decoration": DECORATION},
)
TEXT = _part(
    {},
    {
        **PLACE,
        "text": Text(),
        "contents": Items(of=OneOf(of={"span": SPAN}), low=1, high=MOST),
        "flex": FLEX,
        "size": FONT,
        "align": ALIGN,
        "gravity": GRAVITY,
        "color": COLOUR,
        "weight": WEIGHT,
        "style": STYLE,
        "decoration": DECORATION,
        "wrap": FLAG,
        "lineSpacing": Text(pattern=PX),
        "action": FLEX_TAP,
        "maxLines": Whole(low=0, high=MOST),
        "adjustMode": SHRINK,
        "scaling": FLAG,
    },
    also=_worded,
)
BUTTON = _part(
    {"action": FLEX_BUTTON},
    {
        **PLACE,
        "flex": FLEX,
        "color": COLOUR,
        "style": Text(pattern="primary|secondary|link"),
        "gravity": GRAVITY,
        "height": Text(pattern="md|sm"),
        "adjustMode": SHRINK,
        "scaling": FLAG,
    },
)
IMAGE = _part(
    {"url": HTTPS},
    {
        **PLACE,
        "flex": FLEX,
        "align": ALIGN,
        "gravity": GRAVITY,
        "size": PICTURE_SIZE,
        "aspectRatio": RATIO,
        "aspectMode": Text(pattern="fit|cover"),
        "backgroundColor": COLOUR,
        "action": FLEX_TAP,
        "animated": FLAG,
    },
)
ICON = _part({"url": HTTPS}, {**PLACE, "size": FONT, "aspectRatio": RATIO, "scaling": FLAG})
SEPARATOR = _part({}, {"margin": SPACE, "color": COLOUR})
FILLER = _part({}, {"flex": FLEX})


def _held(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """What stands in a box follows from its layout."""
    rule = IN_LINE if value.get("layout") == "baseline" else IN_BOX
    contents = Items(of=rule, low=0, high=MOST)
    yield from contents.problems(value.get("contents"), (*path, "contents"))


BOX = _part(
    {"layout": Text(pattern="horizontal|vertical|baseline"), "contents": LIST},
    {
        **PLACE,
        **{f"padding{side}": INSET for side in ("All", "Top", "Bottom", "Start", "End")},
        **dict.fromkeys(("width", "maxWidth", "height", "maxHeight"), LENGTH),
        "flex": FLEX,
        "spacing": SPACE,
        "backgroundColor": COLOUR,
        "borderColor": COLOUR,
        "borderWidth": Text(pattern=f"none|light|normal|medium|semi-bold|bold|{PX}"),
        "cornerRadius": SPACE,
        "action": FLEX_TAP,
        "justifyContent": Text(
            pattern="center|flex-start|flex-end|space-between|space-around|space-evenly"
        ),
        "alignItems": Text(pattern="center|flex-start|flex-end"),
        "background": BACKGROUND,
    },
    also=_held,
)
A_BOX = Later(lambda: BOX)
IN_LINE = OneOf(of={"text": TEXT, "icon": ICON, "filler": FILLER})
IN_BOX = OneOf(
    of={
        "box": A_BOX,
        "button": BUTTON,
        "image": IMAGE,
        "text": TEXT,
        "separator": SEPARATOR,
        "filler": FILLER,
    }
)
VIDEO = _part(
    {"url": HTTPS, "previewUrl": HTTPS, "altContent": OneOf(of={"box": A_BOX, "image": IMAGE})},
    {"aspectRatio": RATIO, "action": FLEX_TAP},
)

# -- containers ------------------------------------------------------------------------------

BLOCK = Thing(may={"backgroundColor": COLOUR, "separator": FLAG, "separatorColor": COLOUR})
BLOCKS = ("header", "hero", "body", "footer")
ROOMY = ("kilo", "mega", "giga", None)


def _bubble(heroes: Mapping[str, Rule], **more: Any) -> Thing:
    box = OneOf(of={"box": A_BOX})
    return _part(
        {},
        {
            "size": Text(pattern="nano|micro|deca|hecto|kilo|mega|giga"),
            "direction": Text(pattern="ltr|rtl"),
            "header": box,
            "hero": OneOf(of=heroes),
            "body": box,
            "footer": box,
            "styles": Thing(may=dict.fromkeys(BLOCKS, BLOCK)),
            "action": FLEX_TAP,
        },
        **more,
    )


def _whole(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """LINE: at least one block, at most 30 KB, and room for a video."""
    if not any(value.get(block) for block in BLOCKS):
        yield Problem(path, "At least one block must be specified")
    yield from Sized(bytes=30 * KILO).problems(value, path)
    hero = value.get("hero")
    video = isinstance(hero, Mapping) and hero.get("type") == "video"
    if video and value.get("size") not in ROOMY:
        yield Problem((*path, "hero"), "a video needs a bubble of the size kilo, mega or giga")


STILL: Mapping[str, Rule] = {"box": A_BOX, "image": IMAGE}
BUBBLE = _bubble({**STILL, "video": VIDEO}, also=_whole)
COLUMN = OneOf(of={"bubble": _bubble(STILL, also=_whole)})
CAROUSEL = _part(
    {"contents": Items(of=COLUMN, high=12)},
    {},
    also=lambda value, path: Sized(bytes=50 * KILO).problems(value, path),
)
CONTAINER = OneOf(of={"bubble": BUBBLE, "carousel": CAROUSEL})

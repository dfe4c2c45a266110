"""Rich menus.

LINE: 800 to 2,500 pixels wide, at least 250 high, at least 1.45 times as wide as high; at most 20
areas; the bar's text has 14 characters; the picture is a JPEG or PNG of at most 1 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.limits.actions import TAP_ANYWHERE
from simulator.rules import Items, Kind, OneOf, Path, Problem, Text, Thing, Whole
from simulator.rules import graphemes as seen

RICH_MENU_BYTES = 1_024 * 1_024
RICH_MENU_TYPES = ("image/jpeg", "image/png")
FLATTEST = 1.45
MOST = 2**31 - 1


def _flat(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    width, height = value.get("width"), value.get("height")
    if isinstance(width, int) and isinstance(height, int) and width < FLATTEST * height:
        yield Problem((*path, "height"), f"width / height must be at least {FLATTEST}")


SIZE = Thing(
    must={"width": Whole(low=800, high=2_500), "height": Whole(low=250, high=MOST)}, also=_flat
)
BOUNDS = Thing(
    must={
        "x": Whole(low=0, high=MOST),
        "y": Whole(low=0, high=MOST),
        "width": Whole(low=1, high=MOST),
        "height": Whole(low=1, high=MOST),
    }
)


def _inside(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Every area lies on the picture."""
    size: Any = value.get("size")
    areas = value.get("areas")
    if list(SIZE.problems(size, ())) or not isinstance(areas, list):
        return
    for number, area in enumerate(areas):
        bounds: Any = area.get("bounds") if isinstance(area, Mapping) else None
        if list(BOUNDS.problems(bounds, ())):
            continue
        right, bottom = bounds["x"] + bounds["width"], bounds["y"] + bounds["height"]
        if right > size["width"] or bottom > size["height"]:
            yield Problem((*path, "areas", number, "bounds"), "must be inside the size")


RICH_MENU = Thing(
    must={
        "size": SIZE,
        "selected": Kind(bool, "a boolean"),
        "name": Text(high=300),
        "chatBarText": Text(high=14, count=seen),
        "areas": Items(of=Thing(must={"bounds": BOUNDS, "action": TAP_ANYWHERE}), low=0, high=20),
    },
    also=_inside,
)
ALIAS = Text(high=32, pattern="[a-z0-9_-]+")
RICH_MENU_ALIAS = Thing(must={"richMenuAliasId": ALIAS, "richMenuId": Text()})
RICH_MENU_ALIAS_CHANGE = Thing(must={"richMenuId": Text()})
USERS = Items(of=Text(), high=500)
RICH_MENU_LINKS = Thing(must={"richMenuId": Text(), "userIds": USERS})
RICH_MENU_UNLINKS = Thing(must={"userIds": USERS})

BATCH = OneOf(
    of={
        "link": Thing(must={"type": Text(), "from": Text(), "to": Text()}),
        "unlink": Thing(must={"type": Text(), "from": Text()}),
        "unlinkAll": Thing(must={"type": Text()}),
    }
)
RICH_MENU_BATCH = Thing(
    must={"operations": Items(of=BATCH, high=1_000)},
    may={"resumeRequestKey": Text(high=100, pattern="[a-zA-Z0-9_-]+")},
)

"""Template messages: buttons, confirm, carousel, image carousel. LINE counts in graphemes here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from simulator.limits.actions import BUTTON, HTTPS, TAP_ANYWHERE, TYPE, unlabelled
from simulator.rules import Items, OneOf, Path, Problem, Rule, Text, Thing
from simulator.rules import graphemes as seen

#: LINE: a label in an image carousel has at most 12 characters.
PICTURE_TAP = unlabelled(Text(high=12, count=seen))

PICTURED = {"thumbnailImageUrl", "title"}
LOOKS: Mapping[str, Rule] = {
    "imageAspectRatio": Text(pattern="rectangle|square"),
    "imageSize": Text(pattern="cover|contain"),
}
CARD: Mapping[str, Rule] = {
    "thumbnailImageUrl": HTTPS,
    "imageBackgroundColor": Text(pattern="#[0-9A-Fa-f]{6}"),
    "title": Text(high=40, count=seen),
    "defaultAction": TAP_ANYWHERE,
}


def _by_picture(value: Mapping[str, Any]) -> str:
    return "pictured" if any(value.get(name) for name in PICTURED) else "plain"


def _buttons(words: int) -> Thing:
    return Thing(
        must={
            "type": TYPE,
            "text": Text(high=words, count=seen),
            "actions": Items(of=BUTTON, high=4),
        },
        may={**CARD, **LOOKS},
    )


def _column(words: int) -> Thing:
    return Thing(
        must={"text": Text(high=words, count=seen), "actions": Items(of=BUTTON, high=3)}, may=CARD
    )


def _alike(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """A carousel's columns all have the same number of actions, and of pictures and titles."""
    listed = value.get("columns")
    columns = [one for one in listed if isinstance(one, Mapping)] if _is_list(listed) else []
    if len({len(actions) for one in columns if _is_list(actions := one.get("actions"))}) > 1:
        yield Problem((*path, "columns"), "the number of actions must be the same in all columns")
    for name in ("thumbnailImageUrl", "title"):
        if len({bool(one.get(name)) for one in columns}) > 1:
            yield Problem((*path, "columns"), f"{name} must be in all columns or in none")


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


TEMPLATES: Mapping[str, Rule] = {
    "buttons": OneOf(of={"plain": _buttons(160), "pictured": _buttons(60)}, by=_by_picture),
    "confirm": Thing(
        must={
            "type": TYPE,
            "text": Text(high=240, count=seen),
            "actions": Items(of=BUTTON, low=2, high=2),
        }
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
        also=_alike,
    ),
    "image_carousel": Thing(
        must={
            "type": TYPE,
            "columns": Items(of=Thing(must={"imageUrl": HTTPS, "action": PICTURE_TAP}), high=10),
        }
    ),
}

"""A menu as LINE takes it: what it does where it is tapped, its picture, and a name that tells it.

The name holds a digest of all the rest, so that a menu which is there already is known by it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ops.richmenu.layout import WIDTH, Layout, layout
from ops.richmenu.tiles import Menu

Json = dict[str, Any]

#: How names of menus begin that this command made; it leaves all others alone.
OURS: Final = "liao:"
_DIGEST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A language's menu. body: LINE's rich menu object; picture: a PNG."""

    language: str
    body: Mapping[str, Any]
    picture: bytes = field(repr=False)

    @classmethod
    def of(cls, menu: Menu, *, pixels: bytes, picture: bytes) -> Drawn:
        """Put a menu together; pixels: the picture's, the same however it is packed."""
        body = _body(menu, layout(len(menu.tiles)))
        content = json.dumps(body, sort_keys=True).encode() + pixels
        digest = hashlib.blake2b(content, digest_size=_DIGEST).hexdigest()
        named = {**body, "name": f"{OURS}{menu.language}:{digest}"}
        return cls(language=menu.language, body=named, picture=picture)

    @property
    def name(self) -> str:
        """Its name, which nobody sees but who asks LINE's API."""
        return str(self.body["name"])


def language_of(name: str) -> str:
    """The language in a name of ours."""
    return name.removeprefix(OURS).partition(":")[0]


def _body(menu: Menu, laid: Layout) -> Json:
    return {
        "size": {"width": WIDTH, "height": laid.height},
        "selected": False,
        "chatBarText": menu.bar,
        "areas": [
            {
                "bounds": {
                    "x": place.area.x,
                    "y": place.area.y,
                    "width": place.area.width,
                    "height": place.area.height,
                },
                "action": {"type": "message", "label": tile.title, "text": tile.text},
            }
            for tile, place in zip(menu.tiles, laid.places, strict=True)
        ],
    }

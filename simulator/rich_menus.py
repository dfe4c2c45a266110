"""Rich menus: the channel's, its default, and which person has which."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

Json = dict[str, Any]
Raw = bytes

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
#: Where a JPEG keeps its size: every "start of frame" marker.
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture's bytes, MIME type and size in pixels."""

    bytes: Raw = field(repr=False)
    type: str
    width: int
    height: int

    @classmethod
    def read(cls, raw: Raw) -> Self | None:
        """Read a PNG's or JPEG's size; None for anything else."""
        if raw.startswith(PNG) and len(raw) >= 24:
            width, height = struct.unpack(">II", raw[16:24])
            return cls(bytes=raw, type="image/png", width=width, height=height)
        for marker, part in _segments(raw) if raw.startswith(JPEG) else ():
            if marker in FRAMES and len(part) >= 5:
                height, width = struct.unpack(">HH", part[1:5])
                return cls(bytes=raw, type="image/jpeg", width=width, height=height)
        return None


def _segments(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """A JPEG's segments: marker and content."""
    at = len(JPEG)
    while at + 4 <= len(raw) and raw[at] == 0xFF:
        length = int.from_bytes(raw[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(raw):
            return
        yield raw[at + 1], raw[at + 4 : at + 2 + length]
        at += 2 + length


@dataclass(slots=True, kw_only=True)
class Menu:
    """One rich menu; it can be shown once it has a picture."""

    id: str
    body: Json
    picture: Picture | None = None

    def json(self) -> Json:
        """As LINE tells of it."""
        return {"richMenuId": self.id, **self.body}


@dataclass(slots=True)
class RichMenus:
    """Every rich menu of the channel. linked: by user; aliases: by alias; both name menus' ids.

    batches: when each that relinks people was accepted (ms since the epoch), by its request's id.
    """

    default: str | None = None
    linked: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)
    _menus: dict[str, Menu] = field(default_factory=dict)

    def add(self, body: Json) -> Menu:
        """Make a menu."""
        menu = Menu(id=f"richmenu-{secrets.token_hex(16)}", body=body)
        self._menus[menu.id] = menu
        return menu

    def find(self, menu_id: str) -> Menu | None:
        """The menu of this id."""
        return self._menus.get(menu_id)

    def all(self) -> list[Menu]:
        """Every menu, oldest first."""
        return list(self._menus.values())

    def remove(self, menu: Menu) -> None:
        """Remove a menu from wherever it is shown."""
        del self._menus[menu.id]
        self.default = None if self.default == menu.id else self.default
        self.linked = {user: kept for user, kept in self.linked.items() if kept != menu.id}
        self.aliases = {alias: kept for alias, kept in self.aliases.items() if kept != menu.id}

    def switch(self, user: str, alias: str) -> str:
        """A person switches to the menu of an alias; LINE's word for how that went."""
        if alias not in self.aliases:
            return "RICHMENU_ALIAS_ID_NOTFOUND"
        self.linked[user] = self.aliases[alias]
        return "SUCCESS"

    def relink(self, menu: str | None, to: str | None) -> None:
        """Give everybody who has one menu another; menu None: any, to None: none."""
        for user in [user for user, kept in self.linked.items() if menu in (None, kept)]:
            if to is None:
                del self.linked[user]
            else:
                self.linked[user] = to

    def shown(self) -> Json:
        """What the page gets: the menus that have a picture, and who sees which."""
        pictured = [menu.json() for menu in self._menus.values() if menu.picture]
        return {"default": self.default, "linked": self.linked, "menus": pictured}

    def clear(self) -> None:
        """Forget all of them."""
        self._menus.clear()
        self.linked.clear()
        self.aliases.clear()
        self.batches.clear()
        self.default = None

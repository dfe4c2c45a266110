"""The rich menus of a channel, through LINE's API.

LINE: a menu can't be changed once it is made, and is shown only with its picture. What shows it is
the channel's default, an alias, or a link to a person; the last goes before the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ops.line import Json, Line

_ROOT: Final = "/v2/bot/richmenu"
_DEFAULT: Final = "/v2/bot/user/all/richmenu"


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel's menus. Everything raises Trouble where LINE can't be asked or refuses."""

    line: Line

    def menus(self) -> dict[str, str]:
        """Every menu made through the API: its name by its id."""
        found = self.line.ask("GET", f"{_ROOT}/list", missing={}).get("richmenus", [])
        return {str(menu["richMenuId"]): str(menu.get("name", "")) for menu in found}

    def aliases(self) -> dict[str, str]:
        """Every alias, and the id of its menu."""
        found = self.line.ask("GET", f"{_ROOT}/alias/list", missing={}).get("aliases", [])
        return {str(each["richMenuAliasId"]): str(each["richMenuId"]) for each in found}

    def default(self) -> str:
        """The id of the menu that everybody sees who has no other, "" where there is none."""
        return str(self.line.ask("GET", _DEFAULT, missing={}).get("richMenuId", ""))

    def make(self, body: Json, picture: bytes) -> str:
        """Make a menu with its picture, a PNG; returns its id."""
        menu = str(self.line.ask("POST", _ROOT, body=body)["richMenuId"])
        self.line.upload(f"{_ROOT}/{menu}/content", picture, kind="image/png")
        return menu

    def is_whole(self, menu: str) -> bool:
        """Tell whether a menu has its picture."""
        return self.line.has(f"{_ROOT}/{menu}/content")

    def name(self, alias: str, menu: str, *, known: bool) -> None:
        """Let an alias lead to a menu; known: there is such an alias."""
        if known:
            self.line.ask("POST", f"{_ROOT}/alias/{alias}", body={"richMenuId": menu})
        else:
            body = {"richMenuAliasId": alias, "richMenuId": menu}
            self.line.ask("POST", f"{_ROOT}/alias", body=body)

    def unname(self, alias: str) -> None:
        """Take an alias away; one that is gone already is fine."""
        self.line.ask("DELETE", f"{_ROOT}/alias/{alias}", missing={})

    def show(self, menu: str) -> None:
        """Let everybody see a menu who has no other."""
        self.line.ask("POST", f"{_DEFAULT}/{menu}")

    def show_none(self) -> None:
        """Let nobody see a menu who has no own."""
        self.line.ask("DELETE", _DEFAULT, missing={})

    def move(self, into: Mapping[str, str]) -> str:
        """Begin to give everybody who has one of these menus the other; returns the work's id.

        LINE does it in a while, and takes such calls three times an hour.
        """
        operations = [{"type": "link", "from": old, "to": new} for old, new in into.items()]
        return self.line.begin(f"{_ROOT}/batch", {"operations": operations})

    def moved(self, work: str) -> str:
        """Ask how far that is: `ongoing`, `succeeded` or `failed`."""
        answer = self.line.ask("GET", f"{_ROOT}/progress/batch?requestId={work}")
        return str(answer.get("phase", ""))

    def remove(self, menu: str) -> None:
        """Remove a menu from wherever it is shown; one that is gone already is fine."""
        self.line.ask("DELETE", f"{_ROOT}/{menu}", missing={})

"""The rich menus of a simulated channel, as LINE's API tells of them and as others make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from ops.commands import richmenu
from tests.contract.operations import MENU, png
from tests.simulated import Simulated

Json = dict[str, Any]

PICTURE = png(800, 250)


def ops_richmenu(sim: Simulated, *arguments: str) -> None:
    """The operator calls `ops richmenu` on this simulator's channel, and it goes well."""
    channel = {
        "LINE_API_BASE_URL": sim.line_url,
        "LINE_DATA_API_BASE_URL": sim.line_url,
        "LINE_CHANNEL_ACCESS_TOKEN": sim.token,
        "LIAO_LANGUAGE": "zh-Hant",
    }
    done = CliRunner(env=channel).invoke(richmenu.command, ["--stage", "dev", *arguments])
    assert done.exit_code == 0, done.output


@dataclass(frozen=True, slots=True)
class Menus:
    """The rich menus of a simulated channel, as LINE's API tells of them."""

    sim: Simulated

    @property
    def _bearer(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.sim.token}"}

    def names(self) -> dict[str, str]:
        """Names by id."""
        return {it["richMenuId"]: it["name"] for it in self.all()}

    def all(self) -> list[Json]:
        """All of them."""
        return list(self._get("richmenu/list")["richmenus"])

    def default(self) -> str:
        """The name of the menu for everybody, "" where there is none."""
        return self._name(self._get("user/all/richmenu"))

    def of(self, user: str) -> str:
        """The name of a person's own menu, "" where there is none."""
        return self._name(self._get(f"user/{user}/richmenu"))

    def seen_by(self, user: str) -> str:
        """The name of the menu that a person sees."""
        return self.of(user) or self.default()

    def aliases(self) -> dict[str, str]:
        """The names of the menus by alias."""
        found = self._get("richmenu/alias/list")["aliases"]
        return {it["richMenuAliasId"]: self._name(it) for it in found}

    def picture(self, menu: str) -> bytes:
        """A menu's picture."""
        found = self.sim.http.get(f"/line/v2/bot/richmenu/{menu}/content", headers=self._bearer)
        assert found.is_success, found.text
        return found.content

    def make(self, name: str, *, whole: bool = True) -> str:
        """Somebody makes a menu, with a picture unless told; its id."""
        menu = str(self._post("richmenu", {**MENU, "name": name})["richMenuId"])
        if whole:
            headers = {**self._bearer, "content-type": "image/png"}
            path = f"/line/v2/bot/richmenu/{menu}/content"
            assert self.sim.http.post(path, content=PICTURE, headers=headers).is_success
        return menu

    def show(self, menu: str) -> None:
        """Somebody shows a menu to everybody."""
        self._post(f"user/all/richmenu/{menu}", {})

    def link(self, user: str, menu: str) -> None:
        """Somebody gives a person a menu of their own."""
        self._post(f"user/{user}/richmenu/{menu}", {})

    def link_by_alias(self, user: str, alias: str) -> None:
        """Somebody gives a person the menu that an alias leads to."""
        found = self._get("richmenu/alias/list")["aliases"]
        self.link(user, {it["richMenuAliasId"]: it["richMenuId"] for it in found}[alias])

    def name(self, alias: str, menu: str) -> None:
        """Somebody makes an alias."""
        self._post("richmenu/alias", {"richMenuAliasId": alias, "richMenuId": menu})

    def remove(self, menu: str) -> None:
        """Somebody removes a menu, and with it what leads to it."""
        path = f"/line/v2/bot/richmenu/{menu}"
        assert self.sim.http.delete(path, headers=self._bearer).is_success

    def _get(self, path: str) -> Json:
        found = self.sim.http.get(f"/line/v2/bot/{path}", headers=self._bearer)
        return dict(found.json()) if found.status_code != 404 else {}

    def _post(self, path: str, body: Json) -> Json:
        found = self.sim.http.post(f"/line/v2/bot/{path}", json=body, headers=self._bearer)
        assert found.is_success, found.text
        return dict(found.json())

    def _name(self, told: Json) -> str:
        return self.names().get(told.get("richMenuId", ""), "")

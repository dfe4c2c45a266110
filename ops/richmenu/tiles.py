"""What is on a menu: the commands that people may give, in the operator's order and their words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.domain.bot import localized
from chalicelib.domain.commands import CommandList, CommandSpec
from ops.richmenu.layout import MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One command. name: one of its names; line: what it does, "" where nothing is said of it."""

    command: str
    name: str
    line: str

    @property
    def title(self) -> str:
        """The name as it stands on the tile."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def text(self) -> str:
        """What a tap sends, and what anybody may write instead."""
        return f"/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A language's menu. bar: the words that open it."""

    language: str
    bar: str
    tiles: tuple[Tile, ...]

    @property
    def letters(self) -> str:
        """All that has to be drawn."""
        return "".join(tile.title + tile.line for tile in self.tiles)


def menu(commands: CommandList, language: str) -> Menu:
    """The menu in a language; of more commands than fit the first, as help lists them all."""
    words = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return Menu(
        language=language,
        bar=localized(words["bar"], language),
        tiles=tuple(_tile(spec, words, language) for spec in _offered(commands)[:MOST]),
    )


def beside(commands: CommandList) -> list[str]:
    """The English names of those that no menu has room for."""
    return [spec.shown_name("en") for spec in _offered(commands)[MOST:]]


def _offered(commands: CommandList) -> list[CommandSpec]:
    """What anybody may give in a private chat: LINE shows menus only there."""
    return [spec for spec in commands.specs if not (spec.admins or spec.groups)]


def _tile(spec: CommandSpec, words: Mapping[str, Any], language: str) -> Tile:
    name = words["names"].get(spec.id, {}).get(language) or spec.shown_name(language)
    line = words["lines"].get(spec.id)
    return Tile(command=spec.id, name=name, line=localized(line, language) if line else "")

"""Brings menus to LINE so that at every moment everybody has one that works.

New menus are made first, then everything is led to them, and last those they replace are removed.
What was cut off in between is finished by running it again: a menu that an alias leads to is whole,
and all others that were made here are either led away from, or rubbish.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, repeat
from typing import Final

from chalicelib.adapters.line.menus import alias
from chalicelib.domain.languages import LANGUAGES
from ops.richmenu.channel import Channel
from ops.richmenu.drawn import OURS, Drawn, language_of
from ops.show import Told
from ops.trouble import Trouble

Work = Callable[[Told], str]

#: Seconds between two looks how far LINE is; then no more.
_PAUSES: Final = tuple(chain((0.35, 0.5, 1.0), repeat(2.0, 60)))
_NOTHING: Final = "nothing to do"


@dataclass(slots=True, kw_only=True)
class Publishing:
    """What a channel has, and what becomes of it. `of` makes one.

    menus: names by id; aliases: ids by alias; default: an id, or "".
    """

    channel: Channel = field(repr=False)
    menus: dict[str, str]
    aliases: dict[str, str]
    default: str
    sleep: Callable[[float], None] = time.sleep
    _made: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, channel: Channel) -> Publishing:
        """Ask LINE what there is. Raises Trouble."""
        return cls(
            channel=channel,
            menus=channel.menus(),
            aliases=channel.aliases(),
            default=channel.default(),
        )

    @property
    def stranger(self) -> str:
        """The name of the menu that everybody sees now, where it was not made here; else ""."""
        if not self.default or self._is_ours(self.default):
            return ""
        return self.menus.get(self.default) or self.default

    def steps(self, wanted: Sequence[Drawn], *, language: str) -> Iterator[tuple[str, Work]]:
        """Titles and what to do, in order; language: whose menu everybody sees without another."""
        for drawn in wanted:
            yield f"Menu {drawn.language}", partial(self._make, drawn)
        yield "Aliases", self._name
        yield f"Menu for everybody: {language}", partial(self._show, language)
        yield "People's own menus", self._move
        yield "Replaced menus", self._clean

    def removal(self) -> Iterator[tuple[str, Work]]:
        """Titles and what to do to take away what was made here, and nothing else."""
        yield "Menu for everybody", self._show_none
        yield "Aliases", self._unname
        yield "Menus", self._clean

    def _make(self, drawn: Drawn, told: Told) -> str:
        there = self.aliases.get(alias(drawn.language), "")
        if self.menus.get(there) == drawn.name:
            self._made[drawn.language] = there
            return _NOTHING
        told("sending the picture")
        self._made[drawn.language] = self.channel.make(dict(drawn.body), drawn.picture)
        size = len(drawn.picture) / 1_000
        return f"made, {len(drawn.body['areas'])} tiles, a picture of {size:,.0f} kB"

    def _name(self, told: Told) -> str:
        changed = []
        for language, menu in self._made.items():
            name = alias(language)
            if self.aliases.get(name) != menu:
                told(name)
                self.channel.name(name, menu, known=name in self.aliases)
                changed.append(name)
        return ", ".join(changed) or _NOTHING

    def _show(self, language: str, _told: Told) -> str:
        menu, before = self._made[language], self.default
        if before == menu:
            return _NOTHING
        stranger = self.stranger
        self.channel.show(menu)
        self.default = menu
        if stranger:
            return f"shown in place of “{stranger}”, which is kept"
        return "changed" if before else "shown; it hides one made in the Official Account Manager"

    def _move(self, told: Told) -> str:
        """Let LINE give people who have a menu of their own the one that replaces it."""
        told("looking for menus that people may have")
        into = {
            old: self._made[language_of(self.menus[old])]
            for old in self._replaced()
            if language_of(self.menus[old]) in self._made and self.channel.is_whole(old)
        }
        if not into:
            return _NOTHING
        work = self.channel.move(into)
        told("LINE gives people the new menus")
        for pause in _PAUSES:
            self.sleep(pause)
            phase = self.channel.moved(work)
            if phase == "succeeded":
                return "replaced"
            if phase == "failed":
                break
        raise Trouble(
            "LINE has not given everybody their new menu yet",
            "Run this again in some minutes; until then the old menus stay, and work.",
        )

    def _clean(self, told: Told) -> str:
        replaced = self._replaced()
        for menu in replaced:
            told(self.menus[menu])
            self.channel.remove(menu)
        return f"{len(replaced)} removed" if replaced else _NOTHING

    def _show_none(self, _told: Told) -> str:
        if not self._is_ours(self.default):
            return _NOTHING
        self.channel.show_none()
        return "not shown any more"

    def _unname(self, told: Told) -> str:
        names = [name for name in map(alias, LANGUAGES) if self._leads_to_ours(name)]
        for name in names:
            told(name)
            self.channel.unname(name)
        return f"{', '.join(names)} removed" if names else _NOTHING

    def _replaced(self) -> list[str]:
        """Menus that were made here, but not those that shall stay."""
        stay = self._made.values()
        return [menu for menu in self.menus if self._is_ours(menu) and menu not in stay]

    def _leads_to_ours(self, name: str) -> bool:
        """Tell whether an alias leads to a menu that was made here, or to none any more."""
        menu = self.aliases.get(name, "")
        return bool(menu) and (menu not in self.menus or self._is_ours(menu))

    def _is_ours(self, menu: str) -> bool:
        return self.menus.get(menu, "").startswith(OURS)

"""Rich menus: the channel's, its default, and which person has which."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class RichMenus:
    """Every rich menu of the channel."""

    def clear(self) -> None:
        """Forget all of them."""

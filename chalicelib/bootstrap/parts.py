"""What the use cases that answer are made of: all of it comes in from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.bootstrap.menu import Menu
from chalicelib.domain.bot import Bot
from chalicelib.domain.commands import CommandList
from chalicelib.ports import (
    Clock,
    Content,
    Media,
    Menus,
    Messenger,
    Queue,
    Staff,
    Stores,
    Telemetry,
    Vendors,
)
from chalicelib.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the use cases that answer are made of."""

    settings: Settings
    bot: Bot
    commands: CommandList
    stores: Stores
    queue: Queue
    messenger: Messenger
    content: Content
    menus: Menus
    media: Media
    staff: Callable[[], Staff]
    vendors: Vendors
    menu: Menu
    pseudonym: Callable[[str], str]
    clock: Clock
    telemetry: Telemetry
    new_id: Callable[[], str]
    poll: float

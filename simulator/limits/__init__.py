"""LINE's limits, as tables: what a request to the Messaging API may hold.

Source: LINE's Messaging API reference and its OpenAPI file. A new kind of message, component or
action is a row in one of these modules; here are the bodies of requests.
"""

from __future__ import annotations

from simulator.limits.messages import SOME_MESSAGES
from simulator.limits.rich_menus import (
    RICH_MENU,
    RICH_MENU_ALIAS,
    RICH_MENU_ALIAS_CHANGE,
    RICH_MENU_BATCH,
    RICH_MENU_BYTES,
    RICH_MENU_LINKS,
    RICH_MENU_TYPES,
    RICH_MENU_UNLINKS,
)
from simulator.rules import Items, Kind, Text, Thing, Whole

__all__ = [
    "BROADCAST",
    "ENDPOINT",
    "LOADING",
    "MARK_ALL_AS_READ",
    "MARK_AS_READ",
    "MULTICAST",
    "PUSH",
    "REPLY",
    "RICH_MENU",
    "RICH_MENU_ALIAS",
    "RICH_MENU_ALIAS_CHANGE",
    "RICH_MENU_BATCH",
    "RICH_MENU_BYTES",
    "RICH_MENU_LINKS",
    "RICH_MENU_TYPES",
    "RICH_MENU_UNLINKS",
    "TEST_ENDPOINT",
    "VALIDATE",
]

FLAG = Kind(bool, "a boolean")
UNITS = Items(of=Text(high=30, pattern="[a-zA-Z0-9_]+"), low=0, high=1)
QUIET = {"notificationDisabled": FLAG}

REPLY = Thing(must={"replyToken": Text(), "messages": SOME_MESSAGES}, may=QUIET)
PUSH = Thing(
    must={"to": Text(), "messages": SOME_MESSAGES}, may={**QUIET, "customAggregationUnits": UNITS}
)
MULTICAST = Thing(
    must={"to": Items(of=Text(), high=500), "messages": SOME_MESSAGES},
    may={**QUIET, "customAggregationUnits": UNITS},
)
BROADCAST = Thing(must={"messages": SOME_MESSAGES}, may=QUIET)
VALIDATE = Thing(must={"messages": SOME_MESSAGES})
LOADING = Thing(must={"chatId": Text()}, may={"loadingSeconds": Whole(low=5, high=60, step=5)})
MARK_AS_READ = Thing(must={"markAsReadToken": Text()})
MARK_ALL_AS_READ = Thing(must={"chat": Thing(must={"userId": Text()})})
ENDPOINT = Thing(must={"endpoint": Text(high=500, pattern=r"https?://.+")})
TEST_ENDPOINT = Thing(may={"endpoint": Text(high=500, pattern=r"https?://.+")})

"""LINE's Messaging API, endpoint by endpoint: a table of verbs, paths and the work behind each.

What LINE has and the simulator doesn't speak (narrowcast, audiences, coupons, memberships, account
links) is a table of its own, `UNSPOKEN`.
"""

from __future__ import annotations

from simulator.line_api import (
    channel,
    content,
    groups,
    menu_batches,
    menus,
    messages,
    tokens,
    unspoken,
)
from simulator.line_api.call import Call, Endpoint

__all__ = ["ENDPOINTS", "UNSPOKEN", "Call", "Endpoint"]

UNSPOKEN: tuple[Endpoint, ...] = unspoken.ENDPOINTS
ENDPOINTS: tuple[Endpoint, ...] = (
    *messages.ENDPOINTS,
    *content.ENDPOINTS,
    *groups.ENDPOINTS,
    *channel.ENDPOINTS,
    *tokens.ENDPOINTS,
    *menus.ENDPOINTS,
    *menu_batches.ENDPOINTS,
)

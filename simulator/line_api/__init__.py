"""LINE's Messaging API, endpoint by endpoint: a table of verbs, paths and the work behind each.

What LINE has and the simulator doesn't speak (narrowcast, audiences, coupons, memberships, account
links) answers 404 and says so.
"""

from __future__ import annotations

from simulator.line_api import channel, content, groups, menus, messages, tokens
from simulator.line_api.call import Call, Endpoint

__all__ = ["ENDPOINTS", "Call", "Endpoint"]

ENDPOINTS: tuple[Endpoint, ...] = (
    *messages.ENDPOINTS,
    *content.ENDPOINTS,
    *groups.ENDPOINTS,
    *channel.ENDPOINTS,
    *tokens.ENDPOINTS,
    *menus.ENDPOINTS,
)

"""Where a message's time went, read from the lines the bot logs.

One message at a time is under way, so each line belongs to the last one that was accepted. The
lines tell whole milliseconds; medians over many messages tell enough to know where to look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

Fact = dict[str, Any]

REPLY = "/v2/bot/message/reply"
#: The parts, in the order of a message's way, and the facts that each lies between.
PARTS = ("stored", "queued", "prepared", "model", "delivered", "sent")


def parts(log: Sequence[str], begun: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """Yield each message's parts, in milliseconds; one whose lines lack a part is left out.

    begun: when each event's webhook was begun, in seconds since the epoch.
    stored: until the event was accepted. queued: until a worker took it. prepared: until the model
    was called. model: its call.
    delivered: until LINE was called with the reply. sent: that call.
    """
    for facts in _messages(log):
        accepted, taken = facts.get("event_accepted"), facts.get("turn_taken")
        called, replied = facts.get("model_called"), facts.get("line_called")
        if accepted and taken and called and replied and accepted["event"] in begun:
            asked, spoke = _at(called) - called["ms"], _at(replied) - replied["ms"]
            yield {
                "stored": _at(accepted) - begun[accepted["event"]] * 1_000,
                "queued": _at(taken) - _at(accepted),
                "prepared": asked - _at(taken),
                "model": called["ms"],
                "delivered": spoke - _at(called),
                "sent": replied["ms"],
            }


def _messages(log: Sequence[str]) -> Iterator[dict[str, Fact]]:
    """The facts of each message, by name."""
    message: dict[str, Fact] = {}
    for fact in _facts(log):
        if fact["fact"] == "event_accepted":
            yield message
            message = {}
        if fact["fact"] != "line_called" or fact["path"] == REPLY:
            message[fact["fact"]] = fact
    yield message


def _facts(log: Sequence[str]) -> Iterator[Fact]:
    for line in log:
        if line.startswith('{"time"'):
            yield json.loads(line)


def _at(fact: Fact) -> float:
    """When a fact was logged, in milliseconds."""
    return datetime.fromisoformat(fact["time"]).timestamp() * 1_000

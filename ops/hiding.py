"""A chat as the log names it, so that an operator finds one in the other."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.adapters.telemetry.records import Recorder
from chalicelib.domain.chat import Chat


def hidden(chat: Chat | None, key: bytes) -> str:
    """The keyed hash that stands for a chat in every line of the log."""
    if chat is None:
        return "–"
    now = datetime.now(UTC)
    record = Recorder(key=key).record("info", "", {"chat": chat.key}, now=now, during={})
    return str(record["chat"])

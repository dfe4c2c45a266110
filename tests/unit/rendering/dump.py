"""Messages as a text that can be read, compared and kept beside an answer."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.messages import Code, Table, Text
from chalicelib.domain.rendering.letters import STROKE

Rendered = Text | Code | Table
#: Begins a message; followed by its kind and, for code, its language.
MARK = "=== "


def dump(messages: Iterable[Rendered]) -> str:
    """Each message under a line that names its kind; a cell's own line ends are shown as ⏎."""
    return "\n".join(_dumped(message) for message in messages) + "\n"


def seen(messages: Iterable[Rendered]) -> str:
    """All words that a reader sees, in reading order, without the lines through struck ones."""
    words = "\n".join("\n".join(_seen(message)) for message in messages)
    return words.replace(STROKE, "")


def _dumped(message: Rendered) -> str:
    if isinstance(message, Text):
        return f"{MARK}text\n{message.text}"
    if isinstance(message, Code):
        return f"{MARK}code {message.language}".rstrip() + f"\n{message.text}"
    rows = [message.header, *message.rows]
    lines = [" | ".join(cell.replace("\n", "⏎") for cell in row) for row in rows]
    return "\n".join([f"{MARK}table", *lines])


def _seen(message: Rendered) -> list[str]:
    if isinstance(message, Table):
        return [cell for row in (message.header, *message.rows) for cell in row]
    if isinstance(message, Code) and message.language:
        return [message.language, message.text]  # a card's head tells it
    return [message.text]

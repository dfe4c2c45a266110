"""What people read of a message, for tests that compare words and not looks."""

from __future__ import annotations

from chalicelib.domain.messages import Message, Table


def words(message: Message) -> str:
    """A message's text; of a table its cells, a row a line."""
    if isinstance(message, Table):
        return "\n".join(" | ".join(row) for row in (message.header, *message.rows))
    return message.text

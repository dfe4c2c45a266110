"""What a message says in words, whatever it looks like: for who quotes it.

Whoever answers a quoted message knows it by its words alone. Buttons are not among them: they are
what may be done about it.
"""

from __future__ import annotations

from chalicelib.domain.messages import Message, Table


def said(message: Message) -> str:
    """Tell its words; a table's are its cells, a row a line, under its header."""
    if isinstance(message, Table):
        return "\n".join(" | ".join(row) for row in (message.header, *message.rows))
    return message.text

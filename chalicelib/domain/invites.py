"""How an invitation's code is written, and which message is one.

No letter or digit in it looks like another, so that it can be read out and typed.
"""

from __future__ import annotations

import re

from chalicelib.domain.events import TextSent

#: What is read as a code.
CODE = re.compile(r"([2-9A-HJKMNP-TV-Z]{4})-?([2-9A-HJKMNP-TV-Z]{4})")


def code_of(text: str) -> str:
    """The code that a message is, in the way it is kept; "" where it is none."""
    found = CODE.fullmatch(text.strip().upper())
    return "".join(found.groups()) if found else ""


def gives_code(event: TextSent) -> bool:
    """Tell whether a message brings a code to the bot: in a group only where it was mentioned."""
    return (event.chat.is_private or event.to_bot) and bool(code_of(event.text))

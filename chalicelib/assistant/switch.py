"""Something in a group that is on or off: how it is, and a button that makes it the other."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.domain.messages import Answer, Buttons, Tap
from chalicelib.ports import YES

#: The word behind a command's name that turns it on.
_ON = "on"


def flip(call: Call, action: str, *, is_on: bool, on: str, off: str) -> Tap:
    """Make the button that turns it the other way; on, off: what it says then."""
    label, subject = (off, "") if is_on else (on, YES)
    return call.tools.taps.make(label, chat=call.chat, action=action, subject=subject)


def offered(text: str, button: Tap) -> Answer:
    """Say how it is, above the button that changes it."""
    return Answer(messages=(Buttons(text=text, buttons=(button,)),))


def wanted(call: Call) -> bool | None:
    """Whether it is to be on, by the button or the word behind the name; None without either."""
    if call.button:
        return bool(call.button.subject)
    return call.argument == _ON if call.argument else None

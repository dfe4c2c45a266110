"""What the bot says, in LINE's JSON.

LINE refuses a whole reply for one label that is a character too long. The use cases keep within
its limits; here everything is clipped to them once more, so that a slip costs a few characters
and not an answer.
"""

from __future__ import annotations

from typing import Any, Final

from chalicelib.adapters.line.actions import to_action
from chalicelib.adapters.line.cards import to_carousel
from chalicelib.domain.cutting import clip
from chalicelib.domain.messages import Buttons, Cards, Message, Text

Json = dict[str, Any]

# LINE: UTF-16 code units. A template's text is counted in graphemes; units are never fewer, so
# clipping by units is on the safe side.
_TEXT: Final = 5000
_ALT_TEXT: Final = 1500
_TEMPLATE_TEXT: Final = 160
_QUICK_REPLIES: Final = 13
_BUTTONS: Final = 4


def to_line(message: Message) -> Json:
    """Make LINE's message object of one of ours."""
    if isinstance(message, Cards):
        return to_carousel(message)
    if isinstance(message, Buttons):
        return _template(message)
    return _text(message)


def _text(message: Text) -> Json:
    said: Json = {"type": "text", "text": clip(message.text, units=_TEXT)}
    suggestions = message.suggestions[:_QUICK_REPLIES]
    if suggestions:
        items = [{"type": "action", "action": to_action(say)} for say in suggestions]
        said["quickReply"] = {"items": items}
    return said


def _template(message: Buttons) -> Json:
    """Always the `buttons` template: it stays in the chat, and holds one to four."""
    buttons = message.buttons[:_BUTTONS]
    text = clip(message.text, units=_TEMPLATE_TEXT)
    alt_text = " ".join([text, *(f"[{button.label}]" for button in buttons)])
    return {
        "type": "template",
        "altText": clip(alt_text, units=_ALT_TEXT),
        "template": {"type": "buttons", "text": text, "actions": [to_action(b) for b in buttons]},
    }

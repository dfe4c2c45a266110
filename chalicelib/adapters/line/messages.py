"""What the bot says, in LINE's JSON.

LINE refuses a whole reply for one label that is a character too long. The use cases keep within
its limits; here everything is clipped to them once more, so that a slip costs a few characters
and not an answer. Code and tables that are too much for a card become text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from chalicelib.adapters.line.actions import to_action
from chalicelib.adapters.line.cards import to_carousel
from chalicelib.adapters.line.code import to_block
from chalicelib.adapters.line.flex import ALT_TEXT, NOTHING
from chalicelib.adapters.line.tables import to_grid, told
from chalicelib.domain.cutting import clip
from chalicelib.domain.messages import Buttons, Cards, Code, Message, Suggestible, Table, Text

Json = dict[str, Any]

# LINE: UTF-16 code units. A template's text is counted in graphemes; units are never fewer, so
# clipping by units is on the safe side.
_TEXT: Final = 5000
_TEMPLATE_TEXT: Final = 160
_QUICK_REPLIES: Final = 13
_BUTTONS: Final = 4


def to_line(message: Message) -> Json:
    """Make LINE's message object of one of ours."""
    said = _MADE[type(message)](message)
    if isinstance(message, Suggestible) and message.suggestions:
        actions = map(to_action, message.suggestions[:_QUICK_REPLIES])
        items = [{"type": "action", "action": action} for action in actions]
        said["quickReply"] = {"items": items}
    return _whole(said)


def _whole(said: Json) -> Json:
    """Replace halves of surrogate pairs, which JSON can hold and UTF-8 can't."""
    raw = json.dumps(said, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
    whole: Json = json.loads(raw.decode("utf-16-le", "replace"))
    return whole


def _text(message: Text) -> Json:
    quote = {"quoteToken": message.quote} if message.quote else {}
    return {**_said(message.text), **quote}


def _said(text: str) -> Json:
    return {"type": "text", "text": clip(text, units=_TEXT) if text.strip() else NOTHING}


def _code(message: Code) -> Json:
    return to_block(message) or _said(message.text)


def _table(message: Table) -> Json:
    return to_grid(message) or _said(told(message, units=_TEXT))


def _template(message: Buttons) -> Json:
    """Always the `buttons` template: it stays in the chat, and holds one to four."""
    buttons = message.buttons[:_BUTTONS]
    text = clip(message.text, units=_TEMPLATE_TEXT)
    alt_text = " ".join([text, *(f"[{button.label}]" for button in buttons)])
    return {
        "type": "template",
        "altText": clip(alt_text, units=ALT_TEXT),
        "template": {"type": "buttons", "text": text, "actions": [to_action(b) for b in buttons]},
    }


_MADE: Mapping[type[Message], Callable[[Any], Json]] = {
    Text: _text,
    Code: _code,
    Table: _table,
    Buttons: _template,
    Cards: to_carousel,
}

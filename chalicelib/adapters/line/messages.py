"""What the bot says, in LINE's JSON.

LINE refuses a whole reply for one label that is a character too long. The use cases keep within
its limits; here everything is clipped to them once more, so that a slip costs a few characters
and not an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chalicelib.domain.cutting import clip, clip_graphemes
from chalicelib.domain.messages import Action, Buttons, Message, Open, Say, Tap, Text

Json = dict[str, Any]

# LINE: UTF-16 code units, but labels in graphemes. A template's text and a button's words are
# counted in graphemes too; units are never fewer, so clipping by units is on the safe side.
_TEXT: Final = 5000
_ALT_TEXT: Final = 1500
_TEMPLATE_TEXT: Final = 160
_WORDS: Final = 300
_LABEL: Final = 20
_DATA: Final = 300
_QUICK_REPLIES: Final = 13
_BUTTONS: Final = 4


def to_line(message: Message) -> Json:
    """Make LINE's message object of one of ours."""
    if isinstance(message, Buttons):
        return _template(message)
    return _text(message)


def _text(message: Text) -> Json:
    said: Json = {"type": "text", "text": clip(message.text, units=_TEXT)}
    suggestions = message.suggestions[:_QUICK_REPLIES]
    if suggestions:
        items = [{"type": "action", "action": _action(say)} for say in suggestions]
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
        "template": {"type": "buttons", "text": text, "actions": [_action(b) for b in buttons]},
    }


def _action(action: Action) -> Json:
    kind, fields = _ACTIONS[type(action)]
    return {"type": kind, "label": clip_graphemes(action.label, _LABEL), **fields(action)}


def _tap(action: Tap) -> Json:
    if len(action.data) > _DATA:
        raise ValueError(f"a button carries {len(action.data)} characters; LINE takes {_DATA}")
    return {"data": action.data, "displayText": clip(action.label, units=_WORDS)}


def _say(action: Say) -> Json:
    return {"text": clip(action.text, units=_WORDS)}


def _open(action: Open) -> Json:
    return {"uri": action.uri}


_ACTIONS: Mapping[type[Action], tuple[str, Callable[[Any], Json]]] = {
    Tap: ("postback", _tap),
    Say: ("message", _say),
    Open: ("uri", _open),
}

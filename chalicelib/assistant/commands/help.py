"""/help: buttons first, for everything the bot offers."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.domain.bot import localized
from chalicelib.domain.messages import Answer, Buttons, Message, Say, Text

#: LINE: a template holds four buttons.
_BUTTONS = 4


def run(call: Call) -> Answer:
    """Offer the other commands as buttons, and the opening questions as suggestions."""
    names = [
        spec.shown_name(call.say.language)
        for spec in call.tools.commands.specs
        if spec.id != call.spec.id
        and (not spec.admins or call.is_admin)
        and not (spec.groups and call.chat.is_private)
    ]
    shown, listed = names[:_BUTTONS], names[_BUTTONS:]
    messages: list[Message] = []
    if shown:
        buttons = tuple(Say(name, f"/{name}") for name in shown)
        messages.append(Buttons(text=call.say("text"), buttons=buttons))
    if listed:
        slashed = call.say("between").join(f"/{name}" for name in listed)
        messages.append(Text(text=call.say("listed", names=slashed)))
    openers = localized(call.tools.bot.openers, call.say.language)
    return Answer(messages=(*messages, *_suggested(call, openers)))


def _suggested(call: Call, openers: tuple[str, ...]) -> tuple[Message, ...]:
    if not openers:
        return ()
    text = "\n".join(f"・{opener}" for opener in openers)
    return (Text(text=text, suggestions=call.tools.taps.suggestions(call.chat, openers)),)

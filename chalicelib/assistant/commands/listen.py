"""/listen: whether the bot answers everything in a group, or only what is meant for it."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.assistant.switch import flip, offered, wanted
from chalicelib.domain.messages import Answer, Tap
from chalicelib.ports import YES, Choice

SET = "listen.set"


def run(call: Call) -> Answer:
    """Turn it on or off; without a word behind it, say how it is and offer the other."""
    is_on = wanted(call)
    if call.chat.is_private:
        return Answer.told(call.say("private"))
    if is_on is None:
        now = call.say("is_on") if call.facts.listens else call.say("is_off")
        return offered(now, button(call))
    if not call.may_choose:
        return Answer.told(call.say("not_yours"))
    call.choose(Choice.LISTENS, YES if is_on else "")
    return Answer.told(call.say("turned_on") if is_on else call.say("turned_off"))


def button(call: Call) -> Tap:
    """The button that turns it the other way."""
    on, off = call.say("on_button"), call.say("off_button")
    return flip(call, SET, is_on=call.facts.listens, on=on, off=off)


#: Each sets the same thing however often it is tapped.
LASTING = frozenset({SET})
ACTIONS = {SET: run}

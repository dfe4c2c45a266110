"""/memory: whether the bot keeps what is said in a group, so that it can be asked about it."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.assistant.switch import flip, offered, wanted
from chalicelib.domain.messages import Answer, Tap
from chalicelib.ports import YES, Choice

SET = "memory.set"


def run(call: Call) -> Answer:
    """Turn it on or off; without a word behind it, say how it is and offer the other.

    Who turns it off wants it forgotten: what was kept goes at once.
    """
    is_on = wanted(call)
    if call.chat.is_private:
        return Answer.told(call.say("private"))
    if is_on is None:
        return offered(
            call.say("is_on") if call.facts.remembers else call.say("is_off"), button(call)
        )
    if not call.may_choose:
        return Answer.told(call.say("not_yours"))
    call.choose(Choice.REMEMBERS, YES if is_on else "")
    if is_on:
        return Answer.told(call.say("turned_on"))
    call.tools.history.clear(call.chat)
    return Answer.told(call.say("turned_off"))


def button(call: Call) -> Tap:
    """The button that turns it the other way."""
    on, off = call.say("on_button"), call.say("off_button")
    return flip(call, SET, is_on=call.facts.remembers, on=on, off=off)


#: Each sets the same thing however often it is tapped.
LASTING = frozenset({SET})
ACTIONS = {SET: run}

"""/delete my data: erase everything stored of a person, after asking back.

Two buttons, which only the asker can use, and which work for ten minutes.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.assistant.call import Call
from chalicelib.domain.messages import Answer, Buttons

CONFIRM = "delete.confirm"
KEEP = "delete.keep"
_LIFE = timedelta(minutes=10)


def run(call: Call) -> Answer:
    """Ask back."""
    if call.user is None:
        return Answer.told(call.say("nobody"))
    buttons = tuple(
        call.tools.taps.make(
            call.say(label), chat=call.chat, action=action, user=call.user, life=_LIFE
        )
        for label, action in (("confirm", CONFIRM), ("keep", KEEP))
    )
    return Answer(messages=(Buttons(text=call.say("ask"), buttons=buttons),))


def confirm(call: Call) -> Answer:
    """Erase everything, in every store and every chat."""
    if call.user is not None:
        for store in call.tools.stores:
            store.forget_person(call.user, keep_turn=call.turn.id)
    return Answer.told(call.say("done"))


def keep(call: Call) -> Answer:
    """Erase nothing."""
    return Answer.told(call.say("kept"))


ACTIONS = {CONFIRM: confirm, KEEP: keep}

"""/human: people answer here in the bot's place, and the bot comes back by a button."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.assistant.handover import BACK
from chalicelib.domain.messages import Answer

#: The words behind the name that bring the bot back.
_BACK = "back"


def run(call: Call) -> Answer:
    """Call people; or take the chat back from them."""
    if call.argument == _BACK:
        return back(call)
    return Answer(messages=call.tools.handover.begin(call.turn, call.voice))


def back(call: Call) -> Answer:
    """Take the chat back from people."""
    return call.tools.handover.end(call.chat, call.voice)


#: Taking it back twice changes nothing.
LASTING = frozenset({BACK})
ACTIONS = {BACK: back}

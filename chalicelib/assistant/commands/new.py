"""/new: forget this conversation's context and start anew."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.domain.messages import Answer


def run(call: Call) -> Answer:
    """Clear the chat's history."""
    call.tools.history.clear(call.chat)
    return Answer.told(call.say("done"))

"""/privacy: where it is written what is stored, for how long, and who processes it."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.domain.messages import Answer, Buttons, Open


def run(call: Call) -> Answer:
    """Open the privacy page; where the bot's own address isn't known, say the essence."""
    url = call.privacy_url
    if not url:
        return Answer.told(call.say("text_only"))
    button = Open(call.say("open"), url)
    return Answer(messages=(Buttons(text=call.say("text"), buttons=(button,)),))

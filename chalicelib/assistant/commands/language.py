"""/language: what the bot speaks in a chat, whatever the LINE profile says."""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.domain.languages import NAMES
from chalicelib.domain.messages import Answer, Buttons
from chalicelib.ports import Choice

SET = "language.set"
#: The word for the profile's own language.
_AUTO = "auto"


def run(call: Call) -> Answer:
    """Choose a language; without a word behind it, offer them all."""
    if call.argument:
        return _chosen(call, call.argument)
    buttons = tuple(
        call.tools.taps.make(name, chat=call.chat, action=SET, subject=language)
        for language, name in NAMES.items()
    )
    return Answer(messages=(Buttons(text=call.say("text"), buttons=buttons),))


def choose(call: Call) -> Answer:
    """Speak the language of the button from now on."""
    return _chosen(call, call.button.subject if call.button else _AUTO)


#: Each sets the same thing however often it is tapped.
LASTING = frozenset({SET})
ACTIONS = {SET: choose}


def _chosen(call: Call, language: str) -> Answer:
    if not call.may_choose:
        return Answer.told(call.say("not_yours"))
    call.choose(Choice.LANGUAGE, "" if language == _AUTO else language)
    say = call.spec.texts.spoken(call.tools.speaking.chosen(call.chat).language)
    return Answer.told(say("automatic") if language == _AUTO else say("chosen"))

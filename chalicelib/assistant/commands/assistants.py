"""/as: assistants for a domain, and one tap to talk to another one.

It is the same bot with another task, so the conversation goes on; a model of the assistant's own
comes along. (A module can't be called `as`.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.assistant.call import Call
from chalicelib.domain.assistants import Assistant
from chalicelib.domain.bot import localized
from chalicelib.domain.carousel import dealt
from chalicelib.domain.messages import Answer, Card, Cards, Tap, Text

CHOOSE = "assistants.choose"
MORE = "assistants.more"


def run(call: Call) -> Answer:
    """Show the bot itself and its assistants."""
    if not call.tools.choices.assistants:
        return Answer.told(call.say("none"))
    cards = _cards(call, start=0)
    if call.may_choose:
        return Answer(messages=(cards,))
    return Answer(messages=(Text(text=call.say("for_admins")), cards))


def more(call: Call) -> Answer:
    """Show those that had no room."""
    start = call.button.offset if call.button else 0
    if start >= len(_everybody(call)):
        return run(call)
    return Answer(messages=(_cards(call, start=start),))


def choose(call: Call) -> Answer:
    """Let the assistant of the tapped card answer from now on, and suggest how to begin."""
    wanted = call.button.subject if call.button else ""
    if not call.may_choose:
        return Answer.told(call.say("for_admins"))
    if wanted and wanted not in call.tools.choices.assistants:
        return Answer.told(call.say("gone", command=call.spec.shown_name(call.say.language)))
    assistant = call.tools.choices.choose_assistant(call.chat, wanted)
    if assistant is None:
        bot = call.tools.bot
        return _begun(call, call.say("itself", name=bot.name), bot.openers)
    name = localized(assistant.name, call.say.language)
    return _begun(call, call.say("chosen", name=name), assistant.openers)


#: Each shows or sets the same thing however often it is tapped.
LASTING = frozenset({CHOOSE, MORE})
ACTIONS = {CHOOSE: choose, MORE: more}


def _everybody(call: Call) -> Sequence[Assistant | None]:
    """The bot itself, which is None, and its assistants."""
    return (None, *call.tools.choices.assistants.values())


def _cards(call: Call, *, start: int) -> Cards:
    current = call.tools.choices.of(call.chat).assistant
    everybody = _everybody(call)
    shown, following = dealt(everybody, start=start)
    cards = [_card(call, each, is_current=each == current) for each in shown]
    if following is not None:
        cards.append(_rest(call, count=len(everybody) - following, start=following))
    return Cards(text=call.say("text"), cards=tuple(cards))


def _card(call: Call, assistant: Assistant | None, *, is_current: bool) -> Card:
    language = call.say.language
    buttons: tuple[Tap, ...] = ()
    if call.may_choose:
        subject = assistant.id if assistant else ""
        label = call.say("choose_button")
        buttons = (call.tools.taps.make(label, chat=call.chat, action=CHOOSE, subject=subject),)
    return Card(
        title=localized(assistant.name, language) if assistant else call.tools.bot.name,
        text=localized(assistant.about, language) if assistant else call.say("everything"),
        mark=call.say("mark") if is_current else "",
        buttons=buttons,
    )


def _rest(call: Call, *, count: int, start: int) -> Card:
    button = call.tools.taps.make(
        call.say("more_button"), chat=call.chat, action=MORE, offset=start
    )
    return Card(title=call.say("more", count=count), buttons=(button,))


def _begun(call: Call, text: str, openers: Mapping[str, tuple[str, ...]]) -> Answer:
    questions = localized(openers, call.say.language)
    suggestions = call.tools.taps.suggestions(call.chat, questions)
    return Answer(messages=(Text(text=text, suggestions=suggestions),))

"""/settings: what can be chosen in a chat, as cards with buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.assistant.call import Call
from chalicelib.assistant.commands import language, listen, memory
from chalicelib.assistant.switch import flip
from chalicelib.domain.languages import NAMES
from chalicelib.domain.messages import Answer, Card, Cards, Message, Tap, Text
from chalicelib.ports import Choice

KEEP = "settings.keep"
FREE = "settings.free"


def run(call: Call) -> Answer:
    """Show what is chosen here, and what else may be."""
    offered = {spec.id for spec in call.tools.commands.specs}
    made = [make(call) for name, make in _CARDS.items() if name in offered]
    if not call.chat.is_private:
        made.append(_keeper(call))
    cards = Cards(text=call.say("text"), cards=tuple(card for card in made if card))
    if not cards.cards:
        return Answer.told(call.say("none"))
    rule: tuple[Message, ...] = ()
    if not call.may_choose:
        rule = (Text(text=call.say("not_yours")),)
    return Answer(messages=(*rule, cards))


def keep(call: Call) -> Answer:
    """Let nobody change what is chosen here but who taps, and who runs the bot."""
    if not call.may_choose or call.user is None:
        return Answer.told(call.say("not_yours"))
    call.choose(Choice.KEEPER, call.user)
    return Answer.told(call.say("kept"))


def free(call: Call) -> Answer:
    """Let everybody change it again."""
    if not call.may_choose:
        return Answer.told(call.say("not_yours"))
    call.choose(Choice.KEEPER, "")
    return Answer.told(call.say("freed"))


#: Each sets the same thing however often it is tapped.
LASTING = frozenset({KEEP, FREE})
ACTIONS = {KEEP: keep, FREE: free}


def _listening(call: Call) -> Card | None:
    is_on = call.facts.listens
    text = call.say("listening_on") if is_on else call.say("listening_off")
    return _switched(call, call.say("listening"), text, listen.SET, is_on=is_on)


def _remembering(call: Call) -> Card | None:
    is_on = call.facts.remembers
    text = call.say("remembering_on") if is_on else call.say("remembering_off")
    return _switched(call, call.say("remembering"), text, memory.SET, is_on=is_on)


def _switched(call: Call, title: str, text: str, action: str, *, is_on: bool) -> Card | None:
    """What is on or off in a group; nothing in a private chat."""
    if call.chat.is_private:
        return None
    button = flip(call, action, is_on=is_on, on=call.say("on_button"), off=call.say("off_button"))
    return Card(title=title, text=text, buttons=_buttons(call, button))


def _speaking(call: Call) -> Card:
    """The languages that aren't spoken now, on buttons."""
    others = {name: shown for name, shown in NAMES.items() if name != call.say.language}
    buttons = [
        call.tools.taps.make(shown, chat=call.chat, action=language.SET, subject=name)
        for name, shown in others.items()
    ]
    return Card(
        title=call.say("language"),
        text=NAMES.get(call.say.language, call.say.language),
        buttons=_buttons(call, *buttons),
    )


def _keeper(call: Call) -> Card:
    """Who may change all of this."""
    title = call.say("keeper")
    if call.tools.bot.switching == "admins":
        return Card(title=title, text=call.say("keeper_admins"))
    if call.facts.keeper:
        label, action, text = call.say("free_button"), FREE, call.say("keeper_one")
    else:
        label, action, text = call.say("keep_button"), KEEP, call.say("keeper_all")
    button = call.tools.taps.make(label, chat=call.chat, action=action)
    return Card(title=title, text=text, buttons=_buttons(call, button))


#: By the command that changes it.
_CARDS: Mapping[str, Callable[[Call], Card | None]] = {
    "listen": _listening,
    "memory": _remembering,
    "language": _speaking,
}


def _buttons(call: Call, *buttons: Tap) -> tuple[Tap, ...]:
    """None to who may not change anything."""
    return buttons if call.may_choose else ()

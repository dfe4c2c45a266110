"""/model: which models may answer here, what they are good for and cost, and one tap to switch.

The conversation goes on with the new one, since the bot keeps the history and not a vendor. Who may
not switch sees the same cards without buttons.
"""

from __future__ import annotations

from chalicelib.assistant.call import Call
from chalicelib.domain.bot import localized
from chalicelib.domain.carousel import dealt
from chalicelib.domain.catalogue import Ability, ModelSpec
from chalicelib.domain.messages import Answer, Card, Cards, Tap, Text
from chalicelib.domain.prices import Usage

CHOOSE = "model.choose"
MORE = "model.more"

#: A typical answer, by which prices compare: rules, some history and a question in, a bubble out.
_TYPICAL = Usage(tokens_in=1_500, tokens_out=350)
_ANSWERS = 100


def run(call: Call) -> Answer:
    """Say which model answers here, and show those that may."""
    specs = call.tools.choices.offered()
    if not specs:
        return Answer.told(call.say("none"))
    now = call.say("now", model=call.tools.choices.of(call.chat).model.label)
    rule = call.say("carries_over" if call.may_choose else "for_admins")
    lines = [now, rule]
    if any(_of_hundred(spec) for spec in specs):
        lines.append(call.say("estimated", day=call.tools.currency.as_of.isoformat()))
    return Answer(messages=(Text(text="\n".join(lines)), _cards(call, specs, start=0)))


def more(call: Call) -> Answer:
    """Show the models that had no room."""
    specs = call.tools.choices.offered()
    start = call.button.offset if call.button else 0
    if start >= len(specs):
        return run(call)
    return Answer(messages=(_cards(call, specs, start=start),))


def choose(call: Call) -> Answer:
    """Let the model of the tapped card answer from now on."""
    if not call.may_choose:
        return Answer.told(call.say("for_admins"))
    spec = call.tools.choices.choose_model(call.chat, call.button.subject if call.button else "")
    if spec is None:
        return Answer.told(call.say("gone", command=call.spec.shown_name(call.say.language)))
    return Answer.told(call.say("chosen", model=spec.label))


#: Each shows or sets the same thing however often it is tapped.
LASTING = frozenset({CHOOSE, MORE})
ACTIONS = {CHOOSE: choose, MORE: more}


def _cards(call: Call, specs: tuple[ModelSpec, ...], *, start: int) -> Cards:
    current = call.tools.choices.of(call.chat).model.id
    shown, following = dealt(specs, start=start)
    cards = [_card(call, spec, is_current=spec.id == current) for spec in shown]
    if following is not None:
        cards.append(_rest(call, count=len(specs) - following, start=following))
    return Cards(text=call.say("text"), cards=tuple(cards))


def _card(call: Call, spec: ModelSpec, *, is_current: bool) -> Card:
    buttons: tuple[Tap, ...] = ()
    if call.may_choose:
        label = call.say("choose_button")
        buttons = (call.tools.taps.make(label, chat=call.chat, action=CHOOSE, subject=spec.id),)
    return Card(
        title=spec.label,
        text=localized(spec.good_for, call.say.language),
        detail="\n".join([_price(call, spec), *_hints(call, spec)]),
        mark=call.say("mark") if is_current else "",
        buttons=buttons,
    )


def _rest(call: Call, *, count: int, start: int) -> Card:
    button = call.tools.taps.make(
        call.say("more_button"), chat=call.chat, action=MORE, offset=start
    )
    return Card(title=call.say("more", count=count), buttons=(button,))


def _price(call: Call, spec: ModelSpec) -> str:
    cost = _of_hundred(spec)
    return call.say("price", amount=call.tools.currency.shown(cost)) if cost else call.say("free")


def _of_hundred(spec: ModelSpec) -> int:
    return _ANSWERS * spec.price.of(_TYPICAL)


def _hints(call: Call, spec: ModelSpec) -> list[str]:
    """What it can do beside words, as far as the bot lets it."""
    sees = spec.can(Ability.VISION)
    searches = call.tools.bot.web and spec.can(Ability.WEB)
    hints = ((sees, call.say("sees")), (searches, call.say("searches")))
    return [hint for can, hint in hints if can]

"""The conversation's part of the object graph: what looks, listens, asks models, calls people."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assistant.admission import Admission
from chalicelib.assistant.ask import Ask
from chalicelib.assistant.breaker import Breaker
from chalicelib.assistant.choices import Choices
from chalicelib.assistant.compose import Compose
from chalicelib.assistant.converse import Converse
from chalicelib.assistant.ears import Ears
from chalicelib.assistant.eyes import Eyes
from chalicelib.assistant.fetch import Fetch
from chalicelib.assistant.handover import HandOver
from chalicelib.assistant.note import Notes
from chalicelib.assistant.people import People
from chalicelib.assistant.perceive import Perceive
from chalicelib.assistant.pushes import Pushes
from chalicelib.assistant.recall import Recall
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.spending import Spending
from chalicelib.assistant.taps import Taps
from chalicelib.assistant.watch import Watch
from chalicelib.bootstrap.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the conversation shares with the other use cases."""

    speaking: Speaking
    taps: Taps
    notes: Notes
    admission: Admission
    spending: Spending
    choices: Choices
    pushes: Pushes


def conversation(parts: Parts, shared: Shared) -> Converse:
    """Wire what answers words, pictures and voices."""
    settings, stores, clock, telemetry = parts.settings, parts.stores, parts.clock, parts.telemetry
    offered = {spec.id for spec in parts.commands.specs}
    breaker = Breaker(clock=clock)
    fetch = Fetch(
        content=parts.content,
        media=parts.media,
        outbox=stores.outbox,
        clock=clock,
        telemetry=telemetry,
    )
    people = People(messenger=parts.messenger, clock=clock)
    recall = Recall(history=stores.history, people=people, clock=clock)
    handover = HandOver(
        bot=parts.bot,
        book=stores.chats,
        history=stores.history,
        people=people,
        counters=stores.counters,
        staff=parts.staff,
        messenger=parts.messenger,
        pushes=shared.pushes,
        admins=settings.admins,
        taps=shared.taps,
        timezone=settings.timezone,
        clock=clock,
        telemetry=telemetry,
    )
    compose = Compose(
        spending=shared.spending,
        names_models="model" in offered,
        telemetry=telemetry,
    )
    return Converse(
        bot=parts.bot,
        ask=Ask(
            vendors=parts.vendors,
            choices=shared.choices,
            spending=shared.spending,
            breaker=breaker,
            notes=shared.notes,
            max_output_tokens=parts.bot.max_output_tokens,
            clock=clock,
            telemetry=telemetry,
        ),
        perceive=Perceive(
            eyes=Eyes(fetch=fetch, choices=shared.choices),
            ears=Ears(
                fetch=fetch,
                vendors=parts.vendors,
                choices=shared.choices,
                spending=shared.spending,
                breaker=breaker,
                clock=clock,
                telemetry=telemetry,
            ),
            fetch=fetch,
            recall=recall,
        ),
        choices=shared.choices,
        spending=shared.spending,
        admission=shared.admission,
        recall=recall,
        compose=compose,
        handover=handover,
        hands_over="human" in offered,
        watch=Watch(
            messenger=parts.messenger,
            notes=shared.notes,
            meanwhile=compose.get_ready,
            clock=clock,
            telemetry=telemetry,
        ),
        taps=shared.taps,
        speaking=shared.speaking,
        timezone=settings.timezone,
        clock=clock,
        telemetry=telemetry,
    )

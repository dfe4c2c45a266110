"""Which use case gets which port: the whole object graph, as one readable function.

Everything comes in as an argument, so that tests wire the same graph over fakes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.adapters import shipped
from chalicelib.assistant import commands
from chalicelib.assistant.admission import Admission
from chalicelib.assistant.ask import Ask
from chalicelib.assistant.breaker import Breaker
from chalicelib.assistant.call import Tools
from chalicelib.assistant.choices import Choices
from chalicelib.assistant.converse import Converse
from chalicelib.assistant.deliver import Deliver, PushPolicy
from chalicelib.assistant.ears import Ears
from chalicelib.assistant.eyes import Eyes
from chalicelib.assistant.fetch import Fetch
from chalicelib.assistant.leasing import Leasing
from chalicelib.assistant.note import Notes
from chalicelib.assistant.perceive import Perceive
from chalicelib.assistant.present import Present
from chalicelib.assistant.respond import Respond
from chalicelib.assistant.route import Route
from chalicelib.assistant.send import Send
from chalicelib.assistant.show import Show
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.spending import Spending
from chalicelib.assistant.sweep import Sweep
from chalicelib.assistant.taps import Taps
from chalicelib.assistant.watch import Watch
from chalicelib.bootstrap.menu import Menu
from chalicelib.domain.bot import Bot
from chalicelib.domain.commands import CommandList
from chalicelib.ports import Clock, Content, Media, Messenger, Queue, Stores, Telemetry, Vendors
from chalicelib.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the use cases that answer are made of."""

    settings: Settings
    bot: Bot
    commands: CommandList
    stores: Stores
    queue: Queue
    messenger: Messenger
    content: Content
    media: Media
    vendors: Vendors
    menu: Menu
    pseudonym: Callable[[str], str]
    clock: Clock
    telemetry: Telemetry
    new_id: Callable[[], str]
    poll: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """What answers."""

    respond: Respond
    show: Show
    sweep: Sweep


def wire(parts: Parts) -> Worker:
    """Wire the use cases that answer."""
    settings, stores, clock, telemetry = parts.settings, parts.stores, parts.clock, parts.telemetry
    inbox, outbox, messenger = stores.inbox, stores.outbox, parts.messenger
    speaking = Speaking(
        texts=shipped.texts(),
        default=settings.language,
        book=stores.chats,
        messenger=messenger,
        clock=clock,
    )
    taps = Taps(store=stores.buttons, clock=clock, new_id=parts.new_id)
    leasing = Leasing(inbox=inbox, clock=clock, telemetry=telemetry)
    send = Send(messenger=messenger, clock=clock, telemetry=telemetry)
    notes = Notes(
        inbox=inbox,
        outbox=outbox,
        send=send,
        taps=taps,
        speaking=speaking,
        commands=parts.commands,
        clock=clock,
        telemetry=telemetry,
        deadline_private=settings.deadline_for(private=True),
        deadline_group=settings.deadline_for(private=False),
    )
    present = Present(outbox=outbox, taps=taps, speaking=speaking)
    deliver = Deliver(
        inbox=inbox,
        outbox=outbox,
        messenger=messenger,
        send=send,
        present=present,
        speaking=speaking,
        counters=stores.counters,
        push_policy=PushPolicy(late=settings.push != "never", monthly=settings.push_monthly),
        clock=clock,
        telemetry=telemetry,
    )
    admission = Admission(
        by_invite=settings.access == "invite",
        admins=settings.admins,
        book=stores.chats,
        invites=stores.invites,
        counters=stores.counters,
        clock=clock,
    )
    spending = Spending(
        ledger=stores.ledger,
        counters=stores.counters,
        budgets=settings.budgets,
        a_day=settings.daily_answers,
        a_minute=settings.answers_per_minute,
        timezone=settings.timezone,
        clock=clock,
        exempts=admission.is_admin if settings.admins_exempt else _nobody,
        pseudonym=parts.pseudonym,
        new_id=parts.new_id,
        telemetry=telemetry,
    )
    choices = Choices(
        models=parts.menu.models,
        default=parts.menu.default,
        assistants=parts.menu.assistants,
        book=stores.chats,
        clock=clock,
        local_day=lambda: clock.now().astimezone(settings.timezone).date(),
    )
    breaker = Breaker(clock=clock)
    fetch = Fetch(
        content=parts.content, media=parts.media, outbox=outbox, clock=clock, telemetry=telemetry
    )
    converse = Converse(
        bot=parts.bot,
        ask=Ask(
            vendors=parts.vendors,
            choices=choices,
            spending=spending,
            breaker=breaker,
            notes=notes,
            max_output_tokens=parts.bot.max_output_tokens,
            clock=clock,
            telemetry=telemetry,
        ),
        perceive=Perceive(
            eyes=Eyes(fetch=fetch, choices=choices),
            ears=Ears(
                fetch=fetch,
                vendors=parts.vendors,
                choices=choices,
                spending=spending,
                breaker=breaker,
                clock=clock,
                telemetry=telemetry,
            ),
        ),
        choices=choices,
        spending=spending,
        admission=admission,
        history=stores.history,
        watch=Watch(messenger=messenger, notes=notes, clock=clock, telemetry=telemetry),
        taps=taps,
        speaking=speaking,
        names_models="model" in {spec.id for spec in parts.commands.specs},
        timezone=settings.timezone,
        clock=clock,
        telemetry=telemetry,
    )
    route = Route(
        tools=Tools(
            bot=parts.bot,
            commands=parts.commands,
            history=stores.history,
            taps=taps,
            stores=stores.forgetful,
            choices=choices,
            spending=spending,
            admission=admission,
            ledger=stores.ledger,
            currency=parts.menu.currency,
        ),
        handlers=commands.load(),
        converse=converse,
        outbox=outbox,
        book=stores.chats,
        speaking=speaking,
    )
    return Worker(
        respond=Respond(
            leasing=leasing,
            inbox=inbox,
            outbox=outbox,
            queue=parts.queue,
            route=route,
            deliver=deliver,
            book=stores.chats,
            clock=clock,
            telemetry=telemetry,
        ),
        show=Show(
            leasing=leasing,
            inbox=inbox,
            outbox=outbox,
            messenger=messenger,
            deliver=deliver,
            present=present,
            send=send,
            taps=taps,
            notes=notes,
            speaking=speaking,
            clock=clock,
            telemetry=telemetry,
            poll=parts.poll,
        ),
        sweep=Sweep(
            inbox=inbox,
            queue=parts.queue,
            notes=notes,
            messenger=messenger,
            ledger=stores.ledger,
            stores=stores.forgetful,
            clock=clock,
            telemetry=telemetry,
        ),
    )


def _nobody(_user: str | None) -> bool:
    return False

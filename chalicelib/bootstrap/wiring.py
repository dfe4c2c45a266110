"""Which use case gets which port: the whole object graph, as one readable function.

Everything comes in as an argument, so that tests wire the same graph over fakes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.adapters import shipped
from chalicelib.assistant import commands
from chalicelib.assistant.call import Tools
from chalicelib.assistant.converse import Converse
from chalicelib.assistant.deliver import Deliver, PushPolicy
from chalicelib.assistant.leasing import Leasing
from chalicelib.assistant.limits import Limits
from chalicelib.assistant.note import Notes
from chalicelib.assistant.present import Present
from chalicelib.assistant.respond import Respond
from chalicelib.assistant.route import Route
from chalicelib.assistant.send import Send
from chalicelib.assistant.show import Show
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.sweep import Sweep
from chalicelib.assistant.taps import Taps
from chalicelib.assistant.watch import Watch
from chalicelib.domain.bot import Bot
from chalicelib.domain.commands import CommandList
from chalicelib.ports import Clock, Messenger, Model, Queue, Stores, Telemetry
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
    model: Model
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
    converse = Converse(
        bot=parts.bot,
        model=parts.model,
        history=stores.history,
        limits=Limits(
            counters=stores.counters,
            a_day=settings.daily_answers,
            a_minute=settings.answers_per_minute,
            timezone=settings.timezone,
            clock=clock,
        ),
        watch=Watch(messenger=messenger, notes=notes, clock=clock, telemetry=telemetry),
        notes=notes,
        taps=taps,
        speaking=speaking,
        admins=settings.admins,
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
            stores=stores.forgetful,
            clock=clock,
            telemetry=telemetry,
        ),
    )

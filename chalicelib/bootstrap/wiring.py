"""Which use case gets which port: the whole object graph, as one readable function.

Everything comes in as an argument, so that tests wire the same graph over fakes.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.adapters import shipped
from chalicelib.assistant import commands
from chalicelib.assistant.admission import Admission
from chalicelib.assistant.call import Tools
from chalicelib.assistant.choices import Choices
from chalicelib.assistant.deliver import Deliver
from chalicelib.assistant.leasing import Leasing
from chalicelib.assistant.lifecycle import Lifecycle
from chalicelib.assistant.note import Notes
from chalicelib.assistant.present import Present
from chalicelib.assistant.pushes import Pushes
from chalicelib.assistant.respond import Respond
from chalicelib.assistant.route import Route
from chalicelib.assistant.send import Send
from chalicelib.assistant.show import Show
from chalicelib.assistant.speaking import Speaking
from chalicelib.assistant.spending import Spending
from chalicelib.assistant.sweep import Sweep
from chalicelib.assistant.taps import Taps
from chalicelib.bootstrap.conversation import Shared, conversation
from chalicelib.bootstrap.parts import Parts


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
        menus=parts.menus,
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
    pushes = Pushes(
        late=settings.push != "never",
        other=settings.push == "all",
        monthly=settings.push_monthly,
        counters=stores.counters,
        clock=clock,
    )
    deliver = Deliver(
        inbox=inbox,
        outbox=outbox,
        messenger=messenger,
        send=send,
        present=present,
        speaking=speaking,
        pushes=pushes,
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
    converse = conversation(
        parts,
        Shared(
            speaking=speaking,
            taps=taps,
            notes=notes,
            admission=admission,
            spending=spending,
            choices=choices,
            pushes=pushes,
        ),
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
            book=stores.chats,
            speaking=speaking,
            handover=converse.handover,
            clock=clock,
        ),
        handlers=commands.load(),
        converse=converse,
        lifecycle=Lifecycle(
            bot=parts.bot,
            commands=parts.commands,
            book=stores.chats,
            stores=stores.forgetful,
            speaking=speaking,
            taps=taps,
            clock=clock,
        ),
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
            messenger=messenger,
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
            book=stores.chats,
            stores=stores.forgetful,
            clock=clock,
            telemetry=telemetry,
        ),
    )


def _nobody(_user: str | None) -> bool:
    return False

"""All stores of a stage over one table."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.adapters.storage.dynamodb.buttons import DynamoButtons
from chalicelib.adapters.storage.dynamodb.chats import DynamoChats
from chalicelib.adapters.storage.dynamodb.counters import DynamoCounters
from chalicelib.adapters.storage.dynamodb.failures import DynamoFailures
from chalicelib.adapters.storage.dynamodb.history import DynamoHistory
from chalicelib.adapters.storage.dynamodb.inbox import DynamoInbox
from chalicelib.adapters.storage.dynamodb.invites import DynamoInvites
from chalicelib.adapters.storage.dynamodb.ledger import DynamoLedger
from chalicelib.adapters.storage.dynamodb.members import Members
from chalicelib.adapters.storage.dynamodb.outbox import DynamoOutbox
from chalicelib.adapters.storage.dynamodb.table import Table
from chalicelib.domain.bursts import IsCommand
from chalicelib.ports import Stores


def stores(table: Table, *, new_id: Callable[[], str], is_command: IsCommand) -> Stores:
    """Make every store over one table."""
    inbox = DynamoInbox(table=table, new_id=new_id, is_command=is_command)
    history = DynamoHistory(table=table)
    buttons = DynamoButtons(table=table)
    chats = DynamoChats(table=table)
    counters = DynamoCounters(table=table)
    ledger = DynamoLedger(table=table)
    invites = DynamoInvites(table=table)
    members = Members(table=table)
    return Stores(
        inbox=inbox,
        outbox=DynamoOutbox(table=table),
        history=history,
        buttons=buttons,
        chats=chats,
        counters=counters,
        ledger=ledger,
        invites=invites,
        failures=DynamoFailures(table=table),
        # Turns first: what is being answered meanwhile can then not be remembered any more.
        forgetful=(inbox, history, buttons, chats, counters, ledger, invites, members),
    )

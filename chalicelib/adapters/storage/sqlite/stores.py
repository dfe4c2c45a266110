"""All stores of the laptop over one file, and the claim that this process alone works on it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from chalicelib.adapters.storage.sqlite.buttons import SqliteButtons
from chalicelib.adapters.storage.sqlite.chats import SqliteChats
from chalicelib.adapters.storage.sqlite.counters import SqliteCounters
from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.failures import SqliteFailures
from chalicelib.adapters.storage.sqlite.history import SqliteHistory
from chalicelib.adapters.storage.sqlite.inbox import SqliteInbox
from chalicelib.adapters.storage.sqlite.invites import SqliteInvites
from chalicelib.adapters.storage.sqlite.ledger import SqliteLedger
from chalicelib.adapters.storage.sqlite.outbox import SqliteOutbox
from chalicelib.domain.bursts import IsCommand
from chalicelib.domain.errors import SettingInvalid
from chalicelib.ports import Stores


def stores(db: Database, *, new_id: Callable[[], str], is_command: IsCommand) -> Stores:
    """Make every store over one database."""
    inbox = SqliteInbox(db=db, new_id=new_id, is_command=is_command)
    history = SqliteHistory(db=db)
    buttons = SqliteButtons(db=db)
    chats = SqliteChats(db=db)
    counters = SqliteCounters(db=db)
    ledger = SqliteLedger(db=db)
    invites = SqliteInvites(db=db)
    return Stores(
        inbox=inbox,
        outbox=SqliteOutbox(db=db),
        history=history,
        buttons=buttons,
        chats=chats,
        counters=counters,
        ledger=ledger,
        invites=invites,
        failures=SqliteFailures(db=db),
        # Turns first: what is being answered meanwhile can then not be remembered any more.
        forgetful=(inbox, history, buttons, chats, counters, ledger, invites),
    )


def claim(folder: Path) -> int:
    """Become the only process that works on a data folder, for as long as this process lives.

    Returns the lock's file descriptor; closing it gives the claim up. Raises SettingInvalid when
    another process has it.
    """
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        os.close(lock)
        raise SettingInvalid(
            f"LIAO_DATA_DIR: another Liao is running on {folder}; stop it, or name another folder"
        ) from exc
    return lock

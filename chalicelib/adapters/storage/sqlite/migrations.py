"""The tables, and how an older file becomes a newer one.

A file on somebody's laptop outlives many versions of Liao. Each change to the tables is a named
migration: applied once, in this order, in one transaction, and written down in the file. Those
that were published are never edited; a new one is added at the end.

Words (what people wrote and what was answered) lie in a table of their own; see `words`.
"""

from __future__ import annotations

import sqlite3

from chalicelib.domain.errors import SettingInvalid

_TABLES = """
CREATE TABLE words (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    received INTEGER NOT NULL,
    origin TEXT,
    chat TEXT,
    lane TEXT,
    user TEXT,
    message TEXT,
    token TEXT,
    at INTEGER,
    turn TEXT,
    words INTEGER
) STRICT;
CREATE INDEX events_waiting ON events (chat, lane, at, seq) WHERE state = 'waiting';
CREATE INDEX events_of_turn ON events (turn) WHERE turn IS NOT NULL;
CREATE INDEX events_of_message ON events (chat, message) WHERE message IS NOT NULL;

CREATE TABLE turns (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    chat TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    since INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    words INTEGER,
    cause TEXT,
    unsure INTEGER NOT NULL DEFAULT 0,
    token TEXT,
    token_until INTEGER,
    lane TEXT,
    place INTEGER
) STRICT;
CREATE INDEX turns_by_state ON turns (state, chat, seq);
CREATE INDEX turns_unsure ON turns (chat, seq) WHERE unsure = 1;

CREATE TABLE leases (
    chat TEXT NOT NULL,
    lane TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (chat, lane)
) STRICT, WITHOUT ROWID;
CREATE TABLE fence (last INTEGER NOT NULL) STRICT;
INSERT INTO fence VALUES (0);

CREATE TABLE claims (
    token TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstones (
    chat TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (chat, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    chat TEXT NOT NULL,
    turn TEXT NOT NULL,
    at INTEGER NOT NULL,
    by_bot INTEGER NOT NULL,
    message TEXT,
    user TEXT,
    words INTEGER
) STRICT;
CREATE INDEX history_of_chat ON history (chat, seq);
CREATE INDEX history_of_turn ON history (turn);

CREATE TABLE buttons (
    id TEXT PRIMARY KEY,
    chat TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    page INTEGER NOT NULL,
    user TEXT,
    used_by TEXT,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chats (
    chat TEXT PRIMARY KEY,
    language TEXT,
    language_known_at INTEGER,
    introduced INTEGER NOT NULL DEFAULT 0,
    touched INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    key TEXT PRIMARY KEY,
    spent INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""

_MONEY_AND_CHOICES = """
CREATE TABLE accounts (
    owner TEXT NOT NULL,
    period TEXT NOT NULL,
    amount INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (owner, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    standing TEXT NOT NULL,
    day TEXT NOT NULL,
    at INTEGER NOT NULL,
    chat TEXT NOT NULL,
    owners TEXT,
    amount INTEGER,
    until INTEGER,
    person TEXT,
    model TEXT,
    purpose TEXT,
    usage TEXT,
    cost INTEGER,
    late INTEGER,
    failed TEXT
) STRICT;
CREATE INDEX entries_held ON entries (until) WHERE standing = 'held';
CREATE INDEX entries_settled ON entries (day) WHERE standing = 'settled';
CREATE INDEX entries_by_age ON entries (at);

CREATE TABLE invites (
    code TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    until INTEGER NOT NULL,
    used_by TEXT
) STRICT, WITHOUT ROWID;

ALTER TABLE chats ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN assistant TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN role TEXT
"""

_GROUPS_AND_EDITS = """
ALTER TABLE chats ADD COLUMN chosen_language TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN listens TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN remembers TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN keeper TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN human_until INTEGER;

CREATE TABLE parted (
    chat TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE edits (
    chat TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    came INTEGER NOT NULL,
    PRIMARY KEY (chat, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE shown (
    chat TEXT NOT NULL,
    message TEXT NOT NULL,
    turn TEXT NOT NULL,
    place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (chat, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX history_by_time ON history (chat, at, seq);
CREATE INDEX history_of_message ON history (chat, message) WHERE message IS NOT NULL
"""

#: Name and statements, which are divided at semicolons.
MIGRATIONS = (
    ("first tables", _TABLES),
    ("money and choices", _MONEY_AND_CHOICES),
    ("groups and edits", _GROUPS_AND_EDITS),
)


def migrate(connection: sqlite3.Connection, *, source: str) -> None:
    """Apply what is missing; a second process that begins at the same moment waits for it.

    Raises SettingInvalid for a file that knows a migration this version does not.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT")
        applied = {row[0] for row in connection.execute("SELECT name FROM migrations")}
        newer = sorted(applied - {name for name, _ in MIGRATIONS})
        if newer:
            raise SettingInvalid(
                f"LIAO_DATA_DIR: {source} was written by a newer version of Liao "
                f"({newer[0]!r}); update Liao, or name another folder"
            )
        for name, statements in MIGRATIONS:
            if name not in applied:
                for statement in statements.split(";"):
                    connection.execute(statement)
                connection.execute("INSERT INTO migrations VALUES (?)", (name,))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

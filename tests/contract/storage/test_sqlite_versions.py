"""A laptop's file outlives versions of the bot: older ones go on, and newer ones harm nobody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.migrations import MIGRATIONS
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.events import Lane
from chalicelib.domain.turns import State
from chalicelib.ports import ChatFacts, Role
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    asked,
    by,
    edited,
    later,
    names,
    tapped,
    wrote,
)
from tests.contract.storage.test_sqlite_file import at, opened

# --- files -------------------------------------------------------------------------------------


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as database, database.write() as tx:
        tx.execute("INSERT INTO migrations VALUES ('telepathy')")
    with pytest.raises(SettingInvalid, match=r"LIAO_DATA_DIR: .*newer version.*'telepathy'"):
        Database(tmp_path / "liao.db")


def test_a_file_of_the_first_version_goes_on(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "liao.db", isolation_level=None)) as first:
        (name, tables), *_ = MIGRATIONS
        first.executescript(f"CREATE TABLE migrations (name TEXT PRIMARY KEY) STRICT; {tables};")
        first.execute("INSERT INTO migrations VALUES (?)", (name,))
        first.execute("INSERT INTO chats (chat, introduced, touched) VALUES (?, 1, 1)", (AMY.key,))
    for _ in range(2):
        with opened(tmp_path) as database:
            book = at(database).stores.chats
            assert book.facts(AMY) == ChatFacts(introduced=True)
    with opened(tmp_path) as database:
        at(database).stores.chats.let_in(AMY, Role.GUEST, now=later(0))
        assert at(database).stores.chats.facts(AMY) == ChatFacts(introduced=True, role=Role.GUEST)


def test_a_file_of_the_version_before_edits_goes_on(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        desk = at(database)
        desk.reach(State.SENT, wrote("tea", chat=GROUP))
        desk.stores.chats.mark_introduced(GROUP, now=later(0))
        with database.write() as tx:
            tx.execute("DELETE FROM migrations WHERE name = 'groups and edits'")
            for table in ("parted", "edits", "shown"):
                tx.execute(f"DROP TABLE {table}")
            for index in ("history_by_time", "history_of_message"):
                tx.execute(f"DROP INDEX {index}")
            for column in ("chosen_language", "listens", "remembers", "keeper", "human_until"):
                tx.execute(f"ALTER TABLE chats DROP COLUMN {column}")
            tx.execute("""UPDATE words SET text = REPLACE(text, '"quotes":"",', '')""")
    with opened(tmp_path) as database:
        desk = at(database)
        assert desk.stores.chats.facts(GROUP) == ChatFacts(introduced=True)
        said = desk.stores.history.message(GROUP, "message-tea")
        assert said is not None
        assert said.text == "What about tea?"
        assert desk.edit(edited("tea")) is True
        assert names(arrival.event for arrival in desk.inbox.waiting(GROUP)) == ["tea-10"]


# --- rows --------------------------------------------------------------------------------------


def make_unreadable(database: Database, known: str) -> None:
    with database.write() as tx:
        tx.execute("UPDATE words SET text = REPLACE(text, ?, 'telepathy')", (known,))


def test_an_event_of_a_newer_version_blocks_nobody(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        desk = at(database)
        desk.accept(wrote("strange", at=1))
        make_unreadable(database, "text")
        assert desk.inbox.has_work(AMY, Lane.TURNS)
        assert desk.inbox.take(desk.lease(), now=later(0)) is None
        assert not desk.inbox.has_work(AMY, Lane.TURNS)
        desk.accept(wrote("tea", at=2))
        assert asked(desk.take()) == ["tea"]


def test_a_tap_of_a_newer_version_blocks_nobody(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        desk = at(database)
        desk.accept(tapped("strange"))
        make_unreadable(database, "tap")
        assert desk.inbox.taps(desk.lease(lane=Lane.TAPS)) == ()
        assert not desk.inbox.has_work(AMY, Lane.TAPS)


def test_a_turn_of_a_newer_version_is_given_up(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        desk = at(database)
        turn = desk.reach(State.ANSWERED, wrote("strange"))
        make_unreadable(database, "text")
        assert desk.outbox.begin(desk.lease(), [turn.id], by("strange"), now=later(1)) == ()
        assert desk.inbox.take(desk.lease(), now=later(2)) is None
        assert desk.kept(turn).state is State.FAILED

"""The laptop's file: made once, shared, sound after a kill, and readable trouble when it fails."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from chalicelib.adapters.storage.sqlite.database import Database
from chalicelib.adapters.storage.sqlite.stores import stores
from chalicelib.domain.errors import StorageUnavailable
from tests.contract.storage.backends import is_command
from tests.contract.storage.desk import (
    AMY,
    GROUP,
    ORIGIN,
    Desk,
    asked,
    at_once,
    edited,
    later,
    names,
    unsent,
    wrote,
)


def at(database: Database) -> Desk:
    numbers = iter(range(10_000))
    return Desk(stores(database, new_id=lambda: f"turn-{next(numbers)}", is_command=is_command))


@contextmanager
def opened(folder: Path, *, patience: float = 5.0) -> Iterator[Database]:
    with closing(Database(folder / "liao.db", patience=patience)) as database:
        yield database


def test_many_that_make_the_file_at_once_make_one(tmp_path: Path) -> None:
    def begin(number: int) -> bool:
        with opened(tmp_path) as database:
            return at(database).inbox.accept(wrote(str(number)), origin=ORIGIN, now=later(0))

    assert all(at_once(6, begin))
    with opened(tmp_path) as database:
        assert at(database).inbox.depth() == 6


def test_the_file_is_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as database:
        at(database).accept(wrote("tea"))
        modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "liao.db").write_text("xylophonic " * 1000)
    with pytest.raises(StorageUnavailable, match=r"liao\.db: it is no SQLite file") as caught:
        Database(tmp_path / "liao.db")
    assert "xylophonic" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageUnavailable, match="data"):
        Database(tmp_path / "data" / "liao.db")


def test_a_lock_held_by_another_process_is_told_and_nothing_was_decided(tmp_path: Path) -> None:
    with opened(tmp_path, patience=0.05) as database, opened(tmp_path) as other:
        desk = at(database)
        with other.write(), pytest.raises(StorageUnavailable, match="another process"):
            desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(0))
        assert desk.inbox.accept(wrote("tea"), origin=ORIGIN, now=later(0)) is True


def test_a_full_disk_is_told_without_the_words_that_did_not_fit(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        desk = at(database)
        with database.write() as tx:
            pages = tx.execute("PRAGMA page_count").fetchone()[0]
            tx.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StorageUnavailable, match="disk is full") as caught:
            desk.accept(wrote("tea", "xylophonic " * 5000))
        assert "xylophonic" not in str(caught.value)
        assert desk.inbox.waiting(AMY) == ()


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "liao.db")
    desk = at(database)
    database.close()
    calls: list[Callable[[], object]] = [desk.inbox.depth, lambda: desk.accept(wrote("tea"))]
    for call in calls:
        with pytest.raises(StorageUnavailable, match="closed"):
            call()


def test_a_reader_that_is_still_reading_is_closed_when_it_is_done(tmp_path: Path) -> None:
    database = Database(tmp_path / "liao.db")
    with database.read() as connection:
        database.close()
        assert connection.execute("SELECT COUNT(*) FROM events").fetchone()[0] == 0
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_a_reader_sees_one_state_while_others_write(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        desk = at(database)
        with database.read() as connection:
            count = "SELECT COUNT(*) FROM events"
            assert connection.execute(count).fetchone()[0] == 0
            desk.accept(wrote("tea"))
            assert connection.execute(count).fetchone()[0] == 0
        assert desk.inbox.depth() == 1


def test_a_write_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        with suppress(KeyboardInterrupt), database.write() as tx:
            tx.execute("UPDATE fence SET last = 99")
            raise KeyboardInterrupt
        with database.read() as connection:
            assert connection.execute("SELECT last FROM fence").fetchone()[0] == 0


def test_only_a_durable_write_waits_for_the_disk(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        levels = []
        for durable in (True, False, True):
            with database.write(durable=durable) as tx:
                levels.append(tx.execute("PRAGMA synchronous").fetchone()[0])
    normal, full = 1, 2
    assert levels == [full, normal, full]


_ACCEPT_FOREVER = """
import sys
from pathlib import Path
from tests.contract.storage.test_sqlite_file import at
from chalicelib.adapters.storage.sqlite.database import Database
from tests.contract.storage.desk import wrote

desk = at(Database(Path(sys.argv[1])))
for number in range(100_000):
    desk.accept(wrote(str(number), at=number))
    print(number, flush=True)
"""


def test_what_was_acknowledged_outlives_a_killed_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ACCEPT_FOREVER, str(tmp_path / "liao.db")]
    project = Path(__file__).parents[3]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [next(process.stdout).strip() for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout]
    with opened(tmp_path) as database:
        waiting = names(arrival.event for arrival in at(database).inbox.waiting(AMY))
    assert waiting[: len(acknowledged)] == acknowledged
    assert len(waiting) - len(acknowledged) in {0, 1}


def test_words_erased_in_any_order_are_gone_from_the_file(tmp_path: Path) -> None:
    dice = random.Random(1)
    words = [f"w{number}w" for number in range(300)]
    dice.shuffle(words)
    with opened(tmp_path) as database:
        desk = at(database)
        for word in words:
            desk.accept(wrote(word, f"{word} " * dice.choice([3, 30, 300, 900])))
        for word in words[::2]:
            desk.accept(unsent(word))
        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [word for word in words[::2] if f"{word} ".encode() in stored] == []
    assert [word for word in words[1::2] if f"{word} ".encode() not in stored] == []


def test_words_that_were_edited_are_gone_from_the_file_in_any_order(tmp_path: Path) -> None:
    dice = random.Random(2)
    words = [f"w{number}w" for number in range(200)]
    with opened(tmp_path) as database:
        desk = at(database)
        for word in words:
            text = f"Said {word}. " * dice.choice([3, 30, 300])
            (desk.accept if dice.random() < 0.5 else desk.overhear)(wrote(word, text, chat=GROUP))
        dice.shuffle(words)
        for word in words:
            desk.edit(edited(word, "else " * dice.choice([1, 200])), asks=dice.random() < 0.5)
        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [word for word in words if f"Said {word}".encode() in stored] == []


def test_room_of_erased_words_is_given_back_and_no_others_are_lost(tmp_path: Path) -> None:
    with opened(tmp_path) as database:
        desk = at(database)
        with database.write() as tx:
            tx.executemany("INSERT INTO words (text) VALUES (?)", [("",)] * 5000)
        desk.accept(wrote("tea"))
        for store in desk.stores.forgetful:
            store.purge(now=later(0))
        with database.read() as connection:
            assert connection.execute("SELECT COUNT(*) FROM words").fetchone()[0] < 2500
        assert asked(desk.take()) == ["tea"]

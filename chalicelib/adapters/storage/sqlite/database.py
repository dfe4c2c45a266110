"""One SQLite file, shared by many threads and perhaps a second process.

SQLite lets one writer in at a time, and those that wait sleep in growing steps of up to 100 ms:
ruinous for a webhook that promises milliseconds. So writers of this process queue at a lock of
our own and share one connection; SQLite's busy time-out is for other processes only. Readers
never wait: the write-ahead log shows each of them the last committed state.

Erased words must be gone from the file itself: `secure_delete` overwrites them, and `scrub`
empties the log, which still holds the pages as they were.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.adapters.storage.sqlite.migrations import migrate
from chalicelib.adapters.storage.sqlite.turnstile import Turnstile
from chalicelib.domain.errors import StorageUnavailable

#: How long a write waits for another process, in seconds.
PATIENCE = 5.0

_ADVICE = {
    "SQLITE_FULL": "the disk is full; free some space",
    "SQLITE_BUSY": "another process keeps it locked; stop that process or come again",
    "SQLITE_READONLY": "it cannot be written; check its owner and permissions",
    "SQLITE_CANTOPEN": "it cannot be opened; check the folder, its owner and permissions",
    "SQLITE_IOERR": "the disk failed to read or write",
    "SQLITE_CORRUPT": "it is damaged; put a copy back, or move it away to begin anew",
    "SQLITE_NOTADB": "it is no SQLite file; move it away to begin anew",
}


class Database:
    """A SQLite file and the connections to it.

    The file and its folder are made where missing, for the owner's eyes alone, and brought to
    the newest schema. Every method raises StorageUnavailable where SQLite fails, and
    SettingInvalid where the file was written by a newer Liao.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._writing = Turnstile()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._synchronous = ""
        with self._translated():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._writer = self._connect()
            try:
                self._write_ahead()
                migrate(self._writer, source=str(path))
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Run one transaction, all or nothing; whoever raises inside undoes it.

        durable: once this returns, the write survives a power cut, and all earlier ones with it.
        Without it, only a crash of the process is survived; the file is sound either way.
        """
        with self._writing, self._translated():
            self._synchronize("FULL" if durable else "NORMAL")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Read one consistent state; nobody waits for it."""
        with self._translated():
            connection = self._lend()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._take_back(connection)

    def scrub(self) -> None:
        """Empty the log, so that what was erased is in no file any more.

        A reader that holds on to an old state for longer than the patience keeps some of the log
        until the next time.
        """
        with self._writing, self._translated():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Close every connection; one that is being read from is closed when it comes back."""
        with self._writing:
            self._closed = True
            self._writer.close()
            while self._idle:
                self._idle.pop().close()

    def _connect(self) -> sqlite3.Connection:
        # check_same_thread: connections go from thread to thread, but serve one at a time.
        connection = sqlite3.connect(
            self._path, timeout=self._patience, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def _write_ahead(self) -> None:
        """Switch to the write-ahead log: kept in the file, so only the first process does it.

        SQLite does not wait its busy time-out for this step when two processes begin at once.
        """
        ends = time.monotonic() + self._patience
        while True:
            try:
                self._writer.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as exc:
                if not _is_busy(exc) or time.monotonic() > ends:
                    raise
                time.sleep(0.01)
            else:
                return

    def _synchronize(self, level: str) -> None:
        if self._synchronous != level:
            self._writer.execute(f"PRAGMA synchronous = {level}")
            self._synchronous = level

    def _lend(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.ProgrammingError("closed")
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _take_back(self, connection: sqlite3.Connection) -> None:
        self._idle.append(connection)
        if self._closed:
            self._idle.remove(connection)
            connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            name = getattr(exc, "sqlite_errorname", None) or type(exc).__name__
            known = (advice for code, advice in _ADVICE.items() if name.startswith(code))
            advice = "it is closed" if self._closed else next(known, "SQLite refused the request")
            raise StorageUnavailable(f"{self._path}: {advice} ({name})") from exc
        except OSError as exc:
            raise StorageUnavailable(f"{self._path}: {exc.strerror or exc}") from exc


def _is_busy(exc: sqlite3.Error) -> bool:
    return str(getattr(exc, "sqlite_errorname", "")).startswith("SQLITE_BUSY")

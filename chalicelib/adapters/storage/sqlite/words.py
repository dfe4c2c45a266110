"""What people wrote and what was answered, so kept that it can be erased for good.

SQLite overwrites a row that is erased (`secure_delete`), but not the copies that it leaves in its
pages when it moves rows to share pages out anew; measured, that was one erasure in a thousand.
Rows are moved when they grow, are put in between, or leave a page nearly empty. So words lie in
a table of their own, to which rows are only appended, and which are blanked rather than deleted;
blanks are dropped in bulk, far away from any words.

Words are kept as JSON, whose escapes carry whatever a phone may send, broken surrogate pairs
included.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from sqlite3 import Connection

#: Blanks that stay in front of the oldest words: several pages, more than SQLite moves at once.
_MARGIN = 2000


def keep_words(tx: Connection, words: object) -> int:
    """Append words; the number returned is what another row refers to them by."""
    text = json.dumps(words, separators=(",", ":"))
    number = tx.execute("INSERT INTO words (text) VALUES (?)", (text,)).lastrowid
    if number is None:  # pragma: no cover - SQLite always numbers an inserted row
        raise RuntimeError("SQLite gave no row number")
    return number


def erase_words(tx: Connection, numbers: Iterable[int | None]) -> bool:
    """Erase words for good; True if there were any. Rows must refer to them no more."""
    found = [(number,) for number in numbers if number is not None]
    tx.executemany("UPDATE words SET text = '' WHERE seq = ?", found)
    return bool(found)


def drop_blanks(tx: Connection) -> None:
    """Drop what was erased, up to some way in front of the oldest words."""
    oldest = tx.execute("SELECT seq FROM words WHERE text <> '' ORDER BY seq LIMIT 1").fetchone()
    newest = tx.execute("SELECT MAX(seq) AS seq FROM words").fetchone()
    end = (oldest or newest)["seq"]
    if end is not None:
        tx.execute("DELETE FROM words WHERE seq < ?", (end - _MARGIN,))

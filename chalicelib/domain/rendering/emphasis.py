"""Bold, italics and struck words: which marks belong together.

A mark that closes takes the nearest one that opens and fits; what is left over is a letter as any
other. Two ways in which marks that fit are none, and one in which models miswrite them, are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from chalicelib.domain.rendering.letters import CLOSING, OPENING, Kind, has_dense, kind, struck
from chalicelib.domain.rendering.runs import BOLD, LONGEST, Run

Piece = str | Run

#: Sounds that people draw out: 好喔~~, ねえ~~.
_DRAWN_OUT: Final = frozenset(
    "啊呀喔哦噢欸誒耶嗯嗨哈呵嘿囉啦嘛呢吧唷喲哇咧捏好謝早安掰嗎了ねよわなーいうえおあん"
)
#: How far before a star an equals sign counts.
_FAR: Final = 40
_CONTENT = re.compile(r"[^\s*_~]")
_DIGIT = re.compile(r"\d")


def joined(pieces: Iterable[Piece], source: str) -> str:
    """Match the marks among pieces of one text, and join what is left of them."""
    pieces = list(pieces)
    runs = [piece for piece in pieces if isinstance(piece, Run)]
    if runs:
        _match(runs, source)
        _mend([r for r in runs if r.mark == "*" and r.left == BOLD and not r.weak], source)
    return "".join(_told(pieces))


def _told(pieces: Iterable[Piece]) -> Iterator[str]:
    """Write what is left of marks, and struck words as struck."""
    depth = 0
    for piece in pieces:
        if isinstance(piece, Run):
            depth += piece.strikes
            yield piece.mark * piece.left
        else:
            yield struck(piece) if depth else piece


def _match(runs: list[Run], source: str) -> None:
    """Match each run that closes with the nearest one that opens; what lies between stays."""
    waiting = _Waiting()
    for place, each in enumerate(runs):
        while each.closes and each.left:
            found = waiting.nearest(each, runs)
            if found is None:
                break
            waiting.drop(each.mark, found)
            opener = runs[found]
            if not _may_match(opener, each, source):
                break
            count = min(opener.left, each.left)
            opener.left -= count
            each.left -= count
            if each.mark == "~":
                opener.strikes, each.strikes = 1, -1
            if opener.left:
                waiting.add(found, opener)
        if each.opens and each.left:
            waiting.add(place, each)


class _Waiting:
    """Places of runs that wait for what closes them, by mark, length and whether they are weak."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, int, bool], list[int]] = {}

    def add(self, place: int, opener: Run) -> None:
        self._places.setdefault((opener.mark, opener.left, opener.weak), []).append(place)

    def nearest(self, closer: Run, runs: list[Run]) -> int | None:
        """The last place whose run fits: as long as this one, or either is bold and italic."""
        lengths = (1, 2, 3) if closer.left == LONGEST else (closer.left, LONGEST)
        weak = (False,) if closer.weak else (False, True)
        lasts = [
            places[-1]
            for length in lengths
            for is_weak in weak
            if (places := self._places.get((closer.mark, length, is_weak)))
            and runs[places[-1]].end < closer.start
        ]
        return max(lasts, default=None)

    def drop(self, mark: str, place: int) -> None:
        """Forget this place and all behind it: they stand within a pair now."""
        for key, places in self._places.items():
            while key[0] == mark and places and places[-1] >= place:
                places.pop()


def _may_match(opener: Run, closer: Run, source: str) -> bool:
    """Whether marks that fit are marks: those of a face (`*_*`) or product (`=長*寬*高`) are none.

    Two tildes behind a sound that people draw out are none, unless what is struck is a price.
    """
    if not _CONTENT.search(source, opener.end, closer.start):
        return False
    if opener.mark == "*":
        return not (_is_factor(opener, source) and _is_factor(closer, source))
    if opener.mark != "~" or source[opener.start - 1 : opener.start] not in _DRAWN_OUT:
        return True
    return _DIGIT.search(source, opener.end, closer.start) is not None


def _is_factor(run: Run, source: str) -> bool:
    """Whether a star stands between Chinese words, behind an equals sign on its line."""
    beside = (source[run.start - 1 : run.start], source[run.end : run.end + 1])
    if run.end - run.start > 1 or not all(kind(each) is Kind.DENSE for each in beside):
        return False
    if OPENING.union(CLOSING).intersection(beside):
        return False
    line = source[max(run.start - _FAR, 0) : run.start].rpartition("\n")[2]
    return "=" in line or "＝" in line


def _mend(runs: list[Run], source: str) -> None:
    """Match what models write with a space too many: `**重點： **內容`, `** 重點 **`."""
    first: Run | None = None
    for each in runs:
        if first and "\n" not in source[first.end : each.start] and _is_end(each, source):
            if has_dense(source[first.end : each.start]):
                first.left = each.left = 0
            first = None
        else:
            first = each if _is_start(each, source) else None


def _is_start(each: Run, source: str) -> bool:
    before, after = source[each.start - 1 : each.start], source[each.end : each.end + 1]
    return kind(after) is not Kind.SPACE or before in ("", "\n")


def _is_end(each: Run, source: str) -> bool:
    before, after = source[each.start - 1 : each.start], source[each.end : each.end + 1]
    return kind(before) is not Kind.SPACE or kind(after) in (Kind.SPACE, Kind.DENSE)

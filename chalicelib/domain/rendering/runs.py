"""Which stars, underscores and tildes are marks.

A mark opens at a word's beginning and closes at a word's end. That leaves `3*4*5`, `snake_case`,
`2 * 3`, `**kwargs`, `10~20` and `^_^` alone, and still takes `**「引號」**的`, which CommonMark
leaves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.rendering.letters import CLOSING, OPENING, Kind, kind

#: Longer runs are drawn lines, blanks to fill in, or words made unreadable.
LONGEST: Final = 3
#: So many are bold; two tildes strike a word.
BOLD: Final = 2
#: What may stand within a single star beside words: others are sums, faces and globs.
_BESIDE_STAR: Final = frozenset("\"'`*_~#@$\\&+¥€£–—") | OPENING | CLOSING
#: What may stand outside of an underscore.
_BESIDE_UNDERSCORE: Final = (frozenset("\"'*~–—|`") | OPENING | CLOSING) - frozenset("<>")
#: Python's own names look bold; most are written as code, but not all.
_DUNDERS: Final = frozenset({
    "init", "name", "main", "file", "dict", "doc", "all", "str", "repr", "len", "call", "iter",
    "next", "enter", "exit", "new", "del", "class", "eq", "hash", "getitem", "setitem", "contains",
    "add", "version", "path", "slots", "post_init", "annotations", "future",
})  # fmt: skip
_DUNDER = re.compile(r"__([a-z_]+?)__")


@dataclass(slots=True, kw_only=True)
class Run:
    """One or more of the same mark. left: how many of them are not matched yet.

    start, end: its place in the source. weak: stands within a word, and matches only one that
    doesn't. strikes: +1 where what follows is struck, -1 behind it.
    """

    mark: str
    left: int
    start: int
    end: int
    opens: bool
    closes: bool
    weak: bool
    strikes: int = 0


def run(source: str, start: int, end: int) -> Run | str:
    """Read a run of one mark; gives it back as words where it is no mark."""
    mark, count = source[start], end - start
    words = source[start:end]
    if count > LONGEST or (mark == "~" and count != BOLD):
        return words
    if mark == "_" and _is_dunder(source, start, end):
        return words
    beside = _Beside(before=source[start - 1 : start], after=source[end : end + 1], count=count)
    opens, closes = _RULES[mark](beside)
    if not (opens or closes or count == BOLD):
        return words
    return Run(
        mark=mark,
        left=count,
        start=start,
        end=end,
        opens=opens,
        closes=closes,
        weak=mark == "*" and beside.is_within,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What stands before and after a run: one letter each, "" at the text's ends."""

    before: str
    after: str
    count: int

    @property
    def is_within(self) -> bool:
        """Whether the run stands within a word."""
        return kind(self.before) is kind(self.after) is Kind.WORD

    @property
    def may_open(self) -> bool:
        return kind(self.after) is not Kind.SPACE and self.after not in CLOSING

    @property
    def may_close(self) -> bool:
        return kind(self.before) is not Kind.SPACE and self.before not in OPENING


def _star(beside: _Beside) -> tuple[bool, bool]:
    before, after = beside.before, beside.after
    outer, inner = kind(before), kind(after)
    if beside.is_within and (beside.count == 1 or before.isdigit() or after.isdigit()):
        return False, False
    opens = beside.may_open and after != "/" and not (outer is Kind.WORD and inner is Kind.SIGN)
    if beside.count > 1:
        return opens, beside.may_close
    if "/" in (before, after):
        return False, False
    closes = beside.may_close and not (outer is Kind.SIGN and inner is Kind.WORD)
    return opens and _may_stand_in(after), closes and _may_stand_in(before)


def _may_stand_in(letter: str) -> bool:
    return kind(letter) is not Kind.SIGN or letter in _BESIDE_STAR or not letter.isascii()


def _underscore(beside: _Beside) -> tuple[bool, bool]:
    before, after = beside.before, beside.after
    opens = kind(before) is Kind.SPACE or before in _BESIDE_UNDERSCORE
    closes = kind(after) is Kind.SPACE or after in _BESIDE_UNDERSCORE
    return (
        beside.may_open and opens and after != "/",
        beside.may_close and closes and before != "/",
    )


def _tilde(beside: _Beside) -> tuple[bool, bool]:
    return beside.may_open, beside.may_close


_RULES: Final[Mapping[str, Callable[[_Beside], tuple[bool, bool]]]] = {
    "*": _star,
    "_": _underscore,
    "~": _tilde,
}


def _is_dunder(source: str, start: int, end: int) -> bool:
    if end - start != BOLD:
        return False
    ahead = _DUNDER.match(source, start, start + 24)
    behind = source.rfind("__", max(start - 20, 0), start)
    name = ahead[1] if ahead else source[behind + 2 : start] if behind >= 0 else ""
    return name in _DUNDERS

"""From Markdown to blocks: one pass over the lines.

Lines are told apart by their first letter. A line of words stays a line, as models mean it: in a
chat nobody fills paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from chalicelib.domain.rendering import lines
from chalicelib.domain.rendering.blocks import Block, Document, Rule, Words
from chalicelib.domain.rendering.cursor import Cursor
from chalicelib.domain.rendering.lines import Fence
from chalicelib.domain.rendering.nesting import Nesting

_BULLETS: Final = "•◦"
#: The language of a fence around a formula.
_MATH: Final = "math"


def read(markdown: str) -> Document:
    r"""Read an answer whose lines end with "\n"; any string is one."""
    reader = _Reader(cursor=Cursor(lines=markdown.split("\n")))
    while reader.cursor.at < len(reader.cursor.lines):
        reader.step()
    reader.end()
    return Document(blocks=tuple(reader.blocks), notes=reader.notes, links=reader.links)


@dataclass(slots=True, kw_only=True)
class _Reader:
    """What is known at one line. open: the lines of the paragraph or item that may go on.

    first, others: what stands before these. Every method that takes a line tells whether it was of
    its kind, and has then dealt with it.
    """

    cursor: Cursor
    nesting: Nesting = field(default_factory=Nesting)
    gap: str | None = None
    open: list[str] = field(default_factory=list)
    first: str = ""
    others: str = ""
    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def step(self) -> None:
        cursor = self.cursor
        whole = cursor.lines[cursor.at]
        bars, line = lines.unquoted(whole)
        if bars != cursor.bars:
            self.end()
            self.nesting.quote(bars, lines.indent(whole))
            cursor.bars = bars
        cursor.at += 1
        mark = line.lstrip(" \t")[:1]
        if not mark:
            self.end()
            self.gap = self.nesting.before(0)
        elif not any(is_kind(self, line) for is_kind in _KINDS.get(mark, _ANY)):
            self.words(line)

    # --- words ---------------------------------------------------------------------------------

    def words(self, line: str) -> None:
        words = self.cursor.late_code(line)
        line = line if words is None else words
        indent = lines.indent(line)
        if self.open and self.nesting.items and not indent:
            self.end()
        if not self.open:
            self.nesting.leave(indent)
            self.first = self.others = self.nesting.before(len(self.nesting.items))
        self.open.append(line.strip(" \t"))

    def item(self, line: str) -> bool:
        item = lines.item(line)
        if not item:
            return bool(self.nesting.items) and not self.open and lines.is_bare_bullet(line)
        self.end()
        self.nesting.leave(item.indent)
        depth = len(self.nesting.items)
        self.nesting.items.append(item.indent)
        mark = _BULLETS[depth % len(_BULLETS)] if item.mark == "•" else item.mark
        self.first = f"{self.nesting.before(depth)}{mark} "
        self.others = self.nesting.before(depth + 1)
        if opened := lines.fence(item.text):
            self.open = [] if mark in _BULLETS else [""]
            if self._code(replace(opened, indent=item.column)):
                return True
        heading = lines.heading(item.text)
        self.open = [heading[1] if heading else item.text]
        return True

    def heading(self, line: str) -> bool:
        heading = lines.heading(line)
        if heading:
            self.end()
            self.nesting.leave(lines.indent(line))
            self._put_heading(*heading)
        return heading is not None

    def underline(self, line: str) -> bool:
        level = lines.underline(line)
        if not level or len(self.open) != 1 or self.nesting.items:
            return False
        words, self.open = self.open[0], []
        self._put_heading(level, words)
        return True

    def rule(self, line: str) -> bool:
        if not lines.is_rule(line):
            return False
        self.end()
        self.nesting.items.clear()
        self._put(Rule())
        return True

    # --- what reaches over lines ---------------------------------------------------------------

    def fence(self, line: str) -> bool:
        opened = lines.fence(line)
        return opened is not None and self._code(opened)

    def _code(self, opened: Fence) -> bool:
        listing = self.cursor.code(opened)
        if listing is None:
            return False
        self.end()
        if listing.language == _MATH:
            self._put_whole(f"$$\n{listing.code}\n$$")
        else:
            self._put(listing)
        return True

    def indented_code(self, line: str) -> bool:
        if self.open or self.nesting.items or line[0] not in " \t" or lines.item(line):
            return False
        listing = self.cursor.indented_code(line)
        if listing:
            self._put(listing)
        return listing is not None

    def formula(self, line: str) -> bool:
        formula = self.cursor.formula(line)
        if formula is None:
            return False
        self.end()
        self.nesting.leave(lines.indent(line))
        self._put_whole(formula)
        return True

    def region(self, line: str) -> bool:
        blocks = self.cursor.region(line)
        if blocks is None:
            return False
        self.end()
        for block in blocks:
            self._put(block)
        return True

    def table(self, line: str) -> bool:
        grid = self.cursor.table(line)
        if grid is None:
            return False
        self.end()
        self._put(grid)
        return True

    def note(self, line: str) -> bool:
        note, link = lines.note(line), lines.link(line)
        if note and note[0] not in self.notes:
            self.end()
            label, words = note
            while (more := self.cursor.peek()) and lines.indent(more) and more.strip():
                words += f"\n{more.strip()}"
                self.cursor.at += 1
            self.notes[label] = words
            return True
        if link and not self.open and link[0] not in self.links:
            self.end()
            self.links |= [link]
            return True
        return False

    # --- putting down --------------------------------------------------------------------------

    def end(self) -> None:
        """End the paragraph or item that could have gone on."""
        if self.open:
            text, self.open = "\n".join(self.open), []
            self._put(self._said(text, first=self.first, others=self.others))

    def _put_heading(self, level: int, words: str) -> None:
        before = self.nesting.before(0)
        self._put(replace(self._said(words, first=before, others=before), heading=level))

    def _put_whole(self, text: str) -> None:
        before = self.nesting.before(len(self.nesting.items))
        self._put(self._said(text, first=before, others=before))

    def _said(self, text: str, *, first: str, others: str) -> Words:
        gap = self.gap if self.cursor.bars else self.gap and ""
        return Words(text=text, first=first, others=others, gap=gap)

    def _put(self, block: Block) -> None:
        self.blocks.append(block)
        self.gap = None


_Kind = Callable[[_Reader, str], bool]
#: What every line may be that is indented or holds a pipe.
_ANY: Final[tuple[_Kind, ...]] = (_Reader.indented_code, _Reader.table)
#: What a line may be that begins with a letter, in the order that it is tried.
_FIRST: Final[Mapping[str, tuple[_Kind, ...]]] = {
    "`~": (_Reader.fence,),
    "#": (_Reader.heading,),
    "=": (_Reader.underline,),
    "-": (_Reader.underline, _Reader.rule, _Reader.item),
    "*": (_Reader.rule, _Reader.item),
    "_": (_Reader.rule,),
    "+•◦▪‣0123456789": (_Reader.item,),
    "<": (_Reader.region,),
    "[": (_Reader.note,),
    "$\\": (_Reader.formula,),
}
_KINDS: Final = {mark: (*_ANY, *kinds) for marks, kinds in _FIRST.items() for mark in marks}

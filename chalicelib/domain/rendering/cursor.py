"""A place among an answer's lines, and what reaches over several of them.

Code, formulas, tables and HTML hold lines that mean nothing by themselves, or would mean something
else. Each is taken as a whole where it begins, and only if it also ends where it has to: dollars
without a partner are words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from chalicelib.domain.rendering import lines, pipes, regions
from chalicelib.domain.rendering.blocks import Block, Grid, Listing
from chalicelib.domain.rendering.lines import Fence

#: Columns that make lines code if they also look like it.
_CODE: Final = 4
#: Lines that a formula may have, and code that begins behind words.
_TALLEST: Final = 40
#: Code of these languages may hold fences of its own.
_NESTING: Final = ("markdown", "md")
_FORMULA = re.compile(r"[ \t]*(\$\$|\\\[|\\begin\{([a-z]+\*?)\})(.*)")
_FORMULA_ENDS: Final = {"$$": "$$", "\\[": "\\]"}
_EMPTY_LINES = re.compile(r"\A(?:[ \t]*\n)+")


@dataclass(slots=True, kw_only=True)
class Cursor:
    """Where reading stands. at: the next line. bars: the marks of the quote it is in.

    hopeless: what nothing closes in the rest of the text, so that it isn't looked for again.
    prose: up to where indented lines are known to be no code.
    """

    lines: list[str]
    at: int = 0
    bars: int = 0
    hopeless: set[str] = field(default_factory=set)
    prose: int = 0

    def peek(self, ahead: int = 0) -> str | None:
        """A line to come, without the quote's marks; None where the text or the quote ends."""
        at = self.at + ahead
        return lines.unbarred(self.lines[at], self.bars) if at < len(self.lines) else None

    def code(self, opened: Fence) -> Listing | None:
        """Take the lines up to a fence's end; without one, all the rest is code.

        `~~~` without an end is a wave: None, and nothing is taken.
        """
        if opened.mark in self.hopeless:
            return None
        taken, depth = 0, 0
        code = [opened.first] if opened.first else []
        while (line := self.peek(taken)) is not None:
            taken += 1
            if lines.closes(line, opened):
                depth -= 1
                if depth < 0:
                    break
            elif opened.language in _NESTING and (inner := lines.fence(line)):
                depth += inner.mark.startswith(opened.mark) and bool(inner.language)
            code.append(lines.dedented(line, opened.indent))
        else:
            if opened.mark[0] == "~":
                self.hopeless.add(opened.mark)
                return None
        self.at += taken
        return _listing(code, opened.language)

    def late_code(self, line: str) -> str | None:
        """Leave the fence at the end of a line of words for the next step; returns the words.

        None where no such fence is, where none of the next lines closes it, or where nothing but
        white space lies between: then its language may be the code, on one line.
        """
        found = lines.late_fence(line)
        if not found:
            return None
        words, fence = found
        holds = False
        for ahead in range(_TALLEST):
            more = self.peek(ahead)
            if more is None or (more.lstrip().startswith("```") and more.strip() != "```"):
                return None
            if more.strip() == "```":
                if not holds:
                    return None
                self._put_back(fence)
                return words
            holds = holds or bool(more.strip())
        return None

    def indented_code(self, line: str) -> Listing | None:
        """Take lines that are indented like code and look like it; None otherwise."""
        if lines.indent(line) < _CODE or self.at < self.prose:
            return None
        taken, code = 0, [lines.dedented(line, _CODE)]
        while (more := self.peek(taken)) is not None:
            if more.strip() and lines.indent(more) < _CODE:
                break
            taken += 1
            code.append(lines.dedented(more, _CODE))
        if not lines.look_like_code(code):
            self.prose = self.at + taken
            return None
        self.at += taken
        return _listing(code, "")

    def formula(self, line: str) -> str | None:
        """Take the lines of a formula that begins on this line and ends on another one."""
        found = _FORMULA.fullmatch(line)
        if not found:
            return None
        end = _FORMULA_ENDS.get(found[1]) or f"\\end{{{found[2]}}}"
        if end in found[3]:
            return None
        rows = [line.strip()]
        for taken in range(_TALLEST):
            more = self.peek(taken)
            if more is None:
                return None
            if more.strip():
                rows.append(more.strip())
            if end in more:
                self.at += taken + 1
                return "\n".join(rows)
        return None

    def region(self, line: str) -> tuple[Block, ...] | None:
        """Take HTML up to its closing tag, and leave the rest of that line for the next step.

        None where no such HTML begins, or where nothing closes it; no block where a reader sees
        nothing of it.
        """
        begins = regions.opening(line)
        if not begins or begins in self.hopeless:
            return None
        closing, taken, text = regions.CLOSINGS[begins], -1, [line]
        while closing not in text[-1].lower():
            taken += 1
            more = self.peek(taken)
            if more is None:
                self.hopeless.add(begins)
                return None
            text.append(more)
        self.at += taken + 1
        end = text[-1].lower().index(closing) + len(closing)
        if rest := text[-1][end:].strip():
            self._put_back(rest)
        text[-1] = text[-1][:end]
        return regions.blocks(begins, "\n".join(text))

    def _put_back(self, rest: str) -> None:
        """Make what is left of the last line taken the next one."""
        self.at -= 1
        self.lines[self.at] = ">" * self.bars + " " * bool(self.bars) + rest

    def table(self, line: str) -> Grid | None:
        """Take the rows below a table's header; None where the next line parts it from none."""
        if not pipes.is_row(line):
            return None
        delimiter = self.peek()
        if delimiter is None or not pipes.is_delimiter(delimiter):
            return None
        rows: list[str] = []
        while (row := self.peek(1 + len(rows))) is not None and pipes.is_row(row):
            rows.append(row)
        self.at += 1 + len(rows)
        return pipes.grid(line, rows)


def _listing(code: list[str], language: str) -> Listing:
    text = _EMPTY_LINES.sub("", "\n".join(code) + "\n").rstrip()
    return Listing(code=text, language=language)

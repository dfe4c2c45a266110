"""What a line of Markdown is, by its first characters alone.

Models follow no standard to the letter: they forget the space after `##`, indent lists by two,
three or four, and write things that only look like markup (`#台北美食`, `>_<`, `-5°C`). What counts
as markup here is what they mean by it, and where in doubt the line stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: A tab reaches to the next column that is a multiple of this.
_TAB: Final = 4
#: An address that a name may stand for.
_ADDRESS: Final = r"(?:https?://|mailto:|ftp://|www\.)[^\s<>]*"

# A face such as "> <" or ">_<" is no quote, but "> <b>bold</b>" is one.
_QUOTE = re.compile(r"[ \t]*>(?![ \t]*\S{0,3}[ \t]*<(?![A-Za-z/!]))(?:[ \t]?>)*(?:[ \t]|$)")
_TIGHT_QUOTE = re.compile(r"[ \t]*(>+)(?=[^\W\d_]|[「『《【（“\"*\[`!])(?!.*<(?![A-Za-z/!]))")
_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*(.*)")
_LATE_FENCE = re.compile(r"([^`]*[^`\s][ \t]*)(```[\w+#.-]*)[ \t]*")
_LANGUAGE = re.compile(r"\{?\.?([A-Za-z0-9_+#.:/-]{1,40})\}?")
_ATTRIBUTES = re.compile(r"[{(\[].*|[\w-]+=.*|[\w./-]+\.\w+")
_HEADING = re.compile(r"[ \t]*(#{1,6})[ \t]+(\S.*)")
_TIGHT_HEADING = re.compile(r"[ \t]*(#{2,6})([^\W\d_a-zA-Z].*)")
_RULE = re.compile(r"[ \t]*([-*_])[ \t]*(?:\1[ \t]*){2,}")
_UNDERLINE = re.compile(r"[ \t]*(={2,}|-{4,})[ \t]*")
_ITEM = re.compile(r"([ \t]*)([-*+•◦▪‣]|\d{1,9}[.)])([ \t]+)(?=\S)(.*)")
_BARE_BULLET = re.compile(r"[ \t]*[-*+][ \t]*")
_BOX = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_NOTE = re.compile(r"[ \t]{0,3}\[\^([^\]\s]{1,60})\]:[ \t]*(.*)")
_LINK = re.compile(
    rf"[ \t]{{0,3}}\[([^\]^][^\]]{{0,200}})\]:[ \t]*<?({_ADDRESS})>?"
    r"(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^)]*\)))?[ \t]*",
    re.IGNORECASE,
)
_CODE_SIGN = re.compile(r"[=;{}()\[\]<>$\\|]|^\s*(?:#|//|def |import |return |echo |sudo )|:$")
_PROSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}|\]\(|\*\*\S|~~\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """The line that opens code. indent: columns before it. first: code on that very line."""

    mark: str
    indent: int
    language: str
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The first line of a list's item. mark: as shown, such as "•", "3." or "☑".

    indent, column: columns before its mark, and before its text.
    """

    indent: int
    column: int
    mark: str
    text: str


def unquoted(line: str) -> tuple[int, str]:
    """Take a quote's marks off a line; returns how many there were, and the rest."""
    bars = 0
    while found := _QUOTE.match(line):
        bars += found[0].count(">")
        line = line[found.end() :]
    if found := _TIGHT_QUOTE.match(line):
        return bars + len(found[1]), line[found.end() :]
    return bars, line


def unbarred(line: str, bars: int) -> str | None:
    """Take exactly so many of a quote's marks off a line; None where it has fewer."""
    for _ in range(bars):
        bare = line.lstrip(" \t")
        if not bare.startswith(">"):
            return None
        line = bare[2:] if bare[1:2] == " " else bare[1:]
    return line


def width(start: str) -> int:
    """Columns that the start of a line takes."""
    return len(start.expandtabs(_TAB))


def indent(line: str) -> int:
    """Columns before a line's first letter."""
    return width(line[: len(line) - len(line.lstrip(" \t"))])


def dedented(line: str, columns: int) -> str:
    """Take so many columns of white space off a line's beginning, or what there is of it."""
    if line[:columns].strip(" ") == "":
        return line[columns:]
    return " " * (indent(line) - columns) + line.lstrip(" \t")


def fence(line: str) -> Fence | None:
    """Read a line that opens code.

    Words after the marks are a language (`python`, `js:app.js`), with attributes that a reader
    doesn't see (`title="…"`); where they are neither, they are code.
    """
    found = _FENCE.fullmatch(line)
    if not found or (found[2][0] == "`" and "`" in found[3]):
        return None
    mark, info = found[2], found[3].strip()
    word, _, more = info.partition(" ")
    language = _LANGUAGE.fullmatch(word)
    is_language = language and (not more or _ATTRIBUTES.fullmatch(more.strip()))
    if not is_language and info and mark[0] == "~":
        return None
    return Fence(
        mark=mark,
        indent=width(found[1]),
        language=language[1] if language and is_language else "",
        first="" if is_language else info,
    )


def late_fence(line: str) -> tuple[str, str] | None:
    """Read a line of words that ends by opening code; returns the words and the fence."""
    found = _LATE_FENCE.fullmatch(line)
    return (found[1], found[2]) if found else None


def closes(line: str, opened: Fence) -> bool:
    """Whether a line closes what a fence opened."""
    bare = line.strip()
    return len(bare) >= len(opened.mark) and bare == opened.mark[0] * len(bare)


def heading(line: str) -> tuple[int, str] | None:
    """Read a heading; returns its level, 1 to 6, and its words."""
    found = _HEADING.fullmatch(line) or _TIGHT_HEADING.fullmatch(line)
    if not found:
        return None
    words = found[2].rstrip()
    bare = words.rstrip("#")
    return len(found[1]), bare.rstrip() if bare.endswith((" ", "\t")) else words


def is_rule(line: str) -> bool:
    """Whether a line is a rule: three or more of -, * or _, and nothing else."""
    return _RULE.fullmatch(line) is not None


def underline(line: str) -> int:
    """The level of the heading that a line of = or of four and more - makes of the one above; 0.

    `---` is what models part sections by, with or without an empty line: a rule, no underline.
    """
    found = _UNDERLINE.fullmatch(line)
    return 0 if not found else 1 if found[1][0] == "=" else 2


def item(line: str) -> Item | None:
    """Read the first line of a list's item. Numbers stay as they are; a box has no bullet."""
    found = _ITEM.fullmatch(line)
    if not found:
        return None
    indent, column = width(found[1]), width(line[: found.start(4)])
    mark, text = found[2] if found[2][0].isdigit() else "•", found[4].rstrip()
    if box := _BOX.match(text):
        drawn = "☐" if box[1] == " " else "☑"
        mark, text = drawn if mark == "•" else f"{mark} {drawn}", text[box.end() :]
    return Item(indent=indent, column=column, mark=mark, text=text)


def is_bare_bullet(line: str) -> bool:
    """Whether a line is a bullet with nothing behind it."""
    return _BARE_BULLET.fullmatch(line) is not None


def note(line: str) -> tuple[str, str] | None:
    """Read a footnote's first line; returns its label and its words."""
    found = _NOTE.fullmatch(line)
    return (found[1], found[2].strip()) if found else None


def link(line: str) -> tuple[str, str] | None:
    """Read a line that names an address; returns the name, in small letters, and the address."""
    found = _LINK.fullmatch(line)
    return (found[1].strip().lower(), found[2]) if found else None


def look_like_code(lines: list[str]) -> bool:
    """Whether indented lines are code: half have a program's signs, none is prose or Markdown."""
    full = [line for line in lines if line.strip()]
    signs = sum(_CODE_SIGN.search(line) is not None for line in full)
    return 2 * signs >= len(full) and not any(_PROSE.search(line) for line in full)

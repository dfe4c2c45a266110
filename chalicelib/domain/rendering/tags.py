"""HTML among words: tags go, what they mean stays.

A name in angle brackets is a tag if HTML knows it, or if something closes it (`<think>`): then the
words within stay. Anything else is what it looks like: `List<String>`, `<your name>`, `a < b`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: How a rule, an item and a heading look; the same as those of Markdown.
RULE: Final = "──────────"
BULLET: Final = "• "
HEADING: Final = "■ "

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]{0,30})((?:[\s/][^<>]{0,1000})?)>")
_ATTRIBUTE = re.compile(
    r"([\w:@.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))"
    r"|\b(?:disabled|checked|hidden|open|controls|required|reversed|selected)\b"
)
#: What HTML shows within a line.
_INLINE: Final = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "button", "cite", "code", "del", "dfn", "em", "font",
    "i", "iframe", "img", "input", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "video", "wbr",
    "audio", "source",
})  # fmt: skip
#: What it begins a new line with.
_LINES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "br",
            "p",
            "div",
            "tr",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "table",
            "thead",
            "tbody",
            "tfoot",
            "caption",
            "section",
            "article",
            "aside",
            "header",
            "footer",
            "main",
            "nav",
            "figure",
            "figcaption",
            "details",
            "summary",
            "blockquote",
            "center",
            "form",
            "fieldset",
            "pre",
            "html",
            "body",
            "head",
            "title",
            "address",
        ),
        "\n",
    ),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), f"\n{HEADING}"),
    "hr": f"\n{RULE}\n",
    "li": f"\n{BULLET}",
    "td": " ",
    "th": " ",
}
#: Nobody means anything else by these, even where nothing closes them. `<title>` or `<b>` alone may
#: stand for something to fill in.
_CERTAIN: Final = frozenset({
    "br", "hr", "wbr", "img", "p", "li", "ul", "ol", "dl", "dt", "dd", "div", "span", "table",
    "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "sub",
    "sup", "small", "mark", "kbd", "del", "ins", "strike", "font", "center", "details", "summary",
    "blockquote", "ruby", "rt", "rp",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag. name: in small letters. attributes: its values by name. end: where it ends."""

    name: str
    is_closing: bool
    attributes: Mapping[str, str]
    end: int


def read(source: str, start: int, pairs: frozenset[str]) -> Tag | None:
    """Read a tag that begins at `start`; None for what only looks like one.

    pairs: names that are both opened and closed in this answer.
    """
    found = _TAG.match(source, start)
    if not found:
        return None
    name, inside = found[2].lower(), found[3].strip().removesuffix("/")
    attributes = {
        each[1].lower(): each[2] or each[3] or each[4] or ""
        for each in _ATTRIBUTE.finditer(inside)
        if each[1]
    }
    is_known = name in _CERTAIN or name in pairs
    is_told = attributes and (name in _INLINE or name in _LINES)
    if not (is_known or is_told) or _ATTRIBUTE.sub("", inside).strip():
        return None
    return Tag(name=name, is_closing=bool(found[1]), attributes=attributes, end=found.end())


def shown(tag: Tag) -> str:
    """What stands in a tag's place: a new line, a bullet, mostly nothing."""
    line = _LINES.get(tag.name, "")
    if not tag.is_closing:
        return line
    return "\n" if line.startswith("\n") else line

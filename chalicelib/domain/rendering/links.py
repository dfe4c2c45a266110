"""Links and pictures, whose addresses stay exactly as they are.

LINE makes every address in a text something to tap, so a link is its words and, in parentheses,
its address. An address is never searched for markup: underscores, stars and parentheses are its
own, while the punctuation around it is the sentence's.
"""

from __future__ import annotations

import re
from typing import Final

#: What an address in a text can't hold: punctuation that is as wide as Chinese letters.
_WIDE: Final = "，。、；：！？…「」『』（）《》〈〉【】“”"
#: Before an address: no letter, or this would be the end of a longer word.
ADDRESS: Final = r"(?<![A-Za-z0-9])(?:[A-Za-z][A-Za-z0-9+.-]{1,11}://|www\.)(?=[^\s<>])"

_BARE = re.compile(rf"[^\s<>`{_WIDE}]+")
_TRAILING: Final = "?!.,:;*_~'\"\\"
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}
_BRACKET = re.compile(r"[()\[\]{}]")
_ANGLES = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>")
_PATH: Final = r"[^\s()]*+(?:\((?:[^\s()]|\([^\s()]*+\))*+\)[^\s()]*+)*+"
_TITLE: Final = r"\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”|\([^()\n]*\)"
_TARGET = re.compile(
    rf"\([ \t\n]*+(?:<([^<>\n]*+)>|({_PATH}))(?:[ \t\n]++(?:{_TITLE}))?[ \t\n]*+\)"
)
_NAME = re.compile(r"\[([^\[\]\n]{0,200})\]")
#: Places in a page that isn't one, and pictures written out in letters.
_NOWHERE: Final = ("#", "data:")
_SILENT: Final = ("mailto:", "tel:")


def bare(source: str, start: int) -> int:
    """Where an address ends that begins at `start` in a text."""
    found = _BARE.match(source, start)
    end = _balanced(source, start, found.end()) if found else start
    while end > start and source[end - 1] in _TRAILING:
        end -= 1
    return end


def _balanced(source: str, start: int, end: int) -> int:
    """Where the first bracket closes that opened before `start`; `end` where none does."""
    depths = dict.fromkeys(_BRACKETS.values(), 0)
    for bracket in _BRACKET.finditer(source, start, end):
        opening = _BRACKETS.get(bracket[0])
        if opening is None:
            depths[bracket[0]] += 1
        elif not depths[opening]:
            return bracket.start()
        else:
            depths[opening] -= 1
    return end


def in_angles(source: str, start: int) -> tuple[str, int] | None:
    """Read an address in angle brackets; returns it and where it ends."""
    found = _ANGLES.match(source, start)
    return (_shown(found[1]), found.end()) if found else None


def target(source: str, start: int) -> tuple[str, int] | None:
    """Read where a link leads, from the parenthesis on; returns the address and where it ends."""
    found = _TARGET.match(source, start)
    return (found[1] if found[1] is not None else found[2], found.end()) if found else None


def name(source: str, start: int) -> tuple[str, int] | None:
    """Read the name of an address, from the bracket on; returns it and where it ends."""
    found = _NAME.match(source, start)
    return (found[1].strip().lower(), found.end()) if found else None


def told(words: str, address: str) -> str:
    """A link's words with its address; once where they are the same."""
    words, address = words.strip(), _shown(address)
    if not address or address.startswith(_NOWHERE):
        return words
    if not words or _core(words) == _core(address):
        return address
    return f"{words} ({address})"


def _core(address: str) -> str:
    """An address without what people leave out when they say it."""
    return address.removeprefix("https://").removeprefix("http://").removesuffix("/")


def _shown(address: str) -> str:
    for scheme in _SILENT:
        if address.lower().startswith(scheme):
            return address[len(scheme) :]
    return address

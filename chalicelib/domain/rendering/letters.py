"""What kind of letter stands beside a mark: that decides whether the mark is one.

CommonMark knows white space, punctuation and all the rest, which fails where words aren't parted by
spaces: `**重點：**內容` keeps its stars. Here Chinese, Japanese, Korean, Thai and their neighbours
are a kind of their own, with the punctuation that is as wide as their letters.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import Final

import regex

#: Letters of scripts that write words without spaces between or around them, as a regex's set.
#: Korean is among them, since its particles follow a word directly.
DENSE: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
#: Begins something: no mark that closes follows it.
OPENING: Final = frozenset("([{<“‘«「『（《〈【〔［｛")
#: Ends something: no mark that opens stands before it.
CLOSING: Final = frozenset(")]}>”’»」』）》〉】〕］｝,.;:!?，。、；：！？．…%％")

#: A line through the letter before it.
STROKE: Final = "\u0336"

_DENSE = re.compile(f"[{DENSE}]")
_GRAPHEME = regex.compile(r"\X")


class Kind(Enum):
    """SPACE is also the text's beginning and end; SIGN is punctuation and pictures."""

    SPACE = 1
    SIGN = 2
    WORD = 3
    DENSE = 4


@lru_cache(maxsize=4096)
def kind(letter: str) -> Kind:
    """The kind of one character, or of "" at a text's end."""
    if not letter or letter.isspace():
        return Kind.SPACE
    if _DENSE.match(letter):
        return Kind.DENSE
    if letter.isalnum() or (unicodedata.category(letter) == "Mn" and letter < "\ufe00"):
        return Kind.WORD
    return Kind.SIGN


def has_dense(text: str) -> bool:
    """Whether a text has a letter of a script that writes without spaces."""
    return _DENSE.search(text) is not None


def struck(text: str) -> str:
    """Draw a line through words, which say the contrary without it; an address stays one."""
    if "://" in text:
        return text
    return _GRAPHEME.sub(lambda found: found[0] if found[0].isspace() else found[0] + STROKE, text)

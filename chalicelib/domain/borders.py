"""Where a text may be cut, and how bad a cut is there.

Every border has a price, from nothing between paragraphs to a lot within a word. The prices say
what a reader minds: a list that lost its heading, a sentence that goes on in the next bubble. They
are found by punctuation alone, in Chinese, Japanese, Thai and English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

#: Positions at which something begins or ends, and the price of a cut there.
Borders = Iterator[tuple[int, float]]

# For scale: a bubble half as long as wished costs 0.25.
PARAGRAPH: Final = 0.0
_LINE: Final = 0.15
_LOOSE_ITEM: Final = 0.25
_SENTENCE: Final = 0.7
_ITEM: Final = 0.8
_HEADING: Final = 0.9
_IN_ITEM: Final = 1.0
_CLAUSE: Final = 1.5
_WORD: Final = 2.0
GRAPHEME: Final = 5.0

_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"\n\s*")
_MARKER = re.compile(
    r"[^\S\n]*(?:[-*•‣◦▪●○・‧–—☐☑]\s|[(（]?\d{1,3}[.)）、．]|\d\ufe0f?\u20e3|[①-⑳]"
    r"|[(（]?[一二三四五六七八九十]{1,3}[)）、]|[A-Za-z][.)]\s)"
)
#: Behind a Chinese letter too, which Python takes for one of the same word.
URL = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z][A-Za-z0-9+.-]{1,11}://|www\.)"
    r"[^\s<>，。、；：！？…「」『』（）《》〈〉【】“”]+"
)
_CLOSERS = "」』）)\\]】》〉”’\"'*"
_SENTENCE_END = re.compile(
    rf"[。！？；…]+[！？!?]*[{_CLOSERS}]*"
    rf"|(?<![!?])[!?]++[{_CLOSERS}]*+(?=\s|[^\x00-\x7f])"
    rf"|(?<!\d)(?<!(?<!\d)\.)\.++[{_CLOSERS}]*+\s|(?<=\d)\.[{_CLOSERS}]*\s(?!\d)"
    r"|(?<=[\u0e00-\u0e7f])[^\S\n]+(?=[\u0e00-\u0e45\u0e47-\u0e7f])"
)
#: How much of a word before a full stop tells whether it is an abbreviation or a list's number.
_WORD_SEEN: Final = 12
_SHORTENED = re.compile(r"(?:\b[A-Z][a-z]{0,2}|\b[A-Za-z](?:\.[A-Za-z])+|^\s*\d{1,3})$", re.M)
_CLAUSE_END = re.compile(r"[，、：]+|[,:;]\s")


def in_text(text: str, start: int, end: int) -> Borders:
    """Find where paragraphs, lines and sentences begin between two positions."""
    found: dict[int, float] = {}
    line = start
    for gap in _BREAK.finditer(text, start, end):
        found.update(_sentences(text, line, gap.start()))
        found[gap.end()] = _line_cost(text, line, gap)
        line = gap.end()
    found.update(_sentences(text, line, end))
    yield from sorted(found.items())


def _line_cost(text: str, line: int, gap: re.Match[str]) -> float:
    if text.endswith((":", "："), line, gap.start()):
        return _HEADING
    is_loose = gap.group().count("\n") > 1
    if not _MARKER.match(text, gap.end()):
        return PARAGRAPH if is_loose else _LINE
    if is_loose:
        return _LOOSE_ITEM if _MARKER.match(text, line) else PARAGRAPH
    return _ITEM


def _sentences(text: str, start: int, end: int) -> Borders:
    cost = _IN_ITEM if _MARKER.match(text, start, end) else _SENTENCE
    for mark in _SENTENCE_END.finditer(text, start, end):
        before = text[max(start, mark.start() - _WORD_SEEN) : mark.start()]
        if mark.group()[0] != "." or not _SHORTENED.search(before):
            yield mark.end(), cost


def in_sentence(text: str, start: int, end: int) -> Borders:
    """Find where clauses, words and links begin between two positions, and where links end."""
    found = dict.fromkeys((m.end() for m in _SPACE.finditer(text, start, end)), _WORD)
    for url in URL.finditer(text, start, end):
        found |= {url.start(): _WORD, url.end(): _WORD}
    found |= {m.end(): _CLAUSE for m in _CLAUSE_END.finditer(text, start, end)}
    yield from sorted(item for item in found.items() if start < item[0] < end)

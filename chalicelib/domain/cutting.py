"""An answer in bubbles: people read chat in short pieces, and LINE limits each one's length.

A cut in the wrong place is worse than a long bubble: an emoji falls apart, a link stops working,
a list loses its heading. So every place a text may be cut at has a price, each bubble has one for
being far from the wished length, and the cheapest division of the whole answer is taken. That also
balances: two bubbles of 350 cost less than one of 620 and one of 80.

Lengths are UTF-16 code units, which is how LINE counts a text. Graphemes (what a reader sees as one
character) are found by the `regex` package, since the standard library does not know them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Final

import regex

from chalicelib.domain.borders import GRAPHEME, PARAGRAPH, URL, Borders, in_sentence, in_text

#: A bubble may be longer than wished by this much if that saves a bubble.
_STRETCH: Final = 1.25
_ELLIPSIS: Final = "…"
#: UTF-16 code units that one code point takes at most.
_MOST_UNITS: Final = 2

#: Too long is so many times worse than too short.
_LONG: Final = 4

_GRAPHEMES = regex.compile(r"\X")
#: Graphemes of several code points: each has one that is never alone, and none crosses a line.
_WITH_JOINTS = regex.compile(r"[^\n]*[^\p{GCB=Other}\p{GCB=Control}\n][^\n]*\n?")
_SPACE = re.compile(r"\s+")


def cut(text: str, *, target: int = 500, limit: int = 5000) -> tuple[str, ...]:
    """Cut an answer into bubbles of about `target`, none over `limit` UTF-16 code units.

    Paragraphs go before lines, sentences, clauses, words and, for monsters, graphemes. Nothing is
    lost but white space where bubbles meet; no bubble is empty, and none is so short that it would
    fit into its neighbour within 1.25 × target. Links are whole if they fit the limit. A grapheme
    that is itself over the limit is the only one that is cut.
    """
    target = min(target, limit)
    bound = min(int(target * _STRETCH), limit)
    edges = _edges(text, limit)
    words = _trimmed(text, _Piece(0, len(text), PARAGRAPH), edges)
    if words.is_empty:
        return ()
    pieces = [words]
    for find in (in_text, in_sentence, _evenly(edges, target)):
        pieces = [part for piece in pieces for part in _divided(text, piece, edges, bound, find)]
    return tuple(text[start:end] for start, end in _packed(text, pieces, target, bound))


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as LINE counts; a lone surrogate counts as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, *, units: int) -> str:
    """Shorten a text to so many UTF-16 code units, between graphemes; "…" marks a loss."""
    if utf16_length(text) <= units:
        return text
    end, left = 0, units - len(_ELLIPSIS)
    for grapheme in _GRAPHEMES.finditer(text):
        left -= utf16_length(grapheme.group())
        if left < 0:
            break
        end = grapheme.end()
    return text[:end].rstrip() + _ELLIPSIS if units > 0 else ""


def clip_graphemes(text: str, count: int) -> str:
    """Shorten a text to so many graphemes; "…" marks a loss.

    LINE counts labels, the words a button says, and a template's text in graphemes.
    """
    ends = [grapheme.end() for grapheme in islice(_GRAPHEMES.finditer(text), max(count, 0) + 1)]
    if len(ends) <= count:
        return text
    return text[: ends[count - 2] if count > 1 else 0].rstrip() + _ELLIPSIS if count > 0 else ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the text that is not cut further; `cost` is what a cut before it costs."""

    start: int
    end: int
    cost: float

    @property
    def is_empty(self) -> bool:
        return self.start >= self.end


_Finder = Callable[[str, int, int], Borders]


def _edges(text: str, limit: int) -> set[int]:
    """Find all positions where a cut breaks no grapheme and no link that fits the limit."""
    edges = {*range(len(text) + 1)}
    for line in _WITH_JOINTS.finditer(text):
        for grapheme in _GRAPHEMES.finditer(text, *line.span()):
            start, end = grapheme.span()
            if end - start > 1:
                edges.difference_update(range(start + 1, end))
            if end - start > limit // 2:
                edges.update(_forced(text, start, end, limit))
    for url in URL.finditer(text):
        start, end = url.span()
        if {start, end} <= edges and utf16_length(url.group()) <= limit:
            edges.difference_update(range(start + 1, end))
    return edges


def _forced(text: str, start: int, end: int, limit: int) -> Iterator[int]:
    """Cut what can't be whole, between code points; nothing where it fits the limit."""
    size = 0
    for position in range(start, end):
        units = utf16_length(text[position])
        if size + units > limit:
            yield position
            size = 0
        size += units


def _trimmed(text: str, piece: _Piece, edges: set[int]) -> _Piece:
    """Take white space off both ends, but not the space that carries a combining mark."""
    space = _SPACE.match(text, piece.start, piece.end)
    start = space.end() if space else piece.start
    while start not in edges:
        start -= 1
    end = start + len(text[start : piece.end].rstrip())
    while end not in edges:
        end += 1
    return _Piece(start, end, piece.cost)


def _divided(
    text: str, piece: _Piece, edges: set[int], bound: int, find: _Finder
) -> Iterator[_Piece]:
    """Divide a piece that is too long for one bubble at the borders found; give others back."""
    most = _MOST_UNITS * (piece.end - piece.start)
    if most <= bound or utf16_length(text[piece.start : piece.end]) <= bound:
        yield piece
        return
    start, cost = piece.start, piece.cost
    inside = (border for border in find(text, piece.start, piece.end) if border[0] in edges)
    for position, next_cost in (*inside, (piece.end, PARAGRAPH)):
        part = _trimmed(text, _Piece(start, position, cost), edges)
        if part.is_empty:
            cost = min(cost, next_cost)
            continue
        yield part
        start, cost = position, next_cost


def _evenly(edges: set[int], target: int) -> _Finder:
    """Find borders of graphemes and links that divide a stretch of text evenly."""

    def find(text: str, start: int, end: int) -> Borders:
        units = utf16_length(text[start:end])
        step = -(-units // -(-units // target))
        size, last = 0, start
        for position in (p for p in range(start + 1, end + 1) if p in edges):
            more = utf16_length(text[last:position])
            if size and size + more > step:
                yield last, GRAPHEME
                size = 0
            size, last = size + more, position

    return find


def _packed(text: str, pieces: list[_Piece], target: int, bound: int) -> Iterator[tuple[int, int]]:
    """Put neighbouring pieces together so that cuts and odd lengths cost least in all."""
    starts: list[int] = []
    ends: list[int] = []
    here = 0
    for number, piece in enumerate(pieces):
        before = pieces[number - 1].end if number else 0
        here += utf16_length(text[before : piece.start])
        starts.append(here)
        here += utf16_length(text[piece.start : piece.end])
        ends.append(here)
    costs = [piece.cost for piece in pieces]
    best = [0.0]
    first: list[int] = []
    for last, end in enumerate(ends):
        cheapest, chosen = inf, last
        for begin in range(last, -1, -1):
            size = end - starts[begin]
            if size > bound and begin < last:
                break
            off = (size - target) / target
            cost = best[begin] + costs[begin] + off * off * (_LONG if size > target else 1)
            if cost <= cheapest:
                cheapest, chosen = cost, begin
        best.append(cheapest)
        first.append(chosen)
    yield from reversed([*_chosen(pieces, first)])


def _chosen(pieces: list[_Piece], first: list[int]) -> Iterator[tuple[int, int]]:
    last = len(pieces) - 1
    while last >= 0:
        yield pieces[first[last]].start, pieces[last].end
        last = first[last] - 1

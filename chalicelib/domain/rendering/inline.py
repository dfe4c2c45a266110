"""Words with markup, as words: one pass from mark to mark.

What can't hold markup (code, formulas, addresses, tags) is taken whole where it begins, so that an
underscore in an address is never half of an emphasis. Stars and their like are only noted here,
and matched at the end of the text or of the link that they stand in, see `emphasis`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import Final

from chalicelib.domain.rendering import emphasis, faces, formulas, links, runs, scripts, tags
from chalicelib.domain.rendering.ahead import Ahead
from chalicelib.domain.rendering.context import Context
from chalicelib.domain.rendering.emphasis import Piece
from chalicelib.domain.rendering.latex import unicode_formula
from chalicelib.domain.rendering.letters import struck
from chalicelib.domain.rendering.tags import Tag

_MARK = re.compile(rf"\\|`+|\*+|_+|~+|!\[|\[|\]|<|&|\$|[(（]|{links.ADDRESS}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_NOTE = re.compile(r"\[\^([^\]\s]{1,60})\]")
_ALERT = re.compile(r"\[!([A-Z]+)\]")
_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
#: What a reader doesn't see, and what ends it.
_HIDDEN: Final = {"<!--": "-->", "<script": "</script>", "<style": "</style>"}
#: What `<sup>` and `<sub>` may hold to be written small.
_SMALL = re.compile(r"[0-9+\-=()nixk]{1,12}")


def plain(markdown: str, context: Context) -> str:
    """Write inline Markdown without its marks; any string is inline Markdown."""
    if not _MARK.search(markdown):
        return markdown
    return _Reader(source=markdown, context=context, ahead=Ahead(markdown)).read()


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Pieces read so far. brackets: where a link's words may have begun, as index of the pieces.

    anchors: the same for `<a href>`, with its address; drawing: for `<sup>`, `<sub>` and
    `<del>`. numbers: the next one of each HTML list that is open, 0 where it has none.
    Every reading method gets a mark, adds pieces, and returns where reading goes on.
    """

    source: str
    context: Context
    ahead: Ahead
    pieces: list[Piece] = field(default_factory=list)
    brackets: list[int] = field(default_factory=list)
    anchors: list[tuple[int, str]] = field(default_factory=list)
    drawing: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def read(self) -> str:
        at = 0
        while mark := _MARK.search(self.source, at):
            if mark.start() > at:
                self.pieces.append(self.source[at : mark.start()])
            at = _READERS.get(mark[0][0], _Reader.address)(self, mark.start(), mark.end())
        self.pieces.append(self.source[at:])
        return emphasis.joined(self.pieces, self.source)

    def _put(self, text: str, end: int) -> int:
        self.pieces.append(text)
        return end

    def _as_it_is(self, start: int, end: int) -> int:
        return self._put(self.source[start:end], end)

    # --- what is taken whole -------------------------------------------------------------------

    def run(self, start: int, end: int) -> int:
        self.pieces.append(runs.run(self.source, start, end))
        return end

    def code(self, start: int, end: int) -> int:
        stop = self.ahead.ticks(end - start, end)
        if stop < 0:
            return self._as_it_is(start, end)
        text = self.source[end:stop].replace("\n", " ")
        if text.startswith(" ") and text.endswith(" ") and text.strip():
            text = text[1:-1]
        return self._put(text, stop + end - start)

    def address(self, start: int, _end: int) -> int:
        end = links.bare(self.source, start)
        return self._as_it_is(start, max(end, start + 1))

    def entity(self, start: int, end: int) -> int:
        found = _ENTITY.match(self.source, start)
        if not found:
            return self._as_it_is(start, end)
        letter = _CONTROL.sub("", unescape(found[0])).replace("\xa0", " ")
        return self._put(letter, found.end())

    def face(self, start: int, end: int) -> int:
        return self._as_it_is(start, max(faces.face(self.source, start), end))

    def dollar(self, start: int, end: int) -> int:
        while self.source.startswith("$", end):
            end += 1
        found = formulas.formula(self.source, start, self.ahead) if end - start <= 2 else None
        if found is None:
            return self._as_it_is(start, end)
        return self._put(unicode_formula(found[0]), found[1])

    def backslash(self, start: int, end: int) -> int:
        face = faces.face(self.source, start)
        if face > start and (self.source[start - 1 : start] == "¯" or self.source[end] == "("):
            return self._as_it_is(start, face)
        if found := formulas.formula(self.source, start, self.ahead):
            return self._put(unicode_formula(found[0]), found[1])
        following = self.source[end : end + 1]
        if following in _PUNCTUATION:
            return self._put(following, end + 1)
        return end if following == "\n" else self._as_it_is(start, end)

    # --- links ---------------------------------------------------------------------------------

    def bracket(self, start: int, end: int) -> int:
        if found := _NOTE.match(self.source, start):
            number = self.context.notes.get(found[1])
            return self._put(f"[{number}]" if number else found[0], found.end())
        if found := _ALERT.match(self.source, start):
            return self._put(found[1], found.end())
        self.brackets.append(len(self.pieces))
        return self._as_it_is(start, end)

    def closing_bracket(self, start: int, end: int) -> int:
        if not self.brackets:
            return self._as_it_is(start, end)
        opening = self.brackets.pop()
        found = links.target(self.source, end) or self._named(opening, end)
        if found is None:
            return self._as_it_is(start, end)
        address, stop = found
        words = self._since(opening + 1)
        told = links.told(words, address)
        # A word right behind it would be taken for a part of the address.
        runs_on = told != words.strip() and self.source[stop : stop + 1].isalnum()
        self._fold(opening, told + " " * runs_on)
        return stop

    def _named(self, opening: int, end: int) -> tuple[str, int] | None:
        """The address that a name stands for: `[words][name]`, `[name][]` or `[name]`."""
        named = self.context.links
        if not named:
            return None
        name, stop = links.name(self.source, end) or ("", end)
        if not name and len(self.pieces) - opening <= 2:
            name = self._since(opening + 1).strip().lower()
            if name.isdecimal():
                return None
        return (named[name], stop) if name in named else None

    def _since(self, place: int) -> str:
        return emphasis.joined(self.pieces[place:], self.source)

    def _fold(self, place: int, text: str) -> None:
        """Put one piece in the place of all since then, and forget what was open among them."""
        self.pieces[place:] = [text]
        for places in (self.brackets, self.drawing):
            while places and places[-1] >= place:
                places.pop()
        while self.anchors and self.anchors[-1][0] >= place:
            self.anchors.pop()

    # --- HTML ----------------------------------------------------------------------------------

    def angle(self, start: int, end: int) -> int:
        for opening, closing in _HIDDEN.items():
            if self.source.startswith(opening, start):
                stop = self.ahead.find(closing, end)
                if stop >= 0:
                    return stop + len(closing)
        if found := links.in_angles(self.source, start):
            address, stop = found
            before, after = self.source[start - 1 : start], self.source[stop : stop + 1]
            return self._put(" " * before.isalnum() + address + " " * after.isalnum(), stop)
        tag = tags.read(self.source, start, self.context.pairs)
        if tag is None:
            return self._as_it_is(start, end)
        self.pieces.append(tags.shown(tag))
        _TAGS.get(tag.name, _Reader._nothing)(self, tag)
        return tag.end

    def _nothing(self, tag: Tag) -> None:
        pass

    def anchor(self, tag: Tag) -> None:
        if not tag.is_closing:
            self.anchors.append((len(self.pieces), tag.attributes.get("href", "")))
        elif self.anchors:
            place, address = self.anchors.pop()
            self._fold(place, links.told(self._since(place), address))

    def image(self, tag: Tag) -> None:
        words, address = tag.attributes.get("alt", ""), tag.attributes.get("src", "")
        self.pieces.append(links.told(words, address))

    def listing(self, tag: Tag) -> None:
        if not tag.is_closing:
            self.numbers.append(1 if tag.name == "ol" else 0)
        elif self.numbers:
            self.numbers.pop()

    def list_item(self, tag: Tag) -> None:
        if not tag.is_closing and self.numbers and self.numbers[-1]:
            self.pieces[-1] = f"\n{self.numbers[-1]}. "
            self.numbers[-1] += 1

    def drawn(self, tag: Tag) -> None:
        """Raise, lower or strike what stands between a tag and its end."""
        if not tag.is_closing:
            self.drawing.append(len(self.pieces))
        elif self.drawing:
            place = self.drawing.pop()
            self._fold(place, _DRAWN[tag.name](self._since(place)))


def _small(write: Callable[[str], str], text: str) -> str:
    return write(text) if _SMALL.fullmatch(text) else text


_DRAWN: Final[Mapping[str, Callable[[str], str]]] = {
    "sup": partial(_small, scripts.raised),
    "sub": partial(_small, scripts.lowered),
    "del": struck,
    "s": struck,
    "strike": struck,
}
_READERS: Final[Mapping[str, Callable[[_Reader, int, int], int]]] = {
    "\\": _Reader.backslash,
    "`": _Reader.code,
    "*": _Reader.run,
    "_": _Reader.run,
    "~": _Reader.run,
    "!": _Reader.bracket,
    "[": _Reader.bracket,
    "]": _Reader.closing_bracket,
    "<": _Reader.angle,
    "&": _Reader.entity,
    "$": _Reader.dollar,
    "(": _Reader.face,
    "（": _Reader.face,
}
_TAGS: Final[Mapping[str, Callable[[_Reader, Tag], None]]] = {
    "a": _Reader.anchor,
    "img": _Reader.image,
    "li": _Reader.list_item,
    "ol": _Reader.listing,
    "ul": _Reader.listing,
    **dict.fromkeys(_DRAWN, _Reader.drawn),
}

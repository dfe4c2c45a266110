"""What the rest of an answer tells about each stretch of it: notes, named addresses, pairs of tags.

A footnote is numbered by where it is first pointed to, a name may be given an address at the very
end, and a tag that HTML doesn't know is markup only if something closes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.rendering.blocks import Block, Document, Grid, Words

_NOTE = re.compile(r"\[\^([^\]\s]{1,60})\]")
_NUMBER = re.compile(r"(?<!\])\[(\d{1,3})\](?![\[(:])")
_OPENING_TAG = re.compile(r"<([A-Za-z][\w-]{0,30})(?:\s[^<>]{0,1000})?>")
_CLOSING_TAG = re.compile(r"</([A-Za-z][\w-]{0,30})\s*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """notes: numbers by footnotes' labels. links: addresses by names. pairs: tags, small letters.

    endings: what is told below the answer, each as number and inline Markdown.
    """

    notes: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    pairs: frozenset[str] = frozenset()
    endings: tuple[tuple[str, str], ...] = ()


def of(document: Document, markdown: str) -> Context:
    """Find out what a document's words may need of all the others."""
    notes, endings = document.notes, []
    numbers: dict[str, int] = {}
    named = document.links
    if notes or named:
        texts = [*_texts(document.blocks), *notes.values()]
        pointed = (label for text in texts for label in _NOTE.findall(text) if label in notes)
        labels = dict.fromkeys([*pointed, *notes])
        numbers = {label: number for number, label in enumerate(labels, start=1)}
        cited = {number for text in texts for number in _NUMBER.findall(text)}
        used = "".join(texts).lower()
        endings = [(str(number), notes[label]) for label, number in numbers.items()]
        endings += [
            (name, address)
            for name, address in named.items()
            if name in cited or f"[{name}]" not in used
        ]
    return Context(notes=numbers, links=named, pairs=_pairs(markdown), endings=tuple(endings))


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Words):
            yield block.text
        elif isinstance(block, Grid):
            yield from block.header
            for row in block.rows:
                yield from row


def _pairs(markdown: str) -> frozenset[str]:
    if "</" not in markdown:
        return frozenset()
    closing = {name.lower() for name in _CLOSING_TAG.findall(markdown)}
    return frozenset(name.lower() for name in _OPENING_TAG.findall(markdown)) & closing

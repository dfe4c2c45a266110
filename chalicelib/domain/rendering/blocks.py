"""What a model's Markdown consists of, between the lines as written and LINE's messages.

Reading finds these, layout makes messages of them, and neither knows the other. Words still hold
their inline markup (`**`, links, formulas); only where they stand is known: in which list, how
deep, in how many quotes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    r"""A paragraph, a heading or what stands at one point of a list.

    text: inline Markdown; its lines, parted by "\n", are those that were written. first, others:
    what is shown before its first line and before each other one. heading: its level, 1 to 6, or
    0. gap: what is shown on the empty line that came before; None where there was none.
    """

    text: str
    first: str = ""
    others: str = ""
    heading: int = 0
    gap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Code, letter by letter, without the fence around it; language "" for none."""

    code: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table whose cells hold inline Markdown; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


Block = Words | Listing | Grid | Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole answer: its blocks in reading order, and what they point to.

    notes: footnotes by their labels, in the order they were written. links: addresses by the
    names they were given, in small letters.
    """

    blocks: tuple[Block, ...]
    notes: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

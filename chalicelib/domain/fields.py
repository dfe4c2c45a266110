"""Values of the operator's TOML files, checked one by one.

Each function returns the value or raises TypeError or ValueError. Its words go on from a field's
name, so that whoever reads a file can say: bot.toml: 'greeting' must be a text in quotes.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.languages import FALLBACK, LANGUAGES

LocalText = Mapping[str, str]

#: LINE: a sender's name holds 20 characters.
NAME_LENGTH = 20


def text(value: object) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise TypeError("must be a text in quotes")
    return value


def name(value: object) -> str:
    """What the bot is called."""
    called = text(value).strip()
    if not 1 <= len(called) <= NAME_LENGTH:
        raise ValueError(f"must be 1 to {NAME_LENGTH} characters")
    return called


def said(value: object) -> str:
    """A text that goes to LINE as it is; LINE refuses an empty one."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError("must be a text in quotes, and not empty")
    return value


def texts(value: object) -> tuple[str, ...]:
    """Texts in their order."""
    if not isinstance(value, list | tuple):
        raise TypeError('must be a list of texts: ["…", "…"]')
    return tuple(said(item) for item in value)


def local_text(value: object) -> LocalText:
    """A text for everybody, or one by language."""
    if isinstance(value, Mapping) and value:
        return {_language(tag): said(one) for tag, one in value.items()}
    return {FALLBACK: said(value)}


def local_texts(value: object) -> Mapping[str, tuple[str, ...]]:
    """Texts for everybody, or some by language."""
    if isinstance(value, Mapping):
        return {_language(tag): texts(some) for tag, some in value.items()} or {FALLBACK: ()}
    return {FALLBACK: texts(value)}


def yes_or_no(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError("must be true or false")
    return value


def count(value: object) -> int:
    """How many, at least one."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError("must be a whole number above 0")
    return value


def _language(tag: str) -> str:
    """In TOML, a line written below a table belongs to it: it would be taken for a language."""
    if tag not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ValueError(
            f"holds {tag!r}, which is none of the languages {known}; "
            "lines that belong to no table go above the first one"
        )
    return tag
